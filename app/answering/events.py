"""The events that tell of an answer while it is being made.

The chain yields events in this order: `Status`* · `Sources` · `Quotes` ·
(`Token` | `SentenceChecked`)* · `Followups` · `Done`, or `Failed` at any point. Where a
language model writes a line above quotes, `Draft` and `Status`* stand before the tokens.
`name_of` gives the name that an event bears on the wire, `as_json` its data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.answering.answer import Answer, AnswerSentence
from app.answering.citation import Citation, sources_as_json
from app.notices.notice import code_of
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class Status:
    """A few words on what is happening, for the reader who waits; a `Notice`."""

    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was retrieved, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Quotes:
    """The chosen evidence, numbered, before any language model has said a word."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer in quotes alone, whole as it stands, while a language model writes a line to stand above it."""

    text: str
    sentences: tuple[AnswerSentence, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A finished sentence of the answer, held against its quotes."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class Followups:
    """Questions that the papers found can answer next."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; what came before it was provisional."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer could be made; `message` is one plain sentence, a `Notice` where it has a code."""

    message: str


Event = Status | Sources | Quotes | Draft | Token | SentenceChecked | Followups | Done | Failed

_NAMES: dict[type, str] = {
    Status: "status",
    Sources: "sources",
    Quotes: "quotes",
    Draft: "draft",
    Token: "token",
    SentenceChecked: "sentence",
    Followups: "followups",
    Done: "done",
    Failed: "error",
}


def name_of(event: Event) -> str:
    """The event's name in the contract: status, sources, quotes, draft, token, sentence, followups, done or error."""
    return _NAMES[type(event)]


def as_json(event: Event) -> Mapping[str, Any]:
    """The event's data in the contract's JSON form."""
    match event:
        case Sources(passages):
            return {"sources": sources_as_json(passages)}
        case Quotes(citations):
            return {"citations": [citation.as_json() for citation in citations]}
        case Draft(text, sentences):
            return {"answer": text, "sentences": [sentence.as_json() for sentence in sentences]}
        case SentenceChecked(sentence):
            return sentence.as_json()
        case Done(answer):
            return answer.as_json()
        case Status(told):
            return {"text": told, **code_of(told)}
        case Failed(told):
            return {"message": told, **code_of(told)}
        case _:
            return asdict(event)
