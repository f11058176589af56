"""Fit the two logistic regressions of the support check, no weight against its meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from app.answering.checking.agreement import SIMILARITY, TURNS, WORDING
from app.answering.checking.support import SupportScorer
from app.answering.logistic import Logistic
from benchmarks.support_examples import SupportExample

FOLDS = 5
PRECISION = 0.9
"""Of what is called supported among true sentences and mutations in equal parts, so much must be."""
TRUE = {"summary": 3.0, "summary, whole abstract": 1.0, "plainer words": 1.0, "shorter": 1.0, "named paper": 0.7}
"""Kinds of supported claims by their weight; a paraphrase counts most."""
ELSEWHERE = {"near paper": 1.2, "other paper": 0.5, "another sentence": 0.8, "name": 0.3, "wrong paper's name": 0.3}
TURNED = {
    "number": 1.0,
    "negation": 1.0,
    "negation taken out": 1.0,
    "direction": 1.0,
    "name": 0.7,
    "wrong paper's name": 0.7,
}
SCIFACT_ELSEWHERE = {"wrong sentence": 0.5, "cited abstract without evidence": 0.5}
SCIFACT_TURNED = {"CONTRADICT": 1.0}
SCIFACT_WEIGHT = 0.5
"""Of SciFact's examples together, beside our own."""
MISPLACED = "another sentence"
MISPLACED_PASSED = 1 / 3
"""So much may pass of what another sentence of the same paper says, which is false of the quote, not of the paper."""
MUTATIONS = tuple(kind for kind in dict.fromkeys((*ELSEWHERE, *TURNED)) if kind != MISPLACED)
"""What precision is measured on, each kind weighing the same."""
UNSEEN = "opposite word"
"""The kind that is never trained on: contradiction in other words."""
_TOTAL = 300.0
_AGAINST = frozenset({"rarest", *TURNS})
_RIDGE = 0.5

Rows = Sequence[Mapping[str, float]]


def fitted(examples: Sequence[SupportExample], rows: Rows, *, similarity: bool) -> SupportScorer:
    """The weights fitted to the examples, whose features `rows` holds; the threshold is still open."""
    speaking = (*WORDING, *SIMILARITY) if similarity else WORDING
    return SupportScorer(
        _regression(examples, rows, speaking, _weights(examples, ELSEWHERE, SCIFACT_ELSEWHERE)),
        _regression(examples, rows, TURNS, _weights(examples, TURNED, SCIFACT_TURNED)),
        threshold=0.5,
    )


def held_out_scores(examples: Sequence[SupportExample], rows: Rows, *, similarity: bool) -> np.ndarray:
    """The score of each example by weights fitted without its group."""
    from sklearn.model_selection import GroupKFold

    scores = np.zeros(len(examples))
    groups = [f"{example.source} {example.group}" for example in examples]
    for inside, outside in GroupKFold(FOLDS).split(scores, groups=groups):
        scorer = fitted([examples[i] for i in inside], [rows[i] for i in inside], similarity=similarity)
        scores[outside] = [scorer.score(rows[i]) for i in outside]
    return scores


def with_threshold(scorer: SupportScorer, examples: Sequence[SupportExample], scores: np.ndarray) -> SupportScorer:
    """The lowest threshold of the wanted precision on our own examples that lets no more pass of what is misplaced."""
    for threshold in np.arange(0.02, 1.0, 0.01):
        right = passed(examples, scores, threshold, TRUE)
        wrong = passed(examples, scores, threshold, MUTATIONS)
        misplaced = passed(examples, scores, threshold, [MISPLACED])
        if right / ((right + wrong) or 1.0) >= PRECISION and misplaced <= MISPLACED_PASSED:
            return replace(scorer, threshold=round(float(threshold), 2))
    raise ValueError("no threshold has that precision")


def passed(
    examples: Sequence[SupportExample], scores: np.ndarray, threshold: float, kinds: Sequence[str] | Mapping
) -> float:
    """The share of each kind that reaches the threshold, averaged over the kinds."""
    return float(np.mean([np.mean(scores[of_kind(examples, kind)] >= threshold) for kind in kinds]))


def of_kind(examples: Sequence[SupportExample], kind: str) -> np.ndarray:
    """A mask of the examples of that kind."""
    return np.array([example.kind == kind for example in examples])


def _weights(
    examples: Sequence[SupportExample], false: Mapping[str, float], scifact_false: Mapping[str, float]
) -> np.ndarray:
    weights = np.zeros(len(examples))
    for kinds, total in (
        (TRUE, _TOTAL),
        (false, _TOTAL),
        ({"SUPPORT": 1.0}, _TOTAL * SCIFACT_WEIGHT),
        (scifact_false, _TOTAL * SCIFACT_WEIGHT),
    ):
        for kind, share in kinds.items():
            of_it = of_kind(examples, kind)
            weights[of_it] = total * share / sum(kinds.values()) / max(1, of_it.sum())
    return weights


def _regression(examples: Sequence[SupportExample], rows: Rows, names: Sequence[str], weights: np.ndarray) -> Logistic:
    given = np.array([[row[name] for name in names] for row in rows])
    middle, spread = np.average(given, axis=0, weights=weights), given.std(axis=0) + 1e-9
    scaled = (given - middle) / spread
    sign = np.where([example.supported for example in examples], 1.0, -1.0)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (scaled @ point[1:] + point[0])
        slope = -weights * sign / (1 + np.exp(np.clip(margin, -60, 60)))
        value = weights @ np.logaddexp(0, -margin) + _RIDGE * (point[1:] @ point[1:])
        return float(value), np.concatenate([[slope.sum()], scaled.T @ slope + 2 * _RIDGE * point[1:]])

    bounds = [(None, None)] + [(None, 0.0) if name in _AGAINST else (0.0, None) for name in names]
    found = np.asarray(minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x)
    slopes = found[1:] / spread
    named = {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}
    return Logistic(named, round(float(found[0] - slopes @ middle), 4))
