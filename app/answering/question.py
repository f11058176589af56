"""The question as it comes in, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.notices.notice import Notice
from retrieval.errors import InputError
from retrieval.sanitize import sanitize
from retrieval.types import Filters

MAX_QUESTION_CHARS = 2_000
MAX_HISTORY_TURNS = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question with its conversation and filters; made by `checked_question`."""

    text: str
    history: tuple[Turn, ...] = ()
    filters: Filters = field(default_factory=Filters)


def checked_question(text: str, history: tuple[Turn, ...] = (), filters: Filters = Filters()) -> Question:
    """The question, cleaned of control characters and cut free of surrounding space.

    Raises `InputError` where it is empty or longer than `MAX_QUESTION_CHARS`.
    Older turns than the last `MAX_HISTORY_TURNS` are dropped.
    """
    if len(text) > MAX_QUESTION_CHARS:
        raise InputError(Notice("question_long", count=len(text), limit=MAX_QUESTION_CHARS))
    words = clean(text)
    if not any(character.isalnum() for character in words):
        raise InputError(Notice("question_empty"))
    turns = tuple(
        Turn(turn.role, clean(turn.content[: 2 * MAX_QUESTION_CHARS])) for turn in history[-MAX_HISTORY_TURNS:]
    )
    return Question(words, turns, filters)


def clean(text: str) -> str:
    """Text without invisible signs; control characters, lone surrogates and runs of white space are single spaces."""
    return " ".join(sanitize(text).split())
