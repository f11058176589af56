"""What was found for a question, and what finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.answering.events import Citation
from retrieval.types import ExpansionQuery, Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """`confidence` is the chance, in [0, 1], that the papers answer; without `quotes` it is not enough.

    `expansion_queries` are the questions written for the papers found, with their similarity to the one asked.
    """

    confidence: float
    quotes: tuple[Citation, ...] = ()
    expansion_queries: tuple[tuple[ExpansionQuery, float], ...] = ()


class EvidenceFinder(Protocol):
    """Decides what is quoted of the papers found, and whether they answer at all."""

    def find(self, question: str, standalone: str, passages: Sequence[Passage]) -> Evidence:
        """The evidence; `question` is the last one asked, `standalone` with what it needs of those before it.

        Raises `IndexGoneError` where another process has replaced the index.
        """
        ...
