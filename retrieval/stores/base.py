"""Where vectors live, as the rest of the program sees it: to keep them elsewhere, write one class like `ChromaStore`.

One index has two parts: passages are searched, questions are looked up by their chunk's id.
It counts only once it is complete, so a build that is killed is never searched. What a store
says of a passage is its own word: `retrieval.passages` holds it against the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from retrieval.errors import IndexStoreError
from retrieval.stores.stored_passage import StoredPassage
from retrieval.types import Chunk, Filters, Paper

Part = Literal["passages", "questions"]
PARTS: tuple[Part, ...] = ("passages", "questions")
GONE = "The index was replaced while it was being read: ask again."


@dataclass(frozen=True, slots=True)
class Index:
    """A built index: the collection's name and the hash of what it was built from."""

    collection: str
    fingerprint: str

    def part(self, part: Part) -> str:
        """The name that a store gives the part."""
        return f"{self.collection}.{self.fingerprint[:24]}.{part}"


class NoRoomError(IndexStoreError):
    """The disk is full; the index is whole as far as it goes."""


@runtime_checkable
class VectorStore(Protocol):
    """Indexes of any number of collections. Vectors are unit vectors, float32.

    Every method raises `IndexStoreError` with one sentence where the store fails, those that read
    an index `IndexGoneError` where another process has replaced it. tests/retrieval/stores holds
    every store to the same tests.
    """

    def find(self, collection: str, fingerprint: str) -> Index | None:
        """The complete index of that collection and fingerprint, or None."""
        ...

    def confirm(self, index: Index) -> None:
        """Raise `IndexGoneError` where the index is not there any more."""
        ...

    def begin(self, index: Index, model: str) -> None:
        """Make room for the index, or go on with what a killed build left of it."""
        ...

    def known_vectors(self, collection: str, part: Part, model: str, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Vectors of that model which any index of the collection, even a half-built one, already has."""
        ...

    def add(
        self, index: Index, part: Part, chunks: Sequence[Chunk], vectors: np.ndarray, papers: dict[str, Paper]
    ) -> None:
        """Store chunks with their vectors ([chunks, dimensions]); `papers` by id. Storing one again changes nothing."""
        ...

    def complete(self, index: Index, model: str) -> None:
        """Switch over: from now on the index counts, and the collection's other ones are removed."""
        ...

    def check(self, index: Index) -> None:
        """Read a little of the index, so that damage shows now."""
        ...

    def search(
        self, index: Index, vector: np.ndarray, count: int, filters: Filters = Filters()
    ) -> list[tuple[StoredPassage, float]]:
        """The `count` passages nearest to a vector that pass the filters, best first, with their cosine similarity."""
        ...

    def passages(self, index: Index, ids: Sequence[str], vector: np.ndarray) -> list[tuple[StoredPassage, float]]:
        """The passages of those chunk ids that the index holds, with their cosine similarity to the vector."""
        ...

    def all_passages(self, index: Index) -> Iterator[StoredPassage]:
        """Every passage that the index holds."""
        ...

    def question_vectors(self, index: Index, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of those expansion queries that the index holds, by chunk id."""
        ...

    def reopen(self) -> None:
        """See the store as it is now, and not as it was when it was opened."""
        ...

    def set_aside(self, because: IndexStoreError) -> Path:
        """Move what is damaged out of the way and start empty; gives where it lies now.

        Raises `because`, what showed the damage, where that cannot be done.
        """
        ...


def similarity(vector: np.ndarray, other: np.ndarray) -> float:
    """Cosine similarity of two unit vectors, kept within [-1, 1] against rounding; what is no number is -1."""
    cosine = np.dot(np.asarray(vector, dtype=np.float64), np.asarray(other, dtype=np.float64))
    return float(np.clip(np.nan_to_num(cosine, nan=-1.0), -1.0, 1.0))
