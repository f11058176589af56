"""How good answers are, on questions whose answers are known. Pure: answers come as a callable.

Of a question that papers answer:

- `evidence_hit`: 1 where a quote that the answer cites overlaps a gold sentence, else 0.
- `paper_hit`: 1 where one is of a paper that answers. A refusal counts 0 in both.
- `hit@5`: 1 where a paper that answers is among the first five found, quoted or not.

Of an answer that was given, citation recall and precision in the manner of ALCE (Gao
et al. 2023, arXiv 2305.14627), with the chain's own support check for a judge:

- `citation_recall`: the share of its sentences that cite and are supported by what they
  cite. In quotes mode every sentence is a quote, so it is 1 by construction.
- `citation_precision`: the share of its citations (a sentence and a number in it) where
  the sentence is supported and the quote is of a paper that answers. ALCE asks of each
  citation whether it supports; we ask besides whether people say that its paper answers,
  as in quotes mode the first is always so.
- `quoted`: how many sentences of papers it cites, so that a hit is not bought with length.

Intervals are 95%, by resampling the questions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.answering.answer import Answer
from app.answering.citation import Citation
from retrieval.chunking import split_sentences
from retrieval.evaluation.metrics import auroc, auroc_interval, bootstrap_interval, hit
from retrieval.questions.labelled import TYPES, Gold, LabelledQuestion
from retrieval.types import Progress, no_progress

ANSWERABLE = "all answerable"
Interval = tuple[float, float]


def evidence_hit(question: LabelledQuestion, answer: Answer) -> float:
    """1 where a cited quote overlaps a gold sentence; nan where the question has no gold sentence."""
    if not question.gold:
        return math.nan
    return float(any(overlaps(citation, gold) for citation in answer.citations for gold in question.gold))


def overlaps(citation: Citation, gold: Gold) -> bool:
    """Whether the quote and the gold sentence, in the same of the paper's texts, have a character in common."""
    if citation.paper.id != gold.paper_id:
        return False
    start = citation.paper.part(citation.part).find(gold.sentence)
    return start >= 0 and citation.start < start + len(gold.sentence) and start < citation.end


def paper_hit(question: LabelledQuestion, answer: Answer) -> float:
    """1 where a cited quote is of a paper that answers; nan where none does."""
    if not question.papers:
        return math.nan
    return float(any(citation.paper.id in question.papers for citation in answer.citations))


def found_hit(question: LabelledQuestion, answer: Answer, depth: int = 5) -> float:
    """1 where a paper that answers is among the first `depth` found; nan where none answers."""
    if not question.papers:
        return math.nan
    found = list(dict.fromkeys(passage.paper.id for passage in answer.sources))
    return hit(found, dict.fromkeys(question.papers, 1), depth)


def citation_recall(answer: Answer) -> float:
    """The share of the sentences that cite and are supported; nan for an answer without sentences."""
    held = [sentence.support == "supported" and bool(sentence.citations) for sentence in answer.sentences]
    return float(np.mean(held)) if held else math.nan


def citation_precision(question: LabelledQuestion, answer: Answer) -> float:
    """The share of the citations in supported sentences that are of a paper that answers.

    nan where the answer has no sentences or no paper answers, 0 where it cites nothing.
    """
    if not question.papers or not answer.sentences:
        return math.nan
    papers = {citation.number: citation.paper.id for citation in answer.citations}
    right = [
        sentence.support == "supported" and papers.get(number) in question.papers
        for sentence in answer.sentences
        for number in sentence.citations
    ]
    return float(np.mean(right)) if right else 0.0


def quoted_sentences(answer: Answer) -> float:
    """How many sentences of papers the answer cites; nan for an answer that cites none."""
    return float(sum(len(split_sentences(citation.quote)) for citation in answer.citations)) or math.nan


