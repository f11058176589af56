"""How good what a peer found is, and whether its score tells what the papers do not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.peers.questions import PeerQuestion
from retrieval.evaluation.metrics import auroc, hit, ndcg


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the questions of a set that its papers answer."""

    questions: int
    hit_1: float
    hit_5: float
    ndcg_10: float


@dataclass(frozen=True, slots=True)
class Scored:
    """How sure a peer is of a question, and whether the papers answer it."""

    score: float
    is_answerable: bool


@dataclass(frozen=True, slots=True)
class FalseAnswers:
    """Shares of the test questions: answerable ones refused, and unanswerable ones answered; `auroc` of the score."""

    refused: float
    answered: float
    auroc: float


def quality(asked: Sequence[tuple[PeerQuestion, Sequence[str]]]) -> Quality:
    """Of questions with the papers found for them, best first; those that no paper answers are left out."""
    pairs = [(found, question.relevant) for question, found in asked if question.relevant]
    means = [
        float(np.mean([metric(found, relevant) for found, relevant in pairs] or [0.0]))
        for metric in (lambda f, r: hit(f, r, 1), lambda f, r: hit(f, r, 5), ndcg)
    ]
    return Quality(len(pairs), *means)


def threshold_refusing(scored: Sequence[Scored], share: float) -> float:
    """The highest score from which to answer so that at most that share of the answerable ones is refused."""
    known = sorted(one.score for one in scored if one.is_answerable)
    return known[min(int(share * len(known) + 1e-9), len(known) - 1)] if known else -float("inf")


def false_answers(scored: Sequence[Scored], threshold: float) -> FalseAnswers:
    """The rates where all is answered that scores at least the threshold."""
    known = np.array([one.score for one in scored if one.is_answerable])
    unknown = np.array([one.score for one in scored if not one.is_answerable])
    return FalseAnswers(
        float((known < threshold).mean()) if len(known) else 0.0,
        float((unknown >= threshold).mean()) if len(unknown) else 0.0,
        auroc(known, unknown),
    )
