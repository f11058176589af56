"""Which papers may be found: those that pass filters, or chosen ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.papers.generation import Generation
from retrieval.papers.papers import Papers
from retrieval.types import Filters

FEW_PAPERS = 2_000
"""Of so many at most the vectors are asked alone; of more, hits that do not pass are dropped."""
LEAST_ALIVE = 2 / 3
"""Of the papers of a segment; where more are gone it is written anew (`retrieval.vectors.segments`)."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The papers that may be found: `count` of them, and their `numbers` where they are few.

    `share` is how many of the vectors in a store are of these papers, about. Those `alone` are to be searched by
    their own vectors; without, all vectors are.
    """

    filters: Filters
    count: int
    share: float
    numbers: tuple[int, ...] | None
    alone: bool


def admitted_by(papers: Papers, filters: Filters) -> Admitted:
    """The papers that pass the filters. Raises `CorpusError`."""
    passing = papers.select(filters)
    count = len(papers) if filters.is_empty else len(passing)
    numbers = tuple(passing.numbers()) if count <= FEW_PAPERS else None
    share = _alive(papers.generation) * count / max(1, len(papers))
    return Admitted(filters, count, share or 1.0, numbers, alone=numbers is not None and not filters.is_empty)


def chosen(numbers: Iterable[int]) -> Admitted:
    """The papers of those numbers."""
    numbers = tuple(numbers)
    return Admitted(Filters(), len(numbers), 1.0, numbers, alone=True)


def _alive(generation: Generation) -> float:
    """How many of the numbers that the segments are of still have a paper, about."""
    given = sum(segment.last - segment.first + 1 for segment in generation.segments)
    return min(1.0, max(LEAST_ALIVE, generation.papers / max(1, given)))
