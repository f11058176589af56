"""Where vectors live, as the rest of the program sees it: to keep them elsewhere, write one class like `ChromaStore`.

A store keeps vectors alone, in segments: the vectors of the papers of one range of numbers. The id of a vector says
which passage it is of. What a store says is its own word: a hit counts only where the papers know its passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from retrieval.errors import IndexStoreError

GONE = "The index was replaced while it was being read: ask again."
_ID = re.compile(r"(0|[1-9][0-9]{0,17}):(0|[1-9][0-9]{0,17}):(0|[1-9][0-9]{0,17})")
"""Numbers that SQLite can hold, each written in one way only, so that no two texts are the same id."""


class VectorId(NamedTuple):
    """Of one passage: the number of its paper, and the places in the paper at which the passage begins and ends.

    Places are offsets into the abstract or, above `retrieval.chunking.TEXT_BASE`, into the full text.
    """

    number: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.number}:{self.start}:{self.end}"

    @classmethod
    def parse(cls, text: str) -> VectorId | None:
        """The id that the text is, or None for any other text: a store is not trusted."""
        found = _ID.fullmatch(text)
        return cls(*map(int, found.groups())) if found else None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a store found, with the cosine of its vector and the question's, in [-1, 1]."""

    id: VectorId
    score: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a search found, best first, and what is not right about it.

    `silent` are servers that did not answer, by address; `strange` counts rows whose id is none of ours, which
    were dropped.
    """

    hits: tuple[Hit, ...]
    silent: tuple[str, ...] = ()
    strange: int = 0


class NoRoomError(IndexStoreError):
    """The disk is full; the index is whole as far as it goes."""


@runtime_checkable
class VectorStore(Protocol):
    """Segments of any number of collections. Vectors are unit vectors, float32.

    Every method raises `IndexStoreError` with one sentence where the store fails; those that read a segment raise
    `IndexGoneError` where it is not there. tests/retrieval/stores holds every store to the same tests.
    """

    @property
    def places(self) -> int:
        """Over how many servers vectors are spread, which other homes may use too; 0 for what is this home's alone."""
        ...

    def segments(self, collection: str) -> tuple[str, ...]:
        """The names of all segments of the collection, unfinished ones too."""
        ...

    def begin(self, segment: str) -> None:
        """Make the segment, or go on with what a killed run left of it."""
        ...

    def add(self, segment: str, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        """Store vectors ([ids, dimensions]); storing one again puts it in the place of the old one.

        Raises `NoRoomError` where the disk is full.
        """
        ...

    def count(self, segment: str) -> int:
        """How many vectors the segment holds."""
        ...

    def ids(self, segment: str) -> Iterator[VectorId]:
        """The ids of all vectors of the segment, read a batch at a time."""
        ...

    def vectors(self, segment: str, ids: Sequence[VectorId]) -> dict[VectorId, np.ndarray]:
        """The vectors of those ids that the segment holds."""
        ...

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        """The `count` passages nearest to a vector."""
        ...

    def nearest_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        """The `count` nearest to a vector of the passages of those ids that the segment holds."""
        ...

    def check(self, segment: str) -> None:
        """Read a little of the segment, so that damage shows now."""
        ...

    def confirm(self, segment: str) -> None:
        """Raise `IndexGoneError` where the segment is not there any more."""
        ...

    def remove(self, segment: str) -> None:
        """Remove the segment; no error where it is gone already."""
        ...

    def reopen(self) -> None:
        """See the store as it is now, and not as it was when it was opened."""
        ...

    def is_damaged(self) -> bool:
        """Whether what the store has is damaged; that may take as long as reading it all."""
        ...

    def set_aside(self, because: IndexStoreError) -> Path:
        """Move what is damaged out of the way and start empty; gives where it lies now.

        Raises `because`, what showed the damage, where that cannot be done.
        """
        ...


def segment_name(collection: str, made_with: str, number: int, owner: str = "") -> str:
    """The name of a collection's segment; the collection's is what stands before its first dot."""
    return f"{owned_by(collection, owner)}{made_with[:16]}.{number}"


def owned_by(collection: str, owner: str) -> str:
    """How the names of all segments of a collection begin that one owner has written."""
    return f"{collection}.{owner}-" if owner else f"{collection}."


def nearest_in(store: VectorStore, segments: Sequence[str], vector: np.ndarray, count: int) -> Nearest:
    """The `count` passages of several segments nearest to a vector. Raises what the store's `nearest` raises."""
    return merged([store.nearest(segment, vector, count) for segment in segments], count)


def nearest_of_in(
    store: VectorStore, groups: Mapping[str, Sequence[VectorId]], vector: np.ndarray, count: int
) -> Nearest:
    """The `count` nearest of given passages, by segment. Raises what the store's `nearest_of` raises."""
    found = [store.nearest_of(segment, vector, ids, count) for segment, ids in groups.items() if ids]
    return merged(found, count)


def merged(found: Sequence[Nearest], count: int) -> Nearest:
    """The best `count` of several answers as one; what was found twice counts once."""
    best: dict[VectorId, Hit] = {}
    for hit in (hit for nearest in found for hit in nearest.hits):
        if hit.id not in best or best[hit.id].score < hit.score:
            best[hit.id] = hit
    silent = dict.fromkeys(address for nearest in found for address in nearest.silent)
    return Nearest(best_first(best.values(), count), tuple(silent), sum(nearest.strange for nearest in found))


def best_first(hits: Iterable[Hit], count: int) -> tuple[Hit, ...]:
    """The best `count` hits; of two as good the one of the older paper comes first, so that the order is no chance."""
    return tuple(nsmallest(count, hits, key=lambda hit: (-hit.score, hit.id)))


def similarity(vector: np.ndarray, other: np.ndarray) -> float:
    """Cosine similarity of two unit vectors, kept within [-1, 1] against rounding; what is no number is -1."""
    return float(similarities(np.asarray(other)[np.newaxis], vector)[0])


def similarities(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """The cosine of each of some unit vectors ([n, dimensions]) and one more, as `similarity` gives it."""
    return bounded(np.asarray(vectors, dtype=np.float64) @ np.asarray(vector, dtype=np.float64))


def bounded(cosines: np.ndarray) -> np.ndarray:
    """Cosines within [-1, 1]; whoever can write to a store can make anything of them, and what is no number is -1."""
    return np.clip(np.nan_to_num(cosines, nan=-1.0), -1.0, 1.0)
