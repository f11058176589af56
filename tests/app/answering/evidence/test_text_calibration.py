"""When full texts answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.answering.evidence.calibration import Calibration
from app.answering.evidence.text_calibration import (
    MODEL_FILE,
    TEXT_FEATURES,
    read_text_calibration,
    text_features,
)
from app.answering.logistic import Logistic
from app.answering.reading.opening import READER_SHA256
from retrieval.errors import ModelError
from retrieval.shipped import shipped_file
from retrieval.types import Paper, Sentence

OWLS = Paper("owls", "On owls", "Owls hunt at night. They sleep by day.", "en")
LARKS = Paper("larks", "On larks", "Larks sing. Larks fly.", "en")
FLAT = Calibration("words-1", Logistic(dict.fromkeys(TEXT_FEATURES, 0.0), 0.0), 0.6, 0.3)
RECORD = {"reader": "words-1", "weights": dict.fromkeys(TEXT_FEATURES, 1.0), "bias": -1.0}
STEPS = {"answered_from": 0.6, "partly_from": 0.3}


def test_a_chance_comes_to_one_of_three() -> None:
    assert [FLAT.status(chance) for chance in (0.6, 0.59, 0.3, 0.29)] == ["answered", "partly", "partly", "abstained"]
    assert FLAT.answering_from(0.1).status(0.1) == "answered"
    assert [FLAT.answering_from(0.9).status(chance) for chance in (0.89, 0.29)] == ["partly", "abstained"]


def test_what_the_best_sentence_or_its_title_says_of_the_question_counts_by_its_rarity() -> None:
    ranked = [Sentence(OWLS, 0, 19, 0.9), Sentence(LARKS, 0, 11, 0.8), Sentence(OWLS, 20, 38, 0.7)]
    given = text_features(1.5, ranked, {"owl": 1.0, "hunt": 2.0, "mous": 3.0})
    assert given == {"read": 1.5, "said": pytest.approx(0.5), "alone": pytest.approx(2 / 3)}
    assert text_features(0.0, ranked[2:], {"owl": 1.0, "night": 1.0})["said"] == 0.5
    assert text_features(0.0, ranked, {})["said"] == 0.0


def test_it_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "texts.json"
    file.write_text(json.dumps(RECORD | STEPS))
    read = read_text_calibration(file)
    assert (read.reader, read.answered_from, read.partly_from) == ("words-1", 0.6, 0.3)
    assert read.chance(dict.fromkeys(TEXT_FEATURES, 0.0)) == pytest.approx(0.269, abs=1e-3)


@pytest.mark.parametrize("text", ["", "[]", json.dumps(RECORD), json.dumps(RECORD | STEPS | {"weights": {"read": 1}})])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "texts.json"
    file.write_text(text)
    with pytest.raises(ModelError, match=r"texts\.json cannot be used: reinstall"):
        read_text_calibration(file)


def test_what_ships_was_fitted_to_the_reader_that_ships_and_asks_more_of_less_that_is_said() -> None:
    read = read_text_calibration(shipped_file(MODEL_FILE))
    assert read.reader == READER_SHA256, "run python -m benchmarks.full_text_fitting"
    assert all(weight > 0 for weight in read.logistic.weights.values())
    assert read.partly_from < read.answered_from
