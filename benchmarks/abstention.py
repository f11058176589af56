"""Answering and abstaining rightly on the development questions."""

from __future__ import annotations

import numpy as np

from app.build import LocalAnswerer
from app.evaluation.reports import as_asked
from benchmarks.answering import dev_questions
from benchmarks.figures import Figure
from retrieval.evaluation.metrics import auroc, hit


def abstention_figures(answerer: LocalAnswerer) -> list[Figure]:
    """False answers, false refusals, AUROC of the confidence, hit@1 and hit@5 as the chain asks.

    The thresholds are chosen on these same questions, the weights of the confidence are not.
    """
    questions = dev_questions()
    answers = [answerer.ask(as_asked(question)) for question in questions]
    answerable = np.array([bool(question.papers) for question in questions])
    answered = np.array([answer.status == "answered" for answer in answers])
    refused = np.array([answer.status == "abstained" for answer in answers])
    confidence = np.array([answer.confidence for answer in answers])
    rankings = [
        (list(dict.fromkeys(passage.paper.id for passage in answer.sources)), dict.fromkeys(question.papers, 1))
        for question, answer in zip(questions, answers, strict=True)
        if question.papers
    ]
    return [
        Figure("dev: unanswerable questions answered", 100 * float(answered[~answerable].mean()), "%", 20),
        Figure("dev: answerable questions refused", 100 * float(refused[answerable].mean()), "%", 10),
        Figure("dev: AUROC of confidence", auroc(confidence[answerable], confidence[~answerable]), "", 0.9, "above"),
        Figure("dev: hit@1", float(np.mean([hit(ranking, grades, 1) for ranking, grades in rankings])), ""),
        Figure("dev: hit@5", float(np.mean([hit(ranking, grades, 5) for ranking, grades in rankings])), ""),
    ]
