"""Answering and abstaining rightly on the pilot questions, and finding the paper."""

from __future__ import annotations

import json

import numpy as np

from app.answering.question import checked_question
from app.build import LocalAnswerer
from benchmarks.answering import QUESTIONS
from benchmarks.figures import Figure


def abstention_figures(answerer: LocalAnswerer) -> list[Figure]:
    """False answers, false refusals, AUROC of the confidence, hit@1 and hit@5 over the pilot questions.

    The abstention threshold was chosen on these same questions.
    """
    records = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    answers = [answerer.ask(checked_question(record["question"])) for record in records]
    answerable = np.array([bool(record["papers"]) for record in records])
    answered = np.array([answer.status == "answered" for answer in answers])
    confidence = np.array([answer.confidence for answer in answers])
    ranks = [
        next((place for place, name in enumerate(_ranked(answer), start=1) if name in record["papers"]), 99)
        for record, answer in zip(records, answers, strict=True)
        if record["papers"]
    ]
    return [
        Figure("pilot: unanswerable questions answered", 100 * float(answered[~answerable].mean()), "%"),
        Figure("pilot: answerable questions refused", 100 * float((~answered[answerable]).mean()), "%"),
        Figure("pilot: AUROC of confidence", _auroc(confidence[answerable], confidence[~answerable]), ""),
        Figure("pilot: hit@1", float(np.mean([rank == 1 for rank in ranks])), ""),
        Figure("pilot: hit@5", float(np.mean([rank <= 5 for rank in ranks])), ""),
    ]


def _ranked(answer: object) -> list[str]:
    return list(dict.fromkeys(passage.paper.id for passage in answer.sources))  # type: ignore[attr-defined]


def _auroc(positives: np.ndarray, negatives: np.ndarray) -> float:
    """The chance that a positive scores above a negative, ties counting half."""
    difference = positives[:, None] - negatives[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())
