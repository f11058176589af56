"""Papers of what was retrieved: passages come several to a paper, and readers are shown papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from retrieval.lead import lead_of
from retrieval.types import Paper, Passage

CLOSEST_PAPERS = 3
"""How many papers an answer that abstains sets before the reader."""
FAR_BELOW, FAR_UNSURE = 0.2, 0.15
"""Nothing is near a question where no paper's score reaches the first, and the chance that any answers not the second:
an insult, the weather. Chosen on the dev questions of data/people/ and data/strangers/."""
NEAR_FROM = 0.31
"""From this score on the first paper is the one that is asked about, though it may not answer. Chosen on the dev
questions of data/people/ and data/strangers/, of which one in fifty that reach it is about another."""
NAMED_WITHIN = 0.6
"""Of the closest papers those are named whose score reaches this share of the best one's."""


def asked_about(passages: Sequence[Passage]) -> Paper | None:
    """The paper that a question is about, where the passages, best first, say so."""
    return passages[0].paper if passages and passages[0].score >= NEAR_FROM else None


def put_first(paper: Paper, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages with that paper's before the others; what opens it where there is none of it."""
    own = [passage for passage in passages if passage.paper.id == paper.id]
    best = max((passage.score for passage in passages), default=0.0)
    first = own or [lead_of(paper)]
    return (*(replace(one, score=best) for one in first), *(one for one in passages if one.paper.id != paper.id))


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


def near_the_closest(passages: Iterable[Passage]) -> tuple[Paper, ...]:
    """Those of the `closest_papers` that come near the first of them."""
    best = best_passage_per_paper(passages)[:CLOSEST_PAPERS]
    return tuple(one.paper for place, one in enumerate(best) if not place or one.score >= NAMED_WITHIN * best[0].score)
