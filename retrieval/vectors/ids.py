"""Sets of vector ids that are small in memory: eight bytes each, as there may be millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from retrieval.stores.base import VectorId

START_BITS = 23
"""A place in a paper is below 2**23: in a full text, of at most 5 million characters, they begin at 2**17."""
LENGTH_BITS = 12
"""A passage is of one sentence, or of at most 700 characters, and no sentence is longer."""
NUMBER_BITS = 63 - START_BITS - LENGTH_BITS
BATCH = 10_000


class VectorIds:
    """A set of ids, asked about one or many at a time."""

    def __init__(self, packed: np.ndarray) -> None:
        self._packed = np.unique(packed)

    @classmethod
    def of(cls, ids: Iterable[VectorId]) -> VectorIds:
        """The set of those ids."""
        source = iter(ids)
        batches: list[np.ndarray] = [np.zeros(0, dtype=np.int64)]
        while batch := list(islice(source, BATCH)):
            batches.append(packed(batch))
        return cls(np.concatenate(batches))

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, vector_id: object) -> bool:
        return isinstance(vector_id, VectorId) and bool(self.hold([vector_id])[0])

    def hold(self, ids: Sequence[VectorId]) -> np.ndarray:
        """Which of the ids are in the set, as an array of truth values."""
        return self.hold_packed(packed(ids))

    def hold_packed(self, values: np.ndarray) -> np.ndarray:
        """The same of ids that are packed already."""
        if not len(self._packed):
            return np.zeros(len(values), dtype=bool)
        at = np.minimum(np.searchsorted(self._packed, values), len(self._packed) - 1)
        return self._packed[at] == values

    def all_in(self, other: VectorIds) -> bool:
        """Whether the other set has all of these."""
        return bool(other.hold_packed(self._packed).all())

    def missing_in(self, other: VectorIds) -> int:
        """How many of these the other set does not have."""
        return int((~other.hold_packed(self._packed)).sum())


def packed(ids: Sequence[VectorId]) -> np.ndarray:
    """The ids as whole numbers in their order, int64; -1 for an id that no passage can have."""
    columns = np.fromiter(chain.from_iterable(map(_within, ids)), dtype=np.int64, count=3 * len(ids)).reshape(-1, 3)
    return packed_columns(columns[:, 0], columns[:, 1], columns[:, 2])


def packed_columns(numbers: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The same of three columns."""
    numbers, starts, ends = (column.astype(np.int64) for column in (numbers, starts, ends))
    lengths = ends - starts
    known = np.ones(len(numbers), dtype=bool)
    for column, bits in ((numbers, NUMBER_BITS), (starts, START_BITS), (lengths, LENGTH_BITS)):
        known &= (column >= 0) & (column < 1 << bits)
    return np.where(known, numbers << (START_BITS + LENGTH_BITS) | starts << LENGTH_BITS | lengths, -1)


def in_batches(ids: Iterable[VectorId], size: int = BATCH) -> Iterator[list[VectorId]]:
    """The ids in lists of at most `size`."""
    source = iter(ids)
    while batch := list(islice(source, size)):
        yield batch


def _within(vector_id: VectorId) -> VectorId:
    # A store is not trusted, and gives numbers larger than an array takes.
    return vector_id if max(vector_id) < 1 << 62 else VectorId(-1, 0, 0)
