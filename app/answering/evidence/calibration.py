"""How surely the papers answer, from what was found and read in them; fitted by `python -m benchmarks.reading`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np

from app.answering.answer import AnswerStatus
from app.answering.evidence.evidence import WrittenNear
from app.answering.logistic import Logistic, number_in, read_fitted
from app.answering.reading.reader import Agreement
from app.answering.reading.sentences import odds_of
from retrieval.types import Passage, Sentence

MODEL_FILE = "models/reading.json"
FEATURES = ("best", "second", "paper", "score", "passage", "written", "supported", "silent")
SMALLEST = 1e-6
"""A chance is taken to be at least this, as its logarithm would have no end."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What follows from a reader's judgements, fitted for the reader of that fingerprint.

    From the chance `answered_from` on the papers answer, from `partly_from` on they come near.
    """

    reader: str
    logistic: Logistic
    answered_from: float
    partly_from: float

    def chance(self, given: Mapping[str, float]) -> float:
        """The chance, in [0, 1], that the papers answer, of the features that it was fitted on."""
        return self.logistic.chance(given)

    def status(self, chance: float) -> AnswerStatus:
        """What a chance comes to."""
        if chance >= self.answered_from:
            return "answered"
        return "partly" if chance >= self.partly_from else "abstained"

    def answering_from(self, chance: float) -> Self:
        """The same, with another chance from which the papers are said to answer."""
        return replace(self, answered_from=chance, partly_from=min(chance, self.partly_from))


@dataclass(frozen=True, slots=True)
class ReadCalibration(Calibration):
    """Fitted on the `FEATURES` of questions of many authors.

    A sentence corrects a question from the chance `corrects_from` on that it contradicts it, and
    contradicts what is written from `contradicts_from` on.
    """

    corrects_from: float
    contradicts_from: float

    def answering_from(self, chance: float) -> Self:
        """The same; nobody is corrected below that chance either."""
        return replace(
            self,
            answered_from=chance,
            partly_from=min(chance, self.partly_from),
            corrects_from=max(chance, self.corrects_from),
        )


def features(
    ranked: Sequence[Sentence], said: Agreement, passages: Sequence[Passage], written: WrittenNear
) -> dict[str, float]:
    """The `FEATURES` of what was found and read, for the sentence that answers best and its paper.

    `best` and `second` are the log odds of the first two of `ranked`, `paper` those that any sentence of the
    first one's paper answers; `score` and `passage` are how near that paper is, `written` how near a question
    written for it; `supported` and `silent` are what `said`, the agreement of the first with the question, comes to.
    """
    first = ranked[0]
    own = [odds_of(sentence.score) for sentence in ranked if sentence.paper.id == first.paper.id]
    found = [passage for passage in passages if passage.paper.id == first.paper.id]
    passage = max(one.signals.get("passage", 0.0) for one in found)
    asked = [near for question, near in written if question.paper_id == first.paper.id]
    return {
        "best": own[0],
        "second": odds_of(ranked[min(1, len(ranked) - 1)].score),
        "paper": float(np.logaddexp.reduce(own)),
        "score": max(one.score for one in found),
        "passage": passage,
        "written": max(asked, default=passage),
        "supported": math.log(said.supported + SMALLEST),
        "silent": math.log(said.not_enough + SMALLEST),
    }


@cache
def read_calibration(file: Path) -> ReadCalibration:
    """The calibration of a JSON file. Raises `ModelError`."""
    return read_fitted(file, FEATURES, _calibration)


def _calibration(logistic: Logistic, record: Mapping[str, object]) -> ReadCalibration:
    steps = (number_in(record, f"{step}_from") for step in ("answered", "partly", "corrects", "contradicts"))
    return ReadCalibration(str(record["reader"]), logistic, *steps)
