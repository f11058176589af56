"""How long an answer in quotes mode takes: chain alone, and as a batch of 200."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.cli import batch
from benchmarks.figures import Figure
from retrieval.models.precision import bfloat16_pays
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.shipped import default_questions_file
from retrieval.types import no_progress

BATCH = 200
TARGETS_MS = {True: (120, 250), False: (250, 450)}
"""p50 and p95, reading included, by whether the processor has bf16."""


def dev_questions() -> tuple[LabelledQuestion, ...]:
    """The development questions, on which thresholds and weights are chosen."""
    return read_labelled_questions(default_questions_file("dev.jsonl"))


def answering_figures(answerer: LocalAnswerer) -> list[Figure]:
    """p50 and p95 of the chain over questions it has not seen in this process, and the batch's seconds."""
    asked = [question.text for question in dev_questions()]
    for text in asked[:5]:
        answerer.ask(checked_question(f"{text} Say more."))
    took = []
    for text in asked:
        began = time.perf_counter()
        answerer.ask(checked_question(text))
        took.append(1000 * (time.perf_counter() - began))
    usual, longest = TARGETS_MS[bfloat16_pays()]
    return [
        Figure("question in quotes mode, chain alone, p50", float(np.percentile(took, 50)), "ms", usual),
        Figure("question in quotes mode, chain alone, p95", float(np.percentile(took, 95)), "ms", longest),
        Figure(f"`ask --batch` of {BATCH} questions, model already loaded", _batch_seconds(answerer, asked), "s", 60),
    ]


def _batch_seconds(answerer: LocalAnswerer, asked: list[str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        lines = [{"id": number, "question": f"{asked[number % len(asked)]} ({number})"} for number in range(BATCH)]
        file = Path(folder) / "in.jsonl"
        file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        began = time.perf_counter()
        batch.answer_file(answerer, batch.read_batch(file), Path(folder) / "out.jsonl", no_progress)
        return time.perf_counter() - began