METRICS: Mapping[str, Callable[[LabelledQuestion, Answer], float]] = {
    "answered": lambda question, answer: float(answer.status == "answered"),
    "partly": lambda question, answer: float(answer.status == "partly"),
    "evidence_hit": evidence_hit,
    "paper_hit": paper_hit,
    "hit@5": found_hit,
    "citation_recall": lambda question, answer: citation_recall(answer),
    "citation_precision": citation_precision,
    "quoted": lambda question, answer: quoted_sentences(answer),
}


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Means over `count` questions with their intervals; nan where a metric does not apply. Times in ms."""

    count: int
    means: Mapping[str, float]
    intervals: Mapping[str, Interval]
    p50_ms: float
    p95_ms: float
    first_token_p50_ms: float

    def as_json(self) -> dict[str, Any]:
        """`count`, the means under the names of `METRICS`, `intervals`, `p50_ms`, `p95_ms` and `first_token_p50_ms`."""
        return {
            "count": self.count,
            **{name: _number(mean) for name, mean in self.means.items()},
            "intervals": {name: _bounds(interval) for name, interval in self.intervals.items()},
            "p50_ms": _number(self.p50_ms, 1),
            "p95_ms": _number(self.p95_ms, 1),
            "first_token_p50_ms": _number(self.first_token_p50_ms, 1),
        }


@dataclass(frozen=True, slots=True)
class Abstention:
    """Whether the right questions are refused: shares, and the AUROC of the confidence, with their intervals.

    `false_answers` is of the questions that no paper answers, `false_refusals` of the others.
    """

    answerable: int
    unanswerable: int
    false_answers: float
    false_refusals: float
    auroc: float
    intervals: Mapping[str, Interval]

    def as_json(self) -> dict[str, Any]:
        return {
            "answerable": self.answerable,
            "unanswerable": self.unanswerable,
            "false_answers": _number(self.false_answers),
            "false_refusals": _number(self.false_refusals),
            "auroc": _number(self.auroc),
            "intervals": {name: _bounds(interval) for name, interval in self.intervals.items()},
        }


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Figures over all answerable questions and by type; `about` says of what, `modes` how many answers in which, and
    `lines` who wrote the line above the quotes of how many, "none" where there is none."""

    about: Mapping[str, Any]
    overall: AnswerFigures
    types: Mapping[str, AnswerFigures]
    abstention: Abstention
    modes: Mapping[str, int]
    lines: Mapping[str, int]
    support: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """What it is about, the figures of all answerable questions, then `types`, `abstention`, and how many
        answers were in which of the `modes` or had whose `lines`, and sentences in which state of `support`.
        """
        return {
            **self.about,
            **self.overall.as_json(),
            "types": {name: figures.as_json() for name, figures in self.types.items()},
            "abstention": self.abstention.as_json(),
            "modes": dict(self.modes),
            "lines": dict(self.lines),
            "support": dict(self.support),
        }


def evaluate_answers(
    ask: Callable[[LabelledQuestion], Answer],
    questions: Sequence[LabelledQuestion],
    about: Mapping[str, Any],
    progress: Progress = no_progress,
) -> AnswerReport:
    """Ask every question once and measure the answers."""
    asked: list[tuple[LabelledQuestion, Answer]] = []
    for done, question in enumerate(questions):
        progress("Answering", done, len(questions))
        asked.append((question, ask(question)))
    progress("Answering", len(questions), len(questions))
    types = {kind: [pair for pair in asked if pair[0].type == kind] for kind in TYPES}
    answered = [answer for _, answer in asked if answer.status != "abstained"]
    return AnswerReport(
        about,
        figures([pair for pair in asked if pair[0].papers]),
        {kind: figures(pairs) for kind, pairs in types.items() if pairs},
        abstention(asked),
        Counter(answer.mode for answer in answered),
        Counter(answer.direct.by if answer.direct else "none" for answer in answered),
        Counter(sentence.support for answer in answered for sentence in answer.sentences),
    )


def figures(asked: Sequence[tuple[LabelledQuestion, Answer]]) -> AnswerFigures:
    """The metrics of these questions and answers; each mean is over those that it applies to."""
    columns = {name: [metric(*pair) for pair in asked] for name, metric in METRICS.items()}
    applies = {name: [value for value in column if not math.isnan(value)] for name, column in columns.items()}
    p50, p95 = _percentiles([answer.timings.total_ms for _, answer in asked], (50, 95))
    [first] = _percentiles([answer.timings.first_token_ms for _, answer in asked], (50,))
    return AnswerFigures(
        len(asked),
        {name: float(np.mean(column)) if column else math.nan for name, column in applies.items()},
        {name: bootstrap_interval(column) for name, column in applies.items()},
        p50,
        p95,
        first,
    )


def abstention(asked: Sequence[tuple[LabelledQuestion, Answer]]) -> Abstention:
    """How often the wrong questions are answered and refused."""
    known = [answer for question, answer in asked if question.papers]
    unknown = [answer for question, answer in asked if not question.papers]
    answers = [float(answer.status == "answered") for answer in unknown]
    refusals = [float(answer.status == "abstained") for answer in known]
    sure, unsure = ([answer.confidence for answer in group] for group in (known, unknown))
    return Abstention(
        len(known),
        len(unknown),
        float(np.mean(answers)) if answers else math.nan,
        float(np.mean(refusals)) if refusals else math.nan,
        auroc(sure, unsure),
        {
            "false_answers": bootstrap_interval(answers),
            "false_refusals": bootstrap_interval(refusals),
            "auroc": auroc_interval(sure, unsure),
        },
    )


def _percentiles(times: Sequence[float | None], shares: Sequence[int]) -> list[float]:
    took = [time for time in times if time is not None]
    return [float(part) for part in np.percentile(took, shares)] if took else [math.nan] * len(shares)


def _number(value: float, digits: int = 4) -> float | None:
    return None if math.isnan(value) else round(value, digits)


def _bounds(interval: Interval) -> list[float | None]:
    return [_number(bound) for bound in interval]
