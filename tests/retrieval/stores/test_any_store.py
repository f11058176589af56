"""What every vector store must do: a new one is added to `STORES`, and needs no test of its own for this."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores.base import (
    Nearest,
    VectorId,
    VectorStore,
    nearest_in,
    nearest_of_in,
    segment_name,
)
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.chroma_graph import EXACT
from retrieval.stores.memory import MemoryStore
from retrieval.stores.several import SeveralStores

STORES: dict[str, Callable[[pytest.FixtureRequest, Path], VectorStore]] = {
    "memory": lambda request, folder: MemoryStore(),
    "folder": lambda request, folder: ChromaStore(folder / "chroma"),
    "server": lambda request, folder: ChromaStore(request.getfixturevalue("server")),
    "several": lambda request, folder: SeveralStores(
        {name: ChromaStore(folder / name) for name in ("chroma-1", "chroma-2")}
    ),
}
ANGLES = (180, 45, 0, 135, 90, 60)
COLLECTIONS = count(1)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStore:
    return STORES[request.param](request, tmp_path)


@pytest.fixture
def collection() -> str:
    """A name that no test had before: they share a server."""
    return f"compass-{next(COLLECTIONS)}"


def at(degrees: float) -> np.ndarray:
    return np.array([cos(radians(degrees)), sin(radians(degrees)), 0.0], dtype=np.float32)


def of(angle: int) -> VectorId:
    return VectorId(angle, 0, angle + 5)


def filled(store: VectorStore, segment: str, angles: tuple[int, ...]) -> str:
    store.begin(segment)
    store.add(segment, [of(angle) for angle in angles], np.stack([at(angle) for angle in angles]))
    return segment


@pytest.fixture
def segment(store: VectorStore, collection: str) -> str:
    """Papers at known angles: paper 60 lies 60 degrees from the question's vector."""
    return filled(store, segment_name(collection, "f" * 64, 1), ANGLES)


def numbers(nearest: Nearest) -> list[int]:
    assert not nearest.silent and not nearest.strange
    return [hit.id.number for hit in nearest.hits]


