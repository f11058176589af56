"""Papers of what was retrieved: passages come several to a paper, and readers are shown papers."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.types import Paper, Passage

CLOSEST_PAPERS = 3
"""How many papers an answer that abstains sets before the reader."""


def best_passage_per_paper(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """The first passage of each paper, which is its best where they come best first, in the order given."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.paper.id, passage)
    return tuple(best.values())


def closest_papers(passages: Iterable[Passage]) -> tuple[Paper, ...]:
    """The first `CLOSEST_PAPERS` papers of the passages."""
    return tuple(passage.paper for passage in best_passage_per_paper(passages)[:CLOSEST_PAPERS])
