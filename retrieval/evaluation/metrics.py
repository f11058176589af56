"""Ranking metrics as pure functions of one ranking and what is relevant to it.

A ranking is a sequence of distinct ids, best first; relevance is a mapping of
id to grade (above 0: relevant). Definitions follow trec_eval, so that figures
compare with BEIR's (Thakur et al. 2021).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain at `depth`, in [0, 1]; 0 where nothing is relevant."""
    gained = _dcg([grades.get(item, 0) for item in ranking[:depth]])
    best = _dcg(sorted(grades.values(), reverse=True)[:depth])
    return gained / best if best > 0 else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum(max(grade, 0) / math.log2(place + 1) for place, grade in enumerate(grades, start=1))


def recall(ranking: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """The share of the relevant ids among the first `depth`; 0 where nothing is relevant."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:depth])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """One over the place of the first relevant id, 0 where none is among the first `depth`."""
    places = (place for place, item in enumerate(ranking[:depth], start=1) if grades.get(item, 0) > 0)
    return 1 / next(places, math.inf)


def hit(ranking: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """1 where a relevant id is among the first `depth`, else 0."""
    return float(any(grades.get(item, 0) > 0 for item in ranking[:depth]))


def auroc(positives: Sequence[float] | np.ndarray, negatives: Sequence[float] | np.ndarray) -> float:
    """The chance that a positive scores above a negative, ties counting half; nan where either is empty."""
    if not len(positives) or not len(negatives):
        return math.nan
    difference = np.asarray(positives, dtype=float)[:, None] - np.asarray(negatives, dtype=float)[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """(coverage, risk) as ever less confident answers are given: the share answered, and wrong among those."""
    order = np.argsort(-np.asarray(confidence, dtype=float), kind="stable")
    wrong = 1 - np.asarray(right, dtype=float)[order]
    answered = np.arange(1, len(wrong) + 1)
    return [
        (float(share), float(risk))
        for share, risk in zip(answered / len(wrong), np.cumsum(wrong) / answered, strict=True)
    ]


def bootstrap_interval(values: Sequence[float], rounds: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95% interval of the mean by resampling the values (Efron 1979); nan where there are none.

    Of the differences of two systems on the same questions it is the paired interval.
    """
    sample = np.asarray(values, dtype=float)
    if not len(sample):
        return math.nan, math.nan
    drawn = np.random.default_rng(seed).integers(0, len(sample), (rounds, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def auroc_interval(
    positives: Sequence[float], negatives: Sequence[float], rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95% interval of `auroc` by resampling either side; nan where one is empty."""
    if not len(positives) or not len(negatives):
        return math.nan, math.nan
    above, below = np.asarray(positives, dtype=float), np.asarray(negatives, dtype=float)
    draw = np.random.default_rng(seed)
    values = [auroc(draw.choice(above, len(above)), draw.choice(below, len(below))) for _ in range(rounds)]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