def some(vectors: int, dimensions: int = 8) -> tuple[list[VectorId], np.ndarray]:
    directions = np.random.default_rng(7).normal(size=(vectors, dimensions))
    units = (directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32)
    return [VectorId(row // 3, row % 3 * 100, row % 3 * 100 + 90) for row in range(vectors)], units


def test_it_is_a_store(store: VectorStore) -> None:
    assert isinstance(store, VectorStore)


def test_the_nearest_come_first_with_their_cosines(store: VectorStore, segment: str) -> None:
    nearest = store.nearest(segment, at(0), 10)
    assert numbers(nearest) == [0, 45, 60, 90, 135, 180]
    assert [hit.score for hit in nearest.hits] == pytest.approx([1, 0.5**0.5, 0.5, 0, -(0.5**0.5), -1], abs=1e-6)
    assert all(-1 <= hit.score <= 1 for hit in nearest.hits)
    assert nearest.hits[1].id == of(45)
    assert numbers(store.nearest(segment, at(180), 2)) == [180, 135]
    assert numbers(store.nearest(segment, at(100), 1)) == [90]


def test_of_given_passages_the_nearest(store: VectorStore, segment: str) -> None:
    asked = [of(180), of(60), of(7), of(90), of(60)]
    nearest = store.nearest_of(segment, at(0), asked, 10)
    assert numbers(nearest) == [60, 90, 180]
    assert [hit.score for hit in nearest.hits] == pytest.approx([0.5, 0, -1], abs=1e-6)
    assert numbers(store.nearest_of(segment, at(180), asked, 2)) == [180, 90]
    assert store.nearest_of(segment, at(0), [of(7), VectorId(60, 0, 1)], 3) == Nearest(())
    assert store.nearest_of(segment, at(0), [], 3) == Nearest(())


@pytest.mark.parametrize("missing", [(), (VectorId(10**9, 0, 1),)], ids=["all there", "one missing"])
def test_of_many_given_passages_the_nearest(store: VectorStore, collection: str, missing: tuple[VectorId, ...]) -> None:
    """More than are compared one by one."""
    segment = segment_name(collection, "f", 1)
    ids, vectors = some(3 * EXACT)
    store.begin(segment)
    store.add(segment, ids, vectors)
    asked = [*ids[::2][: EXACT + 50], *missing]
    cosines = {vector_id: float(vectors[ids.index(vector_id)] @ vectors[0]) for vector_id in asked[: EXACT + 50]}
    expected = sorted(cosines, key=lambda vector_id: -cosines[vector_id])[:40]
    nearest = store.nearest_of(segment, vectors[0], asked, 40)
    assert [hit.id for hit in nearest.hits] == expected
    assert [hit.score for hit in nearest.hits] == pytest.approx(
        [cosines[vector_id] for vector_id in expected], abs=1e-5
    )


def test_very_many_of_the_nearest(store: VectorStore, collection: str) -> None:
    segment = segment_name(collection, "f", 1)
    ids, vectors = some(10_000)
    store.begin(segment)
    store.add(segment, ids, vectors)
    nearest = store.nearest(segment, vectors[5], 9000)
    best = {ids[row] for row in np.argsort(-(vectors @ vectors[5]))[:9000]}
    found = {hit.id for hit in nearest.hits}
    assert len(nearest.hits) == len(found) == 9000 and len(best & found) >= 0.97 * 9000
    assert nearest.hits[0].id == ids[5]


def test_vectors_come_back_as_they_were_stored(store: VectorStore, collection: str) -> None:
    """More of them than are written or read at once."""
    segment = segment_name(collection, "f", 1)
    ids, vectors = some(6000)
    store.begin(segment)
    store.add(segment, ids, vectors)
    assert store.count(segment) == 6000
    assert sorted(store.ids(segment)) == sorted(ids)
    kept = store.vectors(segment, [*ids, VectorId(10**9, 0, 1)])
    assert kept.keys() == set(ids)
    assert np.stack([kept[vector_id] for vector_id in ids]) == pytest.approx(vectors, abs=1e-6)
    assert kept[ids[0]].dtype == np.float32
    assert store.vectors(segment, []) == {}


def test_a_vector_that_is_stored_again_takes_the_place_of_the_old_one(store: VectorStore, segment: str) -> None:
    store.add(segment, [of(180), of(45)], np.stack([at(10), at(45)]))
    assert store.count(segment) == len(ANGLES)
    assert numbers(store.nearest(segment, at(0), 3)) == [0, 180, 45]


def test_a_segment_that_was_begun_goes_on(store: VectorStore, segment: str) -> None:
    store.begin(segment)
    store.add(segment, [of(30)], at(30)[np.newaxis])
    assert store.count(segment) == len(ANGLES) + 1
    assert numbers(store.nearest(segment, at(0), 3)) == [0, 30, 45]


def test_as_many_vectors_as_ids(store: VectorStore, segment: str) -> None:
    with pytest.raises(ValueError):
        store.add(segment, [of(1), of(2)], at(1)[np.newaxis])


def test_nothing_is_added_where_there_is_nothing(store: VectorStore, segment: str) -> None:
    store.add(segment, [], np.zeros((0, 3), dtype=np.float32))
    assert store.count(segment) == len(ANGLES)


def test_an_empty_segment_holds_nothing(store: VectorStore, collection: str) -> None:
    segment = segment_name(collection, "f", 1)
    store.begin(segment)
    store.check(segment)
    assert store.count(segment) == 0 and list(store.ids(segment)) == []
    assert store.nearest(segment, at(0), 3) == store.nearest_of(segment, at(0), [of(1)], 3) == Nearest(())


def test_the_segments_of_one_collection(store: VectorStore, segment: str, collection: str) -> None:
    unfinished, other = segment_name(collection, "e" * 64, 2), segment_name(f"{collection}-b", "f" * 64, 1)
    store.begin(unfinished)
    filled(store, other, (0,))
    assert set(store.segments(collection)) == {segment, unfinished}
    assert store.segments(f"{collection}-b") == (other,)
    assert store.segments("compass") == ()
    assert numbers(store.nearest(other, at(0), 9)) == [0]
    store.remove(segment)
    assert store.segments(collection) == (unfinished,) and store.count(other) == 1


READERS: dict[str, Callable[[VectorStore, str], object]] = {
    "count": lambda store, segment: store.count(segment),
    "ids": lambda store, segment: list(store.ids(segment)),
    "vectors": lambda store, segment: store.vectors(segment, [of(0)]),
    "nearest": lambda store, segment: store.nearest(segment, at(0), 1),
    "nearest_of": lambda store, segment: store.nearest_of(segment, at(0), [of(0)], 1),
    "check": lambda store, segment: store.check(segment),
    "confirm": lambda store, segment: store.confirm(segment),
    "add": lambda store, segment: store.add(segment, [of(0)], at(0)[np.newaxis]),
}


@pytest.mark.parametrize("how", READERS)
def test_a_segment_that_was_removed_is_gone(store: VectorStore, segment: str, how: str) -> None:
    READERS[how](store, segment)
    store.remove(segment)
    with pytest.raises(IndexGoneError, match="ask again"):
        READERS[how](store, segment)
    store.remove(segment)


def test_a_segment_that_never_was_is_gone(store: VectorStore, segment: str, collection: str) -> None:
    for read in READERS.values():
        with pytest.raises(IndexGoneError):
            read(store, segment_name(collection, "f" * 64, 2))


def test_a_segment_that_is_there_passes(store: VectorStore, segment: str) -> None:
    store.check(segment)
    store.confirm(segment)
    store.reopen()
    assert numbers(store.nearest(segment, at(0), 1)) == [0]


def test_several_segments_are_searched_as_one(store: VectorStore, segment: str, collection: str) -> None:
    more = filled(store, segment_name(collection, "f" * 64, 2), (10, 100, 170))
    assert numbers(nearest_in(store, [segment, more], at(0), 4)) == [0, 10, 45, 60]
    groups = {segment: [of(45), of(90)], more: [of(100), of(10)]}
    assert numbers(nearest_of_in(store, groups, at(0), 3)) == [10, 45, 90]
    assert nearest_of_in(store, {segment: [], more: []}, at(0), 3) == nearest_in(store, [], at(0), 3) == Nearest(())


def test_what_is_damaged_is_moved_out_of_the_way_or_told(store: VectorStore, segment: str, collection: str) -> None:
    because = IndexStoreError("It is damaged.")
    try:
        aside = store.set_aside(because)
    except IndexStoreError as error:
        assert error is because and store.segments(collection) == (segment,)
    else:
        assert aside.is_dir() and store.segments(collection) == ()
