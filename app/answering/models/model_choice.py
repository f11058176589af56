"""Which language model answers, and why: `--llm auto`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.answering.models.catalogue import CATALOGUE, machine_memory_gb
from app.answering.models.language_model import DIRECT_PROMPT, LARGE_PROMPT, SMALL_PROMPT
from retrieval.errors import ModelError
from retrieval.models.hub import cached_model

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

AUTO = "auto"
NONE = "none"
SMALL_BELOW = 2_000_000_000
"""Models with fewer weights get the short prompt with an example."""
PromptSize = Literal["auto", "small", "large"]
_SIZE_IN_NAME = re.compile(r"(?<![A-Za-z0-9.])(\d{1,4}(?:\.\d+)?)\s?([bm])(?![A-Za-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that answers, None for quotes, and why; `failure` is what stood against a better one."""

    name: str | None
    reason: str
    failure: str | None = None


def choose_model(
    asked: str,
    url: str | None = None,
    api_key: str | None = None,
    *,
    cached: Callable[[str], Path | None] = cached_model,
    memory_gb: Callable[[], float] = machine_memory_gb,
) -> Choice:
    """What `--llm asked` means here and now. Nothing is fetched; only a configured server is spoken to.

    "auto" is the model of the server at `url`, else the largest of the catalogue that
    lies in the hub's cache and fits into memory, else quotes.
    """
    if asked == NONE:
        return Choice(None, "none asked for, so answers are quotes")
    if asked != AUTO:
        return Choice(asked, "as set; quotes answer where it cannot be had")
    failure = None
    if url:
        from app.answering.models.served_http import first_model_at

        try:
            return Choice(f"openai:{first_model_at(url, api_key)}", "the server at --llm-url offers it")
        except ModelError as error:
            failure = str(error)
    for model in reversed(CATALOGUE):
        if model.memory_gb <= memory_gb() and cached(model.name):
            return Choice(model.name, "the largest of the catalogue that is here and fits into memory", failure)
    return Choice(
        None,
        "no server is set and no model of the catalogue is here, so answers are quotes; "
        f"`paperbacked models get {CATALOGUE[0].name}` fetches one",
        failure,
    )


def prompt_for(chat: BaseChatModel, name: str, wanted: PromptSize = "auto") -> str:
    """The prompt file for a model: as `wanted`, else what it was trained for, else by its size where that is known."""
    if wanted == "auto" and getattr(chat, "taught_prompt", None) == DIRECT_PROMPT:
        return DIRECT_PROMPT
    if wanted != "auto":
        return SMALL_PROMPT if wanted == "small" else LARGE_PROMPT
    size = getattr(chat, "parameters", None) or _size_in(name)
    return SMALL_PROMPT if size is not None and size < SMALL_BELOW else LARGE_PROMPT


def _size_in(name: str) -> float | None:
    found = _SIZE_IN_NAME.findall(name)
    return max(float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in found) if found else None
