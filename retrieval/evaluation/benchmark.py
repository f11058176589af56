"""How well papers are found, signal by signal, and whether it is known when none answers.

Pure orchestration: what ranks and what is confident come as callables, figures
go out as dataclasses with a JSON form. Nothing is printed or written here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

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
from retrieval.questions.labelled import TYPES, LabelledQuestion
from retrieval.retrieval_weights import RetrievalWeights
from retrieval.types import Progress, no_progress

Rank = Callable[[str], Sequence[str]]
"""Given a query, ids of papers, best first."""
Grades = Mapping[str, int]

DEPTH = 10
"""How many papers a ranking needs for these metrics."""
METRICS: Mapping[str, Callable[[Sequence[str], Grades], float]] = {
    "ndcg@10": partial(ndcg, depth=10),
    "recall@5": partial(recall, depth=5),
    "recall@10": partial(recall, depth=10),
    "mrr@10": partial(reciprocal_rank, depth=10),
    "hit@1": partial(hit, depth=1),
    "hit@5": partial(hit, depth=5),
}
ALL_FOUND = "all@10"
WITHOUT_HISTORY = "followup, without history"


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over `count` queries with their 95% bootstrap intervals, and how long a query took."""

    count: int
    means: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    p50_ms: float
    p95_ms: float

    def as_json(self) -> dict[str, Any]:
        """The means under their own names; null where there is nothing to measure."""
        return {
            "count": self.count,
            **{name: _number(mean) for name, mean in self.means.items()},
            "intervals": {name: [_number(low), _number(high)] for name, (low, high) in self.intervals.items()},
            "p50_ms": _number(self.p50_ms, 2),
            "p95_ms": _number(self.p95_ms, 2),
        }


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """Figures over all questions that the papers answer, by type and by language.

    `first_right` says of each question, by id, whether the first paper answers it.
    """

    overall: Figures
    types: Mapping[str, Figures]
    languages: Mapping[str, Figures]
    first_right: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the ablation; the groups are empty where queries have no types."""

    name: str
    weights: RetrievalWeights
    shipped: bool
    overall: Figures
    types: Mapping[str, Figures] = field(default_factory=dict[str, Figures])
    languages: Mapping[str, Figures] = field(default_factory=dict[str, Figures])

    def as_json(self) -> dict[str, Any]:
        groups = {"types": self.types, "languages": self.languages} if self.types else {}
        return {
            "name": self.name,
            "shipped": self.shipped,
            "weights": asdict(self.weights),
            **self.overall.as_json(),
            **{group: {name: figures.as_json() for name, figures in rows.items()} for group, rows in groups.items()},
        }


@dataclass(frozen=True, slots=True)
class AnswerabilityFigures:
    """How well the confidence tells questions that the papers answer from those that they do not.

    `curve` holds (coverage, risk): of that share of the questions, answered in
    the order of confidence, the share where the first paper is not one that answers.
    """

    answerable: int
    unanswerable: int
    auroc: float
    interval: tuple[float, float]
    curve: tuple[tuple[float, float], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "answerable": self.answerable,
            "unanswerable": self.unanswerable,
            "auroc": _number(self.auroc),
            "interval": [_number(bound) for bound in self.interval],
            "risk_coverage": [[_number(coverage), _number(risk)] for coverage, risk in self.curve],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """An ablation, and where questions have no answer also how well that is known; `about` says of what."""

    about: Mapping[str, Any]
    rows: tuple[Row, ...]
    answerability: AnswerabilityFigures | None = None

    @property
    def shipped(self) -> Row:
        """The row of the configuration that answers questions."""
        return next(row for row in self.rows if row.shipped)

    def as_json(self) -> dict[str, Any]:
        """The shipped configuration's figures, then the ablation's."""
        known = {"answerability": self.answerability.as_json()} if self.answerability else {}
        ablation = [row.as_json() for row in self.rows]
        return {**self.about, **self.shipped.overall.as_json(), **known, "ablation": ablation}


@dataclass(frozen=True, slots=True)
class _Ranked:
    ranking: Sequence[str]
    grades: Grades
    took_ms: float


def evaluate_ranking(
    rank: Rank,
    queries: Mapping[str, str],
    qrels: Mapping[str, Grades],
    progress: Progress = no_progress,
    label: str = "Ranking",
) -> Figures:
    """Figures over the queries that are judged."""
    ranked: list[_Ranked] = []
    for done, (query, grades) in enumerate(qrels.items()):
        progress(label, done, len(qrels))
        ranked.append(_ranked(rank, queries[query], grades))
    progress(label, len(qrels), len(qrels))
    return _figures(ranked)


def evaluate_questions(
    rank: Rank, questions: Sequence[LabelledQuestion], progress: Progress = no_progress, label: str = "Ranking"
) -> QuestionFigures:
    """Figures over the questions that papers answer; a follow-up is asked after its history, and once more alone."""
    asked = [question for question in questions if question.papers]
    ranked: dict[str, _Ranked] = {}
    alone: list[_Ranked] = []
    for done, question in enumerate(asked):
        progress(label, done, len(asked))
        grades = dict.fromkeys(question.papers, 1)
        ranked[question.id] = _ranked(rank, question.joined, grades)
        if question.type == "followup":
            alone.append(_ranked(rank, question.text, grades))
    progress(label, len(asked), len(asked))
    types: dict[str, Figures] = {}
    for kind in TYPES:
        if of_kind := [ranked[question.id] for question in asked if question.type == kind]:
            types[kind] = _figures(of_kind, all_found=kind == "multi")
        if kind == "followup" and alone:
            types[WITHOUT_HISTORY] = _figures(alone)
    languages = {
        language: _figures([ranked[question.id] for question in asked if question.language == language])
        for language in dict.fromkeys(question.language for question in asked)
    }
    first_right = {name: bool(hit(found.ranking, found.grades, 1)) for name, found in ranked.items()}
    return QuestionFigures(_figures(list(ranked.values())), types, languages, first_right)


def _ranked(rank: Rank, query: str, grades: Grades) -> _Ranked:
    began = time.perf_counter()
    ranking = rank(query)
    return _Ranked(ranking, grades, 1000 * (time.perf_counter() - began))


def _figures(ranked: Sequence[_Ranked], *, all_found: bool = False) -> Figures:
    metrics = dict(METRICS)
    if all_found:
        metrics[ALL_FOUND] = lambda ranking, grades: float(recall(ranking, grades, 10) == 1)
    values = {name: [metric(one.ranking, one.grades) for one in ranked] for name, metric in metrics.items()}
    took = [one.took_ms for one in ranked]
    p50, p95 = (float(part) for part in np.percentile(took, [50, 95])) if took else (math.nan, math.nan)
    return Figures(
        len(ranked),
        {name: float(np.mean(column)) if column else math.nan for name, column in values.items()},
        {name: bootstrap_interval(column) for name, column in values.items()},
        p50,
        p95,
    )


def evaluate_query_ablation(
    rank_with: Callable[[RetrievalWeights], Rank],
    ablation: Mapping[str, RetrievalWeights],
    shipped: RetrievalWeights,
    queries: Mapping[str, str],
    qrels: Mapping[str, Grades],
    progress: Progress = no_progress,
) -> tuple[Row, ...]:
    """A row for each entry of the ablation, in its order, over queries with judgements."""
    return tuple(
        Row(name, weights, weights == shipped, evaluate_ranking(rank_with(weights), queries, qrels, progress, name))
        for name, weights in ablation.items()
    )


def evaluate_question_ablation(
    rank_with: Callable[[RetrievalWeights], Rank],
    ablation: Mapping[str, RetrievalWeights],
    shipped: RetrievalWeights,
    questions: Sequence[LabelledQuestion],
    progress: Progress = no_progress,
) -> tuple[tuple[Row, ...], Mapping[str, bool]]:
    """A row for each entry of the ablation over our own questions, and `first_right` of the shipped one."""
    rows: list[Row] = []
    first_right: Mapping[str, bool] = {}
    for name, weights in ablation.items():
        found = evaluate_questions(rank_with(weights), questions, progress, name)
        rows.append(Row(name, weights, weights == shipped, found.overall, found.types, found.languages))
        first_right = found.first_right if weights == shipped else first_right
    return tuple(rows), first_right


def evaluate_answerability(
    confidence: Callable[[LabelledQuestion], float],
    questions: Sequence[LabelledQuestion],
    first_right: Mapping[str, bool],
    progress: Progress = no_progress,
) -> AnswerabilityFigures:
    """Ask for the confidence in each question; an answer to one that no paper answers is always wrong."""
    sure: list[float] = []
    for done, question in enumerate(questions):
        progress("Answerable or not", done, len(questions))
        sure.append(confidence(question))
    progress("Answerable or not", len(questions), len(questions))
    positives, negatives = _parted(sure, [bool(question.papers) for question in questions])
    return AnswerabilityFigures(
        len(positives),
        len(negatives),
        auroc(positives, negatives),
        auroc_interval(positives, negatives),
        tuple(risk_coverage(sure, [first_right.get(question.id, False) for question in questions])),
    )


def _parted(values: Iterable[float], belongs: Sequence[bool]) -> tuple[list[float], list[float]]:
    parts: tuple[list[float], list[float]] = ([], [])
    for value, first in zip(values, belongs, strict=True):
        parts[0 if first else 1].append(value)
    return parts


def _number(value: float, digits: int = 4) -> float | None:
    return None if math.isnan(value) else round(value, digits)
