"""The benchmark over rankings that are known beforehand."""

from __future__ import annotations

import builtins
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import InputError, ModelError
from retrieval.evaluation.ablation import TRIAL_WEIGHT, ablation, without_expansion
from retrieval.evaluation.benchmark import (
    METRICS,
    WITHOUT_HISTORY,
    Report,
    evaluate_answerability,
    evaluate_query_ablation,
    evaluate_question_ablation,
    evaluate_questions,
    evaluate_ranking,
)
from retrieval.evaluation.picture import draw_report
from retrieval.questions.labelled import LabelledQuestion
from retrieval.retrieval_weights import RetrievalWeights

KEYS = ["ndcg@10", "recall@5", "recall@10", "mrr@10", "hit@1", "hit@5"]
SHIPPED = RetrievalWeights(dense=1.0, questions=0.5, lexical=0.7, letters=0.0, glossary=True)
QUESTIONS = (
    LabelledQuestion("1", "single", "en", "owls?", ("owls",)),
    LabelledQuestion("2", "multi", "en", "all birds?", ("owls", "ravens")),
    LabelledQuestion("3", "followup", "en", "and why?", ("ravens",), asked_before=("ravens?",)),
    LabelledQuestion("4", "chinese", "zh", "蝙蝠？", ("bats",)),
    LabelledQuestion("5", "unanswerable", "en", "eggs?", ()),
)
RANKED = {
    "owls?": ["owls", "bats"],
    "all birds?": ["owls", *(f"other{n}" for n in range(9)), "ravens"],
    "ravens? and why?": ["bats", "ravens"],
    "and why?": ["bats"],
    "蝙蝠？": [],
}
SURE = {"1": 0.9, "2": 0.8, "3": 0.4, "4": 0.2, "5": 0.3}


def rank(query: str) -> Sequence[str]:
    return RANKED[query]


def test_keys_and_values_of_a_ranking() -> None:
    queries = {"a": "owls?", "b": "ravens? and why?", "unjudged": "never asked"}
    figures = evaluate_ranking(rank, queries, {"a": {"owls": 2, "bats": 1}, "b": {"ravens": 1}})
    assert list(figures.means) == list(figures.intervals) == list(METRICS) == KEYS
    assert figures.count == 2
    assert figures.means["ndcg@10"] == pytest.approx((1 + 1 / math.log2(3)) / 2)
    assert [figures.means[key] for key in KEYS[1:]] == [1.0, 1.0, 0.75, 0.5, 1.0]
    assert figures.intervals["hit@1"] == (0.0, 1.0) and figures.intervals["hit@5"] == (1.0, 1.0)


def test_latency_is_that_of_the_ranking() -> None:
    import time

    def slow(query: str) -> list[str]:
        time.sleep(0.05 if query == "slow" else 0.0)
        return []

    queries = {str(number): "quick" for number in range(9)} | {"s": "slow"}
    figures = evaluate_ranking(slow, queries, {key: {"x": 1} for key in queries})
    assert figures.p50_ms < 10 < figures.p95_ms


def test_questions_by_type_and_language() -> None:
    found = evaluate_questions(rank, QUESTIONS)
    assert found.overall.count == 4
    assert found.overall.means["hit@1"] == 0.5
    assert list(found.types) == ["single", "multi", "followup", WITHOUT_HISTORY, "chinese"]
    assert {name: figures.means["hit@5"] for name, figures in found.types.items()} == {
        **{"single": 1.0, "multi": 1.0, "followup": 1.0, WITHOUT_HISTORY: 0.0, "chinese": 0.0}
    }
    assert {name: figures.count for name, figures in found.languages.items()} == {"en": 3, "zh": 1}
    assert found.first_right == {"1": True, "2": True, "3": False, "4": False}


def test_several_papers_count_only_when_all_are_found() -> None:
    far = evaluate_questions(rank, QUESTIONS).types
    assert far["multi"].means["all@10"] == 0.0 and "all@10" not in far["single"].means
    assert evaluate_questions(lambda query: ["x", "ravens", "owls"], QUESTIONS).types["multi"].means["all@10"] == 1.0


def test_answerability() -> None:
    right = evaluate_questions(rank, QUESTIONS).first_right
    known = evaluate_answerability(lambda question: SURE[question.id], QUESTIONS, right)
    assert (known.answerable, known.unanswerable, known.auroc) == (4, 1, 0.75)
    assert known.interval[0] <= known.auroc <= known.interval[1]
    assert known.curve == (
        (0.2, 0.0),
        (0.4, 0.0),
        (0.6, pytest.approx(1 / 3)),
        (0.8, 0.5),
        (1.0, 0.6),
    )


