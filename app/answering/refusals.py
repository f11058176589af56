"""What a finished refusal says, for those who draw it or write it down."""

from __future__ import annotations

from app.answering.answer import Answer
from app.answering.sources import closest_papers, is_far


def nothing_near(answer: Answer) -> bool:
    """Whether this is a refusal that names no paper, as none is near; without a reader no scores say so."""
    if answer.status != "abstained" or not answer.models.reranker or not answer.sources:
        return False
    named = any(paper.name in answer.answer for paper in closest_papers(answer.sources))
    return is_far(answer.sources, answer.confidence) and not named
