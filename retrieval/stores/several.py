"""Several stores as one, each with a part of every segment: a collection too large for the memory of one server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np

from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores.base import Nearest, VectorId, VectorStore, merged

ASK_AGAIN_SECONDS = 5.0
"""So long a store that did not answer is not asked again, so that not every question waits for it."""
THREADS_PER_STORE = 4
"""So many questions are asked at once."""
T = TypeVar("T")


class SeveralStores:
    """Stores by their addresses; a `VectorStore`.

    Where a vector lies goes by the number of its paper and by the order of the stores, which
    therefore has to stay as it is. Searches go on without stores that do not answer, and name
    them; whoever writes, counts or copies needs all of them. Raises `ValueError` without stores.
    """

    def __init__(self, stores: Mapping[str, VectorStore]) -> None:
        if not stores:
            raise ValueError("there are no stores")
        self._stores = dict(stores)
        self._addresses = tuple(stores)
        self._down: dict[str, tuple[float, IndexStoreError]] = {}
        self._pool = ThreadPoolExecutor(THREADS_PER_STORE * len(stores), thread_name_prefix="store")

    @property
    def places(self) -> int:
        """How many stores there are."""
        return len(self._stores)

    def segments(self, collection: str) -> tuple[str, ...]:
        """The names of the segments that any store has which answers."""
        found, _ = self._asked({address: lambda store: store.segments(collection) for address in self._addresses})
        return tuple(sorted({name for names in found for name in names}))

    def begin(self, segment: str) -> None:
        """Make the segment in every store, or go on with what a killed run left of it."""
        self._all(lambda store: store.begin(segment))

    def add(self, segment: str, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        """Store vectors ([ids, dimensions]), each in its place."""
        if len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        at: dict[str, list[int]] = {}
        for row, vector_id in enumerate(ids):
            at.setdefault(self._place(vector_id), []).append(row)
        self._each(
            {
                address: lambda store, rows=rows: store.add(segment, [ids[row] for row in rows], vectors[rows])
                for address, rows in at.items()
            }
        )

    def count(self, segment: str) -> int:
        """How many vectors the stores hold of the segment. Raises `IndexStoreError` where one does not answer."""
        return sum(self._all(lambda store: store.count(segment)))

    def ids(self, segment: str) -> Iterator[VectorId]:
        """The ids of all vectors of the segment. Raises `IndexStoreError` where a store does not answer."""
        for store in self._stores.values():
            yield from store.ids(segment)

    def vectors(self, segment: str, ids: Sequence[VectorId]) -> dict[VectorId, np.ndarray]:
        """The vectors of those ids that are there. Raises `IndexStoreError` where one of their stores does not answer.

        Whoever copies vectors would otherwise take those of a silent store for lost.
        """
        asked: dict[str, Callable[[VectorStore], dict[VectorId, np.ndarray]]] = {
            address: lambda store, of=of: store.vectors(segment, of) for address, of in self._by_place(ids).items()
        }
        return {vector_id: vector for found in self._each(asked) for vector_id, vector in found.items()}

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        """The `count` passages nearest to a vector, of the stores that answer."""
        asked: dict[str, Callable[[VectorStore], Nearest]] = {
            address: lambda store: store.nearest(segment, vector, count) for address in self._addresses
        }
        return self._merged(asked, count)

    def nearest_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        """The `count` nearest of the passages of those ids, of the stores that answer."""
        asked: dict[str, Callable[[VectorStore], Nearest]] = {
            address: lambda store, of=of: store.nearest_of(segment, vector, of, count)
            for address, of in self._by_place(ids).items()
        }
        return self._merged(asked, count)

    def check(self, segment: str) -> None:
        """Read a little in every store; the segment is sound where one answers, and all that answer have it."""
        self._asked({address: lambda store: store.check(segment) for address in self._addresses})

    def confirm(self, segment: str) -> None:
        """Raise `IndexGoneError` where a store that answers has the segment no more."""
        self._asked({address: lambda store: store.confirm(segment) for address in self._addresses})

    def remove(self, segment: str) -> None:
        """Remove the segment from every store; no error where it is gone already."""
        self._all(lambda store: store.remove(segment))

    def reopen(self) -> None:
        """See the stores as they are now, those that did not answer among them."""
        self._down.clear()
        for store in self._stores.values():
            store.reopen()

    def is_damaged(self) -> bool:
        """Servers look after what they have."""
        return False

    def set_aside(self, because: IndexStoreError) -> Path:
        """Nothing is moved: which of the stores is damaged is not known."""
        raise because

    def _place(self, vector_id: VectorId) -> str:
        return self._addresses[crc32(str(vector_id.number).encode()) % len(self._addresses)]

    def _by_place(self, ids: Sequence[VectorId]) -> dict[str, list[VectorId]]:
        places: dict[str, list[VectorId]] = {}
        for vector_id in ids:
            places.setdefault(self._place(vector_id), []).append(vector_id)
        return places

    def _all(self, ask: Callable[[VectorStore], T]) -> list[T]:
        return self._each(dict.fromkeys(self._addresses, ask))

    def _each(self, asked: Mapping[str, Callable[[VectorStore], T]]) -> list[T]:
        """What the stores say, all of which must answer; they are all waited for, so that nothing goes on behind."""
        running = [self._pool.submit(ask, self._stores[address]) for address, ask in asked.items()]
        failed = [error for future in running if (error := future.exception()) is not None]
        if failed:
            raise failed[0]
        return [future.result() for future in running]

    def _merged(self, asked: Mapping[str, Callable[[VectorStore], Nearest]], count: int) -> Nearest:
        found, silent = self._asked(asked)
        return merged([*found, Nearest((), silent)], count)

    def _asked(self, asked: Mapping[str, Callable[[VectorStore], T]]) -> tuple[list[T], tuple[str, ...]]:
        """What those say that answer, and the addresses of those that do not.

        Raises `IndexGoneError` where one that answers has not the segment, and what the first failed
        of where not one store is known to answer.
        """
        failed = {address: down for address in asked if (down := self._known_down(address)) is not None}
        running = {
            address: self._pool.submit(ask, self._stores[address])
            for address, ask in asked.items()
            if address not in failed
        }
        found: list[T] = []
        gone: IndexGoneError | None = None
        for address, future in running.items():
            try:
                found.append(future.result())
            except IndexGoneError as error:
                gone = error
            except IndexStoreError as error:
                failed[address] = error
                self._down[address] = (time.monotonic(), error)
        if gone is not None:
            raise gone
        if failed and all(address in failed or self._known_down(address) for address in self._addresses):
            raise next(iter(failed.values()))
        return found, tuple(address for address in asked if address in failed)

    def _known_down(self, address: str) -> IndexStoreError | None:
        since, error = self._down.get(address, (0.0, None))
        return error if time.monotonic() - since < ASK_AGAIN_SECONDS else None
