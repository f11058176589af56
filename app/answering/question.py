"""The question as it comes in, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.answering.models.language_model import LanguageModel
from app.notices.notice import Notice
from retrieval.errors import InputError
from retrieval.facets import Facets, Filters, checked_filters
from retrieval.sanitize import sanitize

MAX_QUESTION_CHARS = 2_000
MAX_HISTORY_TURNS = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question with its conversation and filters; made by `checked_question`.

    `llm` is the language model that the reader has chosen to write the answer, None for the one that is at work.
    """

    text: str
    history: tuple[Turn, ...] = ()
    filters: Filters = field(default_factory=Filters)
    llm: LanguageModel | None = None


def checked_question(
    text: str, history: tuple[Turn, ...] = (), filters: Filters = Filters(), facets: Facets | None = None
) -> Question:
    """The question, cleaned of control characters and cut free of surrounding space.

    With `facets`, those of the collection that is asked, its filters are spelt as the collection spells them. This is
    the only place where filters are checked: an answer takes them as they are, and a value that the collection
    does not have, or not any more, lets no paper through.

    Raises `InputError` where the question is empty or longer than `MAX_QUESTION_CHARS`, or a filter cannot be.
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
    return Question(words, turns, filters if facets is None else checked_filters(filters, facets))


def clean(text: str) -> str:
    """Text without invisible signs; control characters, lone surrogates and runs of white space are single spaces."""
    return " ".join(sanitize(text).split())
