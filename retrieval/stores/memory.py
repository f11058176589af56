"""A vector store in memory, for tests; exact, not approximate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores.base import GONE, Hit, Nearest, VectorId, best_first, similarity


class MemoryStore:
    """Segments of this process alone; see `VectorStore`."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[VectorId, np.ndarray]] = {}

    @property
    def places(self) -> int:
        return 0

    def segments(self, collection: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in self._kept if name.split(".")[0] == collection))

    def begin(self, segment: str) -> None:
        self._kept.setdefault(segment, {})

    def add(self, segment: str, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        kept = self._of(segment)
        for vector_id, vector in zip(ids, vectors, strict=True):
            kept[vector_id] = np.array(vector, dtype=np.float32)

    def count(self, segment: str) -> int:
        return len(self._of(segment))

    def ids(self, segment: str) -> Iterator[VectorId]:
        yield from list(self._of(segment))

    def vectors(self, segment: str, ids: Sequence[VectorId]) -> dict[VectorId, np.ndarray]:
        kept = self._of(segment)
        return {vector_id: kept[vector_id] for vector_id in ids if vector_id in kept}

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        return self.nearest_of(segment, vector, list(self._of(segment)), count)

    def nearest_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        found = self.vectors(segment, ids).items()
        return Nearest(best_first((Hit(vector_id, similarity(vector, kept)) for vector_id, kept in found), count))

    def check(self, segment: str) -> None:
        self._of(segment)

    def confirm(self, segment: str) -> None:
        self._of(segment)

    def remove(self, segment: str) -> None:
        self._kept.pop(segment, None)

    def reopen(self) -> None:
        """Memory is always as it is."""

    def is_damaged(self) -> bool:
        """Memory is whole."""
        return False

    def set_aside(self, because: IndexStoreError) -> Path:
        raise because

    def _of(self, segment: str) -> dict[VectorId, np.ndarray]:
        if segment not in self._kept:
            raise IndexGoneError(GONE)
        return self._kept[segment]
