"""The one door to language models: a name in, a LangChain chat model out."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from langchain_core.language_models.chat_models import BaseChatModel

from app.answering.models.model_choice import AUTO
from app.notices.notice import Notice
from retrieval.errors import InputError, ModelError
from retrieval.models.hub import model_file, model_folder
from retrieval.types import Progress, no_progress

SMOLLM2 = ("smollm2", "smollm2-untuned")
"""What ships, taught to answer from quotes, and what it was made from."""
SERVED = "openai:"
_HUB_ID = re.compile(r"[\w.-]+/(?![\w.-]*\.gguf$)[\w.-]+")
NAMES = (
    "auto, smollm2, openai:MODEL with --llm-url, a hub id such as Qwen/Qwen3-0.6B, a folder, a file FILE.gguf, "
    "or one of the hub, OWNER/NAME:FILE.gguf"
)
_GGUF_OF_HUB = re.compile(r"([\w.-]+/[\w.-]+):((?!.*\.\.)[\w./ -]+\.gguf)", re.IGNORECASE)


def open_llm(
    name: str,
    *,
    url: str | None = None,
    api_key: str | None = None,
    home: Path,
    max_tokens: int = 220,
    timeout_s: float = 60.0,
    first_token_s: float = 30.0,
    progress: Progress = no_progress,
) -> BaseChatModel:
    """The language model called `name`, loaded and ready to stream.

    `name` is "smollm2", "openai:MODEL" for a server at `url` that speaks the OpenAI
    protocol, a hub id, a folder with safetensors, or a GGUF file, here or as
    "OWNER/NAME:FILE.gguf" of the hub. Answers have at most `max_tokens`
    tokens and take at most `timeout_s` seconds; longer ones end there, unfinished. A
    server that takes longer, or `first_token_s` for its first word, has failed.
    A hub model that is not on this machine is fetched.
    Raises `ModelError` where the model cannot be had, in under 3 seconds where that is
    for want of a network. A server is not spoken to before the first question. While
    answering, every model raises `ModelError` for whatever goes wrong.
    """
    if name in SMOLLM2:
        from app.answering.models.smollm2 import open_smollm2

        return open_smollm2(home, name, max_tokens=max_tokens, timeout_s=timeout_s, progress=progress)
    if name.startswith(SERVED):
        from app.answering.models.served_chat import open_served_chat

        model = name.removeprefix(SERVED)
        return open_served_chat(
            model,
            _checked_address(model, url),
            api_key=api_key,
            max_tokens=max_tokens,
            timeout_s=timeout_s,
            first_token_s=first_token_s,
        )
    fetching = told_as(Notice("fetching_mb", name=name), progress)
    if file := _gguf_named(name, fetching):
        from app.answering.models.gguf_chat import open_gguf_chat

        return open_gguf_chat(file, file.name, home=home, max_tokens=max_tokens, timeout_s=timeout_s, progress=progress)
    folder = _folder_of(name, fetching)
    from app.answering.models.transformers_chat import open_transformers_chat

    shown = folder.name if Path(name).expanduser().is_dir() else name
    label = Notice("loading", name=shown)
    progress(label, 0, 1)
    llm = open_transformers_chat(folder, shown, max_tokens=max_tokens, timeout_s=timeout_s)
    progress(label, 1, 1)
    return llm


def told_as(notice: Notice, progress: Progress) -> Progress:
    """A `Progress` whose steps are told in these words, which every language has."""
    return lambda label, done, total: progress(notice, done, total)


def check_name(name: str, url: str | None) -> None:
    """Raise `InputError` where no model can ever answer to that name and address, whatever the network does."""
    try:
        if name == AUTO:
            if url:
                _checked_address(name, url)
        elif name.startswith(SERVED):
            _checked_address(name.removeprefix(SERVED), url)
        elif name not in SMOLLM2 and not _names_one(name):
            raise ModelError(f"There is no language model {name[:80]!r}: give {NAMES}.")
    except ModelError as error:
        raise InputError(str(error)) from error


def describe(llm: BaseChatModel) -> str:
    """The name to show for a model, as in an Answer's `models.llm`. A folder shows its last part only."""
    return str(getattr(llm, "display_name", None) or getattr(llm, "model_name", None) or llm._llm_type)  # pyright: ignore[reportPrivateUsage]  Models say it in no other way.


def _names_one(name: str) -> bool:
    """Whether it is a model of the hub, or is here."""
    if _HUB_ID.fullmatch(name) or _GGUF_OF_HUB.fullmatch(name):
        return True
    here = _here(name)
    return here is not None and (here.is_dir() or _is_gguf(here))


def _here(name: str) -> Path | None:
    """The path that exists under that name."""
    try:
        path = Path(name).expanduser()
        return path if name.strip() and path.exists() else None
    except (OSError, RuntimeError, ValueError):  # a name too long for a path, the home of nobody, a NUL
        return None


def _is_gguf(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".gguf"


def _gguf_named(name: str, progress: Progress) -> Path | None:
    """The GGUF file of that name, fetched where it is the hub's and not here; None where it names none."""
    if (here := _here(name)) and _is_gguf(here):
        return here.absolute()
    of_hub = _GGUF_OF_HUB.fullmatch(name)
    return model_file(of_hub[1], of_hub[2], progress) if of_hub else None


def _folder_of(name: str, progress: Progress) -> Path:
    if not name.strip():
        raise ModelError(f"The language model has no name: give {NAMES}.")
    try:
        return model_folder(name, progress).resolve()
    except (ModelError, RuntimeError, ValueError, OSError) as error:
        if _HUB_ID.fullmatch(name):
            raise
        reason = str(error).rstrip(".")
        raise ModelError(f"{reason} (language models are {NAMES}).") from error


def _checked_address(model: str, url: str | None) -> str:
    if not model:
        raise ModelError("The name openai: lacks the model: give openai:MODEL as the server calls it.")
    if not url:
        raise ModelError(
            f"openai:{model} needs the address of its server: give --llm-url, for example http://127.0.0.1:8000/v1."
        )
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ModelError(
            "The address given with --llm-url is not an http or https address: "
            "give one such as http://127.0.0.1:8000/v1."
        )
    return url
