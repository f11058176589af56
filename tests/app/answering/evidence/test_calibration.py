"""What follows from a reader's judgements."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from app.answering.evidence.calibration import FEATURES, MODEL_FILE, ReadCalibration, features, read_calibration
from app.answering.logistic import Logistic
from app.answering.reading.opening import READER_SHA256
from app.answering.reading.reader import Agreement
from retrieval.errors import ModelError
from retrieval.shipped import shipped_file
from retrieval.types import ExpansionQuery, Paper, Passage, Sentence

PEARS = Paper("pears", "On pears", "Pears hang.", "en")
APPLES = Paper("apples", "On apples", "Apples fall. Apples rot slowly.", "en")
STEPS = {"answered_from": 0.6, "partly_from": 0.3, "corrects_from": 0.9, "contradicts_from": 0.8}
FLAT = ReadCalibration("words-1", Logistic(dict.fromkeys(FEATURES, 0.0), 0.0), **STEPS)


def test_a_chance_comes_to_one_of_three() -> None:
    assert [FLAT.status(chance) for chance in (0.6, 0.59, 0.3, 0.29)] == ["answered", "partly", "partly", "abstained"]


def test_another_chance_may_be_enough_or_too_little() -> None:
    eager, strict = FLAT.answering_from(0.1), FLAT.answering_from(0.9)
    assert [eager.status(chance) for chance in (0.1, 0.09)] == ["answered", "abstained"]
    assert [strict.status(chance) for chance in (0.9, 0.89, 0.3, 0.29)] == ["answered", "partly", "partly", "abstained"]


def test_the_best_sentence_and_its_paper_are_what_counts() -> None:
    ranked = [Sentence(APPLES, 13, 31, 0.9), Sentence(PEARS, 0, 11, 0.8), Sentence(APPLES, 0, 12, 0.5)]
    passages = [
        Passage(PEARS, 0, 11, 0.9, {"passage": 0.8}),
        Passage(APPLES, 0, 31, 0.7, {"passage": 0.4}),
        Passage(APPLES, 0, 12, 0.7, {"passage": 0.6}),
    ]
    written = [
        (ExpansionQuery("apples", "Do they rot?", "Do they rot?"), 0.3),
        (ExpansionQuery("pears", "Do they hang?", "Do they hang?"), 0.9),
    ]
    given = features(ranked, Agreement(0.5, 0.25, 0.25), passages, written)
    assert tuple(given) == FEATURES
    assert given["best"] == pytest.approx(math.log(9)) and given["second"] == pytest.approx(math.log(4))
    assert given["paper"] == pytest.approx(math.log(9 + 1))
    assert (given["score"], given["passage"], given["written"]) == (0.7, 0.6, 0.3)
    assert given["supported"] == pytest.approx(math.log(0.5), abs=1e-5)
    assert given["silent"] == pytest.approx(math.log(0.25), abs=1e-5)
    assert features(ranked, Agreement(1, 0, 0), passages, ())["written"] == 0.6


def record(**changed: object) -> str:
    usual = {"reader": "words-1", "weights": dict.fromkeys(FEATURES, 1.0), "bias": 0.5, **STEPS}
    return json.dumps(usual | changed)


def test_a_calibration_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "reading.json").write_text(record())
    read = read_calibration(tmp_path / "reading.json")
    assert (read.reader, read.answered_from, read.partly_from) == ("words-1", 0.6, 0.3)
    assert read.chance(dict.fromkeys(FEATURES, 0.0)) == pytest.approx(0.622, abs=1e-3)


@pytest.mark.parametrize(
    "text", ["", "[]", record(weights={"best": 1.0}), record(partly_from=None), record(bias="much"), '{"reader": "x"}']
)
def test_a_damaged_calibration_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "reading.json"
    file.write_text(text)
    with pytest.raises(ModelError, match=r"reading\.json cannot be used: reinstall"):
        read_calibration(file)


def test_what_ships_was_fitted_to_the_reader_that_ships() -> None:
    assert read_calibration(shipped_file(MODEL_FILE)).reader == READER_SHA256, "run python -m benchmarks.reading --fit"