def test_questions_that_all_have_no_answer_make_valid_json() -> None:
    alone = QUESTIONS[-1:]
    rows, right = evaluate_question_ablation(lambda weights: rank, ablation(SHIPPED), SHIPPED, alone)
    known = evaluate_answerability(lambda question: 0.5, alone, right)
    record = json.loads(json.dumps(Report({}, rows, known).as_json(), allow_nan=False))
    assert record["hit@1"] is None and record["answerability"]["auroc"] is None and record["count"] == 0


def test_the_report() -> None:
    rows, right = evaluate_question_ablation(
        lambda weights: rank if weights == SHIPPED else lambda _: [], ablation(SHIPPED), SHIPPED, QUESTIONS
    )
    known = evaluate_answerability(lambda question: SURE[question.id], QUESTIONS, right)
    record = json.loads(json.dumps(Report({"name": "dev"}, rows, known).as_json(), allow_nan=False))
    assert record["name"] == "dev" and record["hit@1"] == 0.5 and record["answerability"]["auroc"] == 0.75
    assert len(record["answerability"]["risk_coverage"]) == 5
    for row in record["ablation"]:
        assert set(KEYS) <= set(row) and set(KEYS) <= set(row["intervals"])
        assert {"p50_ms", "p95_ms", "weights", "types", "languages"} <= set(row)
        assert row["hit@1"] == (0.5 if row["shipped"] else 0.0)
    assert sum(row["shipped"] for row in record["ablation"]) == 1


def test_every_entry_ranks_with_its_own_weights() -> None:
    asked: list[RetrievalWeights] = []

    def rank_with(weights: RetrievalWeights) -> Any:
        asked.append(weights)
        return lambda query: ["x"]

    told: list[tuple[str, int, int]] = []
    weights = ablation(SHIPPED)
    rows = evaluate_query_ablation(
        rank_with, weights, SHIPPED, {"a": "b"}, {"a": {"x": 1}}, lambda *step: told.append(step)
    )
    assert asked == list(weights.values()) and [row.name for row in rows] == list(weights)
    assert "types" not in rows[0].as_json()
    assert [step for step in told if step[0] == "BM25 alone"] == [("BM25 alone", 0, 1), ("BM25 alone", 1, 1)]


def test_the_ablation_climbs_to_what_ships_and_shows_what_does_not() -> None:
    assert ablation(SHIPPED) == {
        "BM25 alone": RetrievalWeights(0.0, 0.0, 1.0, 0.0, False),
        "dense alone": RetrievalWeights(1.0, 0.0, 0.0, 0.0, False),
        "+ written questions": RetrievalWeights(1.0, 0.5, 0.0, 0.0, False),
        "+ BM25": RetrievalWeights(1.0, 0.5, 0.7, 0.0, False),
        "+ glossary": SHIPPED,
        "shipped and letters": RetrievalWeights(1.0, 0.5, 0.7, TRIAL_WEIGHT, True),
    }


def test_the_ablation_where_nothing_was_written() -> None:
    shipped = without_expansion(SHIPPED)
    rows = ablation(shipped, expansion_queries=False)
    assert list(rows) == ["BM25 alone", "dense alone", "+ BM25", "shipped and letters"]
    assert rows == ablation(SHIPPED, expansion_queries=False)
    assert rows["+ BM25"] == shipped == RetrievalWeights(1.0, 0.0, 0.7, 0.0, False)


@pytest.mark.parametrize(
    "shipped",
    [
        RetrievalWeights(1, 0, 0, 0, False),
        RetrievalWeights(0, 0, 1, 0, False),
        RetrievalWeights(0, 1, 0, 1, True),
        RetrievalWeights(),
    ],
)
@pytest.mark.parametrize("written", [True, False])
def test_what_ships_is_always_one_row(shipped: RetrievalWeights, written: bool) -> None:
    rows = list(ablation(shipped, expansion_queries=written).values())
    assert rows.count(shipped if written else without_expansion(shipped)) == 1
    assert len(set(rows)) == len(rows)


@pytest.fixture
def report() -> Report:
    rows, right = evaluate_question_ablation(lambda weights: rank, ablation(SHIPPED), SHIPPED, QUESTIONS)
    return Report({"name": "dev"}, rows, evaluate_answerability(lambda question: SURE[question.id], QUESTIONS, right))


def test_the_picture(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "images" / "ablation.png"
    draw_report(report, path)
    wide = path.read_bytes()
    draw_report(Report({}, report.rows), path)
    assert wide.startswith(b"\x89PNG") and len(wide) > 10_000 and path.read_bytes() != wide
    assert [file.name for file in path.parent.iterdir()] == ["ablation.png"]


def test_a_picture_that_cannot_be_written(report: Report, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        draw_report(report, tmp_path / "file" / "ablation.png")


def test_without_matplotlib(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ModelError, match=r'pip install "paperbacked\[finetune\]"'):
        draw_report(report, tmp_path / "ablation.png")
    assert not (tmp_path / "ablation.png").exists()
