"""How surely the papers answer, from what was read in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.answering.logistic import Logistic, read_logistic
from app.answering.reading.sentences import odds_of
from retrieval.errors import ModelError
from retrieval.json_lines import is_object
from retrieval.types import Passage, Sentence

MODEL_FILE = "models/reading.json"
FEATURES = ("best", "second", "passage", "words")


@dataclass(frozen=True, slots=True)
class ReadCalibration:
    """The chance that the papers answer, of `features`; from `threshold` on they are said to.

    Fitted for the reader of that fingerprint, on questions of several authors.
    """

    reader: str
    logistic: Logistic
    threshold: float

    def chance(self, given: dict[str, float]) -> float:
        """In [0, 1]."""
        return self.logistic.chance(given)


def features(question: str, passages: Sequence[Passage], sentences: Sequence[Sentence]) -> dict[str, float]:
    """The `FEATURES` of what was found and read: log odds, similarities and shares."""
    odds = sorted((odds_of(sentence.score) for sentence in sentences), reverse=True)
    return {
        "best": odds[0],
        "second": odds[min(1, len(odds) - 1)],
        "passage": max(passage.signals.get("passage", 0.0) for passage in passages),
        "words": 0.0,
    }


@cache
def read_calibration(file: Path) -> ReadCalibration:
    """The calibration of a JSON file that `python -m benchmarks.reading` wrote. Raises `ModelError`."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if not is_object(record):
            raise ValueError("no object")
        logistic = read_logistic(record)
        if tuple(logistic.weights) != FEATURES:
            raise ValueError("other features")
        return ReadCalibration(str(record["reader"]), logistic, float(record["threshold"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The calibration {file.name} cannot be used: reinstall the program.") from error
