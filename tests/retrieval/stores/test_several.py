"""Several stores as one: where vectors lie, and what happens when one of the stores does not answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier

import numpy as np
import pytest

from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores import several
from retrieval.stores.base import Nearest, VectorId, segment_name
from retrieval.stores.memory import MemoryStore
from retrieval.stores.several import SeveralStores

SEGMENT = segment_name("c", "f", 1)
IDS = [VectorId(row // 3, row % 3, 9) for row in range(300)]
VECTORS = np.random.default_rng(5).normal(size=(300, 8)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
ADDRESSES = ("a", "b", "c")
PLACES = "ccbbbbba"
"""Of the papers 0 to 7."""


class Switched(MemoryStore):
    """Answers only while it is on, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.on = True
        self.asked = 0

    def _of(self, segment: str) -> dict[VectorId, np.ndarray]:
        self.asked += 1
        if not self.on:
            raise IndexStoreError("It does not answer.")
        return super()._of(segment)

    def segments(self, collection: str) -> tuple[str, ...]:
        self._of(SEGMENT)
        return super().segments(collection)


@pytest.fixture
def parts() -> dict[str, Switched]:
    return {address: Switched() for address in ADDRESSES}


@pytest.fixture
def store(parts: dict[str, Switched]) -> SeveralStores:
    store = SeveralStores(parts)
    store.begin(SEGMENT)
    store.add(SEGMENT, IDS, VECTORS)
    return store


def whole() -> MemoryStore:
    one = MemoryStore()
    one.begin(SEGMENT)
    one.add(SEGMENT, IDS, VECTORS)
    return one


def place(parts: dict[str, Switched], number: int) -> str:
    [found] = [address for address, part in parts.items() if any(i.number == number for i in part._kept[SEGMENT])]
    return found


def test_they_find_what_one_store_of_everything_finds(store: SeveralStores) -> None:
    for row in range(5):
        assert store.nearest(SEGMENT, VECTORS[row], 20) == whole().nearest(SEGMENT, VECTORS[row], 20)
        some = IDS[row:200:2]
        assert store.nearest_of(SEGMENT, VECTORS[row], some, 20) == whole().nearest_of(SEGMENT, VECTORS[row], some, 20)


def test_a_paper_lies_in_one_store_and_always_in_the_same(parts: dict[str, Switched], store: SeveralStores) -> None:
    """The places are those of an index that is there already: other ones would lose it."""
    assert [place(parts, number) for number in range(8)] == list(PLACES)
    assert all(60 < part.count(SEGMENT) < 140 for part in parts.values())
    again = SeveralStores(parts)
    again.add(SEGMENT, IDS, VECTORS)
    assert again.count(SEGMENT) == len(IDS)


def test_one_that_does_not_answer_is_named_and_the_others_answer(
    parts: dict[str, Switched], store: SeveralStores
) -> None:
    parts["b"].on = False
    nearest = store.nearest(SEGMENT, VECTORS[0], 300)
    there = [vector_id for vector_id in IDS if place(parts, vector_id.number) != "b"]
    assert nearest.silent == ("b",)
    assert {hit.id for hit in nearest.hits} == set(there)
    store.check(SEGMENT)
    store.confirm(SEGMENT)
    assert store.segments("c") == (SEGMENT,)


def test_given_passages_of_one_that_does_not_answer_are_silent_too(
    parts: dict[str, Switched], store: SeveralStores
) -> None:
    mine = [vector_id for vector_id in IDS if place(parts, vector_id.number) == "b"]
    parts["b"].on = False
    assert store.nearest_of(SEGMENT, VECTORS[0], mine, 5) == Nearest((), silent=("b",))
    others = [vector_id for vector_id in IDS if place(parts, vector_id.number) == "a"]
    assert store.nearest_of(SEGMENT, VECTORS[0], others, 5).silent == ()


def test_where_none_answers_the_error_is_raised_at_once_and_again(
    parts: dict[str, Switched], store: SeveralStores
) -> None:
    for part in parts.values():
        part.on = False
    readers: Sequence[Callable[[], object]] = (
        lambda: store.nearest(SEGMENT, VECTORS[0], 5),
        lambda: store.nearest_of(SEGMENT, VECTORS[0], IDS[:1], 5),
        lambda: store.check(SEGMENT),
        lambda: store.confirm(SEGMENT),
        lambda: store.segments("c"),
    )
    for read in readers:
        with pytest.raises(IndexStoreError, match="does not answer") as caught:
            read()
        assert not isinstance(caught.value, IndexGoneError)


def test_one_that_does_not_answer_is_asked_again_later(
    parts: dict[str, Switched], store: SeveralStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(several.time, "monotonic", lambda: now)
    parts["b"].on = False
    asked = parts["b"].asked
    assert store.nearest(SEGMENT, VECTORS[0], 5).silent == ("b",) and parts["b"].asked == asked + 1
    parts["b"].on = True
    now += 4.9
    assert store.nearest(SEGMENT, VECTORS[0], 5).silent == ("b",) and parts["b"].asked == asked + 1
    now += 0.2
    assert store.nearest(SEGMENT, VECTORS[0], 5) == whole().nearest(SEGMENT, VECTORS[0], 5)


def test_one_that_is_there_again_is_asked_once_the_store_is_reopened(
    parts: dict[str, Switched], store: SeveralStores
) -> None:
    parts["b"].on = False
    assert store.nearest(SEGMENT, VECTORS[0], 5).silent == ("b",)
    parts["b"].on = True
    store.reopen()
    assert store.nearest(SEGMENT, VECTORS[0], 5).silent == ()


def test_whoever_writes_counts_or_copies_needs_them_all(parts: dict[str, Switched], store: SeveralStores) -> None:
    parts["b"].on = False
    needing: Sequence[Callable[[], object]] = (
        lambda: store.count(SEGMENT),
        lambda: list(store.ids(SEGMENT)),
        lambda: store.vectors(SEGMENT, IDS),
        lambda: store.add(SEGMENT, IDS, VECTORS),
    )
    for do in needing:
        with pytest.raises(IndexStoreError, match="does not answer"):
            do()


def test_one_that_lost_the_segment_is_told(parts: dict[str, Switched], store: SeveralStores) -> None:
    parts["b"].remove(SEGMENT)
    parts["a"].on = False
    for read in (
        lambda: store.nearest(SEGMENT, VECTORS[0], 5),
        lambda: store.check(SEGMENT),
        lambda: store.confirm(SEGMENT),
    ):
        with pytest.raises(IndexGoneError):
            read()


def test_an_error_in_the_program_is_not_taken_for_a_silent_server(
    parts: dict[str, Switched], store: SeveralStores
) -> None:
    with pytest.raises(ValueError):
        store.nearest(SEGMENT, np.zeros(3, dtype=np.float32), 5)
    assert store.nearest(SEGMENT, VECTORS[0], 5).silent == ()


def test_all_are_asked_at_once() -> None:
    together = Barrier(3, timeout=20)

    class Waiting(MemoryStore):
        """Answers once all the others are asked too."""

        def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
            together.wait()
            return super().nearest(segment, vector, count)

    store = SeveralStores({address: Waiting() for address in ADDRESSES})
    store.begin(SEGMENT)
    store.add(SEGMENT, IDS, VECTORS)
    assert store.nearest(SEGMENT, VECTORS[0], 20) == whole().nearest(SEGMENT, VECTORS[0], 20)


def test_no_stores_are_none() -> None:
    with pytest.raises(ValueError):
        SeveralStores({})
