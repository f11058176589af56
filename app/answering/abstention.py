"""Decide whether the papers answer at all: a small calibrated model over what retrieval found."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.errors import ModelError
from retrieval.types import Passage, Sentence

FEATURES = ("score", "lead", "passage", "question", "words", "letters", "sentence")
MODEL_FILE = "models/answerability.json"


def features(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> tuple[float, ...]:
    """What the decision rests on, in the order of `FEATURES`.

    The best paper's score and its lead over the fifth; the best each rung gave;
    the best sentence's similarity.
    """
    papers = list({passage.paper.id: passage for passage in passages}.values())
    best = papers[0].score if papers else 0.0
    fifth = papers[min(4, len(papers) - 1)].score if papers else 0.0
    rungs = [
        max((passage.rungs.get(name, 0.0) for passage in passages), default=0.0)
        for name in ("passage", "question", "words", "letters")
    ]
    return (best, best - fifth, *rungs, max((sentence.score for sentence in sentences), default=0.0))


@dataclass(frozen=True, slots=True)
class Answerability:
    """Logistic regression: `bias` plus the weighted features, and the confidence from which to answer."""

    weights: tuple[float, ...]
    bias: float
    answer_from: float

    def confidence(self, sentences: Sequence[Sentence], passages: Sequence[Passage]) -> float:
        """The chance, in [0, 1], that these passages answer."""
        if not passages:
            return 0.0
        given = features(sentences, passages)
        total = self.bias + sum(weight * value for weight, value in zip(self.weights, given, strict=True))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@cache
def read_answerability(file: Path) -> Answerability:
    """The model of a JSON file that `python -m benchmarks.answerability` wrote. Raises `ModelError`."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if tuple(record["features"]) != FEATURES or len(record["weights"]) != len(FEATURES):
            raise ValueError("other features")
        return Answerability(tuple(map(float, record["weights"])), float(record["bias"]), float(record["answer_from"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The answerability model {file.name} cannot be used: reinstall the program.") from error
