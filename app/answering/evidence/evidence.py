"""What was found for a question, and what finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.answering.answer import AnswerStatus, Direct
from app.answering.citation import Citation, ReadSentence
from retrieval.types import ExpansionQuery, Passage

WrittenNear = Sequence[tuple[ExpansionQuery, float]]
"""The questions written for the papers found, with their similarity to the one asked."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`confidence` is the chance, in [0, 1], that the papers answer, and `status` what follows of it.

    `quotes` are none where it is "abstained". With `corrects`, the first of them denies
    what the question takes for granted. `direct` says what they say in plain words. `read` is
    what was read, the surest first.
    """

    confidence: float
    status: AnswerStatus
    quotes: tuple[Citation, ...] = ()
    corrects: bool = False
    direct: Direct | None = None
    read: tuple[ReadSentence, ...] = ()


NOTHING = Evidence(0.0, "abstained")


class EvidenceFinder(Protocol):
    """Decides what is quoted of the papers found, and whether they answer at all."""

    @property
    def name(self) -> str | None:
        """The reader's, where something is read."""
        ...

    def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
        """The evidence; `question` is the last one asked, `standalone` with what it needs of those before it.

        Nothing is read from the index any more.
        """
        ...


def surest(quotes: Sequence[Citation]) -> Citation:
    """The quote with the best score, as the only one of an answer."""
    return replace(max(quotes, key=lambda quote: quote.score), number=1)


def briefly(found: Evidence) -> Evidence:
    """The same in one quote, the surest, or that which alone says the direct line."""
    if not found.quotes:
        return found
    direct = found.direct
    if direct and len(direct.citations) == 1:
        said = next(quote for quote in found.quotes if quote.number in direct.citations)
        return replace(found, quotes=(replace(said, number=1),), direct=replace(direct, citations=(1,)))
    return replace(found, quotes=(surest(found.quotes),), direct=None)


def unread(found: Evidence, by_terms: bool = False) -> Evidence:
    """What is left of the evidence for a question that could not be read: at best it comes near.

    `by_terms` where its technical terms could be, so that what is quoted is about them.
    """
    if by_terms and found.quotes:
        return replace(found, status="partly", corrects=False)
    if found.status != "answered":
        return replace(found, status="abstained", quotes=())
    return replace(found, status="partly", quotes=(surest(found.quotes),), corrects=False)
