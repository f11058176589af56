"""The metrics are trec_eval's, by definition and by comparison."""

from __future__ import annotations

import math

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evaluation.metrics import (
    auroc,
    auroc_interval,
    bootstrap_interval,
    hit,
    ndcg,
    recall,
    reciprocal_rank,
    risk_coverage,
)

ITEMS = [f"d{number:02}" for number in range(25)]
RANKINGS = st.permutations(ITEMS).flatmap(lambda items: st.integers(0, 25).map(lambda size: items[:size]))
GRADES = st.dictionaries(st.sampled_from(ITEMS), st.integers(-1, 3), min_size=1)


def trec(ranking: list[str], grades: dict[str, int], measure: str) -> float:
    judge = pytrec_eval.RelevanceEvaluator({"q": grades}, {"ndcg_cut", "recall", "recip_rank", "success"})
    run = {"q": {item: float(len(ITEMS) - place) for place, item in enumerate(ranking)}}
    return judge.evaluate(run)["q"][measure]


@given(RANKINGS.filter(len), GRADES)
def test_against_trec_eval(ranking: list[str], grades: dict[str, int]) -> None:
    assert ndcg(ranking, grades) == pytest.approx(trec(ranking, grades, "ndcg_cut_10"))
    assert recall(ranking, grades, 5) == pytest.approx(trec(ranking, grades, "recall_5"))
    assert recall(ranking, grades, 10) == pytest.approx(trec(ranking, grades, "recall_10"))
    assert reciprocal_rank(ranking, grades) == pytest.approx(trec(ranking[:10], grades, "recip_rank"))
    assert hit(ranking, grades, 1) == trec(ranking, grades, "success_1")
    assert hit(ranking, grades, 5) == trec(ranking, grades, "success_5")


def test_by_hand() -> None:
    ranking, grades = ["x", "b", "y", "a"], {"a": 2, "b": 1, "c": 0}
    assert ndcg(ranking, grades) == pytest.approx(
        (1 / math.log2(3) + 2 / math.log2(5)) / (2 / math.log2(2) + 1 / math.log2(3))
    )
    assert (recall(ranking, grades, 2), recall(ranking, grades, 4)) == (0.5, 1.0)
    assert reciprocal_rank(ranking, grades) == 0.5
    assert (hit(ranking, grades, 1), hit(ranking, grades, 2)) == (0.0, 1.0)


@given(RANKINGS)
def test_nothing_relevant_is_nought(ranking: list[str]) -> None:
    for grades in ({}, {"d01": 0}, {"elsewhere": 1}):
        assert ndcg(ranking, grades) == recall(ranking, grades, 10) == reciprocal_rank(ranking, grades) == 0
        assert hit(ranking, grades, 5) == 0


def test_reciprocal_rank_is_cut_off() -> None:
    assert reciprocal_rank(ITEMS, {"d09": 1}) == pytest.approx(0.1)
    assert reciprocal_rank(ITEMS, {"d10": 1}) == 0


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_auroc_counts_pairs(positives: list[float], negatives: list[float]) -> None:
    pairs = [(one > other) + 0.5 * (one == other) for one in positives for other in negatives]
    assert auroc(positives, negatives) == pytest.approx(sum(pairs) / len(pairs))
    assert auroc(negatives, positives) == pytest.approx(1 - auroc(positives, negatives))
    low, high = auroc_interval(positives, negatives, rounds=50)
    assert 0 <= low <= high <= 1


def test_auroc_of_nothing() -> None:
    assert math.isnan(auroc([], [1.0])) and math.isnan(auroc([1.0], []))
    assert all(map(math.isnan, auroc_interval([], [1.0])))


def test_the_interval_of_auroc_narrows_with_more_questions() -> None:
    few = auroc_interval([1, 2, 3, 4] * 2, [0, 1, 2, 3] * 2)
    many = auroc_interval([1, 2, 3, 4] * 50, [0, 1, 2, 3] * 50)
    assert few[0] < many[0] < auroc([1, 2, 3, 4], [0, 1, 2, 3]) < many[1] < few[1]


def test_risk_coverage() -> None:
    curve = risk_coverage([0.2, 0.9, 0.5, 0.7], [False, True, True, False])
    assert curve == [(0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]


def test_bootstrap_interval() -> None:
    low, high = bootstrap_interval([0.0, 1.0] * 100)
    assert 0.42 < low < 0.5 < high < 0.58
    assert (low, high) == bootstrap_interval([0.0, 1.0] * 100)
    assert bootstrap_interval([1.0] * 9) == (1.0, 1.0)
    assert all(map(math.isnan, bootstrap_interval([])))
