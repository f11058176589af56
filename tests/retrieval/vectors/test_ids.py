"""Sets of vector ids: what is in them, whatever the ids are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.chunking import MAX_PASSAGE_CHARS, MAX_SENTENCE_CHARS, place_of
from retrieval.full_text import MOST_CHARS
from retrieval.stores.base import VectorId
from retrieval.vectors.ids import LENGTH_BITS, NUMBER_BITS, START_BITS, VectorIds, in_batches, packed

IDS = st.builds(
    lambda number, start, length: VectorId(number, start, start + length),
    st.integers(0, 2**NUMBER_BITS - 1),
    st.integers(0, 2**START_BITS - 1),
    st.integers(0, 2**LENGTH_BITS - 1),
)


@given(st.lists(IDS, max_size=40), st.lists(IDS, max_size=40))
def test_it_is_a_set(some: list[VectorId], others: list[VectorId]) -> None:
    ids = VectorIds.of(some)
    assert len(ids) == len(set(some))
    asked = [*others, *some]
    assert ids.hold(asked).tolist() == [one in set(some) for one in asked]
    assert all(one in ids for one in some)
    assert VectorIds.of(others).missing_in(ids) == len(set(others) - set(some))
    assert VectorIds.of(others).all_in(ids) == (set(others) <= set(some))


@given(IDS, IDS)
def test_no_two_ids_are_one(one: VectorId, other: VectorId) -> None:
    assert (packed([one])[0] == packed([other])[0]) == (one == other)


@given(st.lists(IDS, min_size=2, max_size=40))
def test_they_are_in_the_order_of_the_ids(ids: list[VectorId]) -> None:
    assert packed(sorted(ids)).tolist() == sorted(packed(ids).tolist())


def test_every_passage_has_room() -> None:
    """The last one of the longest text, however long a passage is."""
    longest = max(MAX_PASSAGE_CHARS, MAX_SENTENCE_CHARS)
    last = place_of("text", MOST_CHARS)
    ids = [VectorId(2**NUMBER_BITS - 1, last, last + longest), VectorId(0, 0, 0)]
    assert VectorIds.of(ids).hold(ids).all() and len(VectorIds.of(ids)) == 2


@pytest.mark.parametrize(
    "strange",
    [
        VectorId(1 << NUMBER_BITS, 0, 1),
        VectorId(1, 1 << START_BITS, (1 << START_BITS) + 2),
        VectorId(1, 0, 1 << LENGTH_BITS),
        VectorId(1, 2, 1),
        VectorId(10**17, 10**17, 10**17),
        VectorId(2**64, 0, 0),
        VectorId(-1, 0, 0),
    ],
)
def test_what_no_passage_has_is_never_among_them(strange: VectorId) -> None:
    """A store is not trusted, and such an id must not be taken for one of ours."""
    ours = VectorIds.of([VectorId(1, 0, 1), VectorId(0, 0, 0)])
    assert strange not in ours
    assert not VectorIds.of([strange]).all_in(ours)


def test_nothing() -> None:
    empty = VectorIds.of([])
    assert (len(empty), empty.all_in(empty), VectorId(0, 0, 0) in empty, "0:0:0" in empty) == (0, True, False, False)


def test_batches_lose_nothing() -> None:
    ids = [VectorId(number, 0, 1) for number in range(10)]
    assert list(in_batches(iter(ids), 4)) == [ids[:4], ids[4:8], ids[8:]]
