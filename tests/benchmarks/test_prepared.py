"""When a prepared answer is given is chosen by what readers thought of it, on other people's questions alone."""

from __future__ import annotations

import numpy as np
import pytest

from app.answering.evidence.prepared import FILE
from benchmarks.prepared import LABELS_FILE, OWN, Labelled, fitted, given_from, held_out, read_labels, threshold
from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.shipped import shipped_file


def labelled(question: str, label: int, author: str = "a") -> Labelled:
    return Labelled(question, author, "way", label)


def test_of_the_answers_near_a_question_the_surest_is_given() -> None:
    labels = [labelled("one", 0), labelled("one", 3), labelled("two", 2), labelled("three", 3, OWN)]
    assert sorted(given_from(labels, np.array([0.4, 0.9, 0.6, 0.99]), 0.5)) == [2, 3]
    assert given_from(labels, np.array([0.9, 0.4, 0.1, 0.99]), 0.5) == [0]


def test_the_threshold_is_the_smallest_from_which_enough_is_right() -> None:
    labels = [labelled(str(place), 3 if place >= 50 else 1) for place in range(100)]
    chances = np.arange(100) / 100
    least = threshold(labels, chances)
    # Of those from 0.35 on 50 of 65 are right: 77 %, and from 0.34 on 50 of 66: 75.8 %.
    assert least == pytest.approx(0.35, abs=0.001)
    with pytest.raises(ValueError, match="sure enough"):
        threshold([labelled("one", 0)], np.array([1.0]))


def test_the_weights_tell_right_from_wrong_and_no_author_is_judged_by_their_own() -> None:
    rows = np.array([[place / 20, 1.0 - place / 40] for place in range(20)])
    labels = [labelled(str(place), 3 if place >= 10 else 0, "ab"[place % 2]) for place in range(20)]
    weights, bias = fitted(labels, rows)
    chances = 1 / (1 + np.exp(-(rows @ weights + bias)))
    assert chances[:10].max() < 0.5 < chances[10:].min()
    turned = [
        Labelled(one.question, one.author, one.way, 3 - one.label) if one.author == "a" else one for one in labels
    ]
    by_others = held_out(turned, rows)
    # Those of "a", whose labels are turned, are judged by the weights of "b", and the other way round.
    assert by_others[18] > 0.5 > by_others[19]


def test_the_labels_that_ship_are_of_answers_that_are_there() -> None:
    labels = read_labels(shipped_file(LABELS_FILE))
    first = {
        one
        for _, one in read_records(
            shipped_file(FILE), lambda record: str(record["ask"][0]), what="answers", kind=InputError
        )
    }
    assert len(labels) > 1500 and {one.label for one in labels} == {0, 1, 2, 3}
    assert {one.way for one in labels} <= first
