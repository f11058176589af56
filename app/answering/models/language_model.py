"""The language model at hand, as the chain is given it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LARGE_PROMPT = "answer"
SMALL_PROMPT = "answer_small"
DIRECT_PROMPT = "direct"
"""For models that were taught to say what quotes answer in a line above them (app/training/sft)."""
SKIP = "SKIP"
"""What such a model writes where the quotes do not answer; nothing is shown of it."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The language model at hand now; without one, `note` says why where one was asked for.

    `prompt` names the prompt file that it is given.
    """

    chat: BaseChatModel | None = None
    name: str | None = None
    note: str | None = None
    prompt: str = LARGE_PROMPT
