"""Ids of vectors, and answers of several searches as one."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.stores.base import Hit, Nearest, VectorId, merged, segment_name, similarities, similarity

NUMBERS = st.integers(0, 10**18 - 1)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_an_id_comes_back_from_its_text(number: int, start: int, end: int) -> None:
    vector_id = VectorId(number, start, end)
    assert str(vector_id) == f"{number}:{start}:{end}"
    assert VectorId.parse(str(vector_id)) == vector_id


@given(st.one_of(st.text(), st.from_regex(r"\d{0,20}[:.,]?-?\d+:\s?0*\d+\s?")))
@example("1:2:3\n")
@example("01:2:3")
@example("1:2:3:4")
@example("-1:2:3")
@example("١:٢:٣")
@example("1_0:2:3")
@example(f"{10**18}:0:1")
def test_any_other_text_is_no_id(text: str) -> None:
    """One id has one text, so that nothing is found twice under two."""
    found = VectorId.parse(text)
    assert found is None or str(found) == text


@pytest.mark.parametrize("text", ["", "1:2", "1:2:3\n", "01:2:3", "1:2:3:4", "-1:2:3", "١:٢:٣", f"{10**18}:0:1"])
def test_texts_that_are_no_ids(text: str) -> None:
    assert VectorId.parse(text) is None


def test_a_segments_name_begins_with_its_collections() -> None:
    assert segment_name("my-papers", "0123456789abcdefXYZ", 12) == "my-papers.0123456789abcdef.12"
    # Chroma's names end at 512 signs.
    assert len(segment_name("x" * 40, "f" * 64, 10**18)) < 100


def hit(number: int, score: float) -> Hit:
    return Hit(VectorId(number, 0, 5), score)


def test_answers_are_merged_by_cosine() -> None:
    one = Nearest((hit(1, 0.9), hit(2, 0.1)), silent=("a", "b"), strange=1)
    two = Nearest((hit(3, 0.5), hit(4, 0.2)), silent=("b", "c"), strange=2)
    assert merged([one, two], 3) == Nearest((hit(1, 0.9), hit(3, 0.5), hit(4, 0.2)), ("a", "b", "c"), 3)
    assert merged([], 3) == Nearest(())


def test_what_is_found_twice_counts_once_and_of_equals_the_order_is_no_chance() -> None:
    one, two = Nearest((hit(7, 0.5), hit(1, 0.5))), Nearest((hit(7, 0.6), hit(2, 0.5)))
    expected = (hit(7, 0.6), hit(1, 0.5), hit(2, 0.5))
    assert merged([one, two], 9).hits == merged([two, one], 9).hits == expected


def at(degrees: float) -> np.ndarray:
    return np.array([cos(radians(degrees)), sin(radians(degrees)), 0.0], dtype=np.float32)


def test_similarity_stays_within_bounds() -> None:
    third = np.full(3, 3**-0.5, dtype=np.float32) * np.float32(1.0000003)
    assert similarity(third, third) == 1.0
    assert similarity(third, -third) == -1.0
    assert similarity(at(0), at(60)) == pytest.approx(0.5)
    assert similarities(np.stack([at(0), at(60), at(180)]), at(0)) == pytest.approx([1, 0.5, -1])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e38])
def test_a_vector_of_anything_gives_a_similarity(number: float) -> None:
    """Whoever can write to the store can put into a vector what he likes."""
    foreign = np.array([number, -number, 0], dtype=np.float32)
    with np.errstate(invalid="ignore"):
        for vector in (at(0), at(180), np.array([1, 1, 0]) / 2**0.5):
            assert -1 <= similarity(vector, foreign) <= 1
