"""Papers of what was retrieved: passages come several to a paper, and readers are shown papers."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.types import Paper, Passage

CLOSEST_PAPERS = 3
"""How many papers an answer that abstains sets before the reader."""
FAR_BELOW, FAR_UNSURE = 0.17, 0.075
"""Nothing is near a question where no paper's score reaches the first, and the chance that any answers not the second:
an insult, the weather. Chosen on the dev questions of data/people/ and data/strangers/."""


def is_far(passages: Iterable[Passage], confidence: float) -> bool:
    """Whether even the closest papers have nothing to do with the question; `confidence` is a reader's."""
    return confidence < FAR_UNSURE and all(passage.score < FAR_BELOW for passage in passages)


def best_passage_per_paper(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """The first passage of each paper, which is its best where they come best first, in the order given."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.paper.id, passage)
    return tuple(best.values())


def closest_papers(passages: Iterable[Passage]) -> tuple[Paper, ...]:
    """The first `CLOSEST_PAPERS` papers of the passages."""
    return tuple(passage.paper for passage in best_passage_per_paper(passages)[:CLOSEST_PAPERS])
