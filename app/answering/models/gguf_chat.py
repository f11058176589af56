"""Opens a GGUF file on this machine's processors, with OpenVINO GenAI.

Building a model from a GGUF file takes seconds and a multiple of its memory, so what is built is kept in the home
folder and loaded from there afterwards.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from app.answering.models.adapter import WEIGHTS
from app.answering.models.gguf_file import GgufFile, digest_of, read_gguf
from app.answering.models.gguf_merge import merge_into_gguf
from app.answering.models.language_model import DIRECT_PROMPT
from app.answering.models.local_chat import LocalChat
from app.answering.models.openvino_generator import OpenVinoGenerator, OpenVinoTokenizer
from app.answering.models.openvino_runtime import RUNTIME, openvino_runtime
from app.answering.models.prepared_folder import prepare_folder
from app.notices.notice import Notice
from retrieval.errors import ModelError, one_line
from retrieval.files import sha256_of
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    import openvino_genai

SUFFIX = ".gguf"
_SAYS = "gguf.json"
_CONVERSION = "conversion 1"
"""The number goes up when the conversion changes, so that older folders are made anew."""
_STEPS = 2
WARM_UP_TOKENS = 16


def open_gguf_chat(
    path: Path,
    name: str,
    *,
    home: Path,
    adapter: Path | None = None,
    max_tokens: int = 220,
    timeout_s: float = 60.0,
    progress: Progress = no_progress,
) -> LocalChat:
    """The model of the file, ready to answer; the first time it is built, some 10 seconds for one of 100 MB.

    An `adapter`, a folder as peft saves it, is laid into it; it was trained for the prompt `DIRECT_PROMPT`.
    Raises `ModelError` where the file cannot be read here (`digest_of`, `read_gguf`), or the folder cannot be written.
    """
    if find_spec(RUNTIME) is None:
        raise ModelError(
            "GGUF files are read by the package openvino-genai, which is not on this machine: "
            "install it, or give the address of a llama.cpp server (--llm-url)."
        )
    digest = digest_of(path) if adapter is None else f"{digest_of(path)} {sha256_of(adapter / WEIGHTS)}"
    label = Notice("preparing", name=name)
    progress(label, 0, _STEPS)
    folder = prepare_folder(
        folder_of(path, name, home), f"{digest} {_CONVERSION}", lambda fresh: _build(path, adapter, fresh)
    )
    progress(label, 1, _STEPS)
    says = GgufFile(**json.loads((folder / _SAYS).read_text(encoding="utf-8")))
    genai = openvino_runtime()
    try:
        pipeline = genai.LLMPipeline(str(folder), "CPU", scheduler_config=_scheduling(), prompt_lookup=True)
    # A native library fails in ways of its own.
    except Exception as error:
        raise ModelError(f"The model {name} cannot be loaded ({one_line(error)}): choose another.") from error
    generator = OpenVinoGenerator(pipeline, name, says)
    # What runs first is compiled first, which nobody's question shall wait for.
    for _ in generator.start(list(range(WARM_UP_TOKENS)), 2, timeout_s):
        pass
    progress(label, _STEPS, _STEPS)
    return LocalChat(
        generator=generator,
        tokenizer=OpenVinoTokenizer(pipeline.get_tokenizer()),
        model_name=name,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
    )


def folder_of(path: Path, name: str, home: Path) -> Path:
    """Where what is built from the file lies; a file that has changed takes the place of the one before it."""
    key = hashlib.sha256(f"{path.resolve()} {name}".encode()).hexdigest()[:12]
    return home / "models" / f"gguf-{key}"


def _scheduling() -> openvino_genai.SchedulerConfig:
    genai = openvino_runtime()
    settings = genai.SchedulerConfig()
    # What all prompts begin with is read once.
    settings.enable_prefix_caching = True
    return settings


def _build(path: Path, adapter: Path | None, folder: Path) -> None:
    """Build the model in `folder`, with what its file says of itself."""
    genai = openvino_runtime()
    # What is built lies beside the file it was built from, so that one is laid into the folder for as long.
    here = folder / f"model{SUFFIX}"
    if adapter:
        merge_into_gguf(path, adapter, here, DIRECT_PROMPT)
    else:
        _lay(path, here)
    try:
        says = read_gguf(here, path.name)
        genai.LLMPipeline(str(here), "CPU", enable_save_ov_model=True)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"The file {path.name} cannot be built into a model ({one_line(error)}): choose another, "
            "or give the address of a llama.cpp server (--llm-url)."
        ) from error
    finally:
        # Windows may still hold it; it is no part of what is loaded.
        with suppress(OSError):
            here.unlink(missing_ok=True)
    (folder / _SAYS).write_text(json.dumps(asdict(says)), encoding="utf-8")


def _lay(path: Path, here: Path) -> None:
    try:
        here.symlink_to(path.resolve())
    except OSError:  # Windows lets few people make links
        shutil.copyfile(path, here)
