"""What a GGUF file says of itself, and whether it is one that can be read here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.answering.models.catalogue import machine_memory_gb
from retrieval.errors import ModelError, one_line

if TYPE_CHECKING:
    from gguf import GGUFReader

ARCHITECTURES = ("llama", "qwen2", "qwen3")
"""Those that OpenVINO GenAI builds from a GGUF file; SmolLM2, Mistral and many others are "llama"."""
PROMPT_KEY = "paperbacked.prompt"
"""The key under which a file says for which of our prompts it was trained."""
_MAGIC = b"GGUF"
_ENDS = 4 * 1024 * 1024
_MEMORY_FOR_A_BYTE = 1.5
"""What a model takes in memory for each byte of its file, with its working space."""


@dataclass(frozen=True, slots=True)
class GgufFile:
    """`context_tokens` is how many tokens of prompt and answer the model takes, where the file says so.

    `prompt` names the prompt that it was trained for.
    """

    parameters: int
    context_tokens: int | None
    prompt: str | None


def read_gguf(path: Path, name: str = "") -> GgufFile:
    """What the file says. Some seconds for each hundred thousand words of its vocabulary.

    `name` is what it is called where that goes wrong, its own name if empty. Raises `ModelError` where it is cut
    short or damaged, or of an architecture that is not read here.
    """
    from gguf import GGUFReader

    name = name or path.name
    try:
        reader = GGUFReader(path)
        architecture = str(_field(reader, "general.architecture"))
        parameters = sum(int(tensor.n_elements) for tensor in reader.tensors)
    # Whatever the bytes of a damaged file happen to mean.
    except Exception as error:
        raise ModelError(f"The file {name} is damaged or cut short ({one_line(error)}): fetch it once more.") from error
    if architecture not in ARCHITECTURES:
        raise ModelError(
            f"The file {name} is of the architecture {architecture[:40]!r}, and of GGUF files only those of "
            f"{', '.join(ARCHITECTURES)} are read here: choose another, "
            "or give the address of a llama.cpp server (--llm-url)."
        )
    context = _field(reader, f"{architecture}.context_length")
    prompt = _field(reader, PROMPT_KEY)
    return GgufFile(
        parameters,
        context if isinstance(context, int) else None,
        prompt if isinstance(prompt, str) else None,
    )


def digest_of(path: Path) -> str:
    """What tells the file from others, as hex, by its ends, size and time: a whole one may take minutes to read.

    Raises `ModelError` where it is no GGUF file, or needs more memory than this machine has.
    """
    digest = hashlib.sha256()
    try:
        about = path.stat()
        size = about.st_size
        with path.open("rb") as file:
            begins = file.read(_ENDS)
            file.seek(max(0, size - _ENDS))
            for part in (f"{size} {about.st_mtime_ns}".encode(), begins, file.read(_ENDS)):
                digest.update(part)
    except OSError as error:
        raise ModelError(f"The file {path.name} cannot be read ({one_line(error)}): give one that can.") from error
    if not begins.startswith(_MAGIC):
        raise ModelError(f"The file {path.name} is no GGUF file: give one that begins with the letters GGUF.")
    needed, here = _MEMORY_FOR_A_BYTE * size / 1e9, machine_memory_gb()
    if needed > here:
        raise ModelError(
            f"The model {path.name} needs some {needed:.0f} GB of memory and this machine has {here:.0f}: "
            "choose a smaller one, or one with fewer bits a weight."
        )
    return digest.hexdigest()


def _field(reader: GGUFReader, name: str) -> object:
    field = reader.get_field(name)
    return field.contents() if field else None
