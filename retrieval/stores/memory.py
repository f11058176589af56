"""A vector store in memory, for tests; exact, not approximate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores.base import GONE, PARTS, Index, Part, similarity
from retrieval.stores.stored_passage import StoredPassage, stored_passage
from retrieval.types import Chunk, Filters, Paper


@dataclass(slots=True)
class _Kept:
    """One index as it stands."""

    model: str
    complete: bool = False
    vectors: dict[Part, dict[str, np.ndarray]] = field(default_factory=lambda: {part: {} for part in PARTS})
    passages: dict[str, tuple[StoredPassage, Paper]] = field(default_factory=dict[str, tuple[StoredPassage, Paper]])


class MemoryStore:
    """Indexes of this process alone; see `VectorStore`."""

    def __init__(self) -> None:
        self._kept: dict[Index, _Kept] = {}

    def find(self, collection: str, fingerprint: str) -> Index | None:
        index = Index(collection, fingerprint)
        kept = self._kept.get(index)
        return index if kept and kept.complete else None

    def confirm(self, index: Index) -> None:
        if self.find(index.collection, index.fingerprint) is None:
            raise IndexGoneError(GONE)

    def begin(self, index: Index, model: str) -> None:
        self._kept.setdefault(index, _Kept(model))

    def known_vectors(self, collection: str, part: Part, model: str, ids: Sequence[str]) -> dict[str, np.ndarray]:
        known: dict[str, np.ndarray] = {}
        for index, kept in self._kept.items():
            if index.collection == collection and kept.model == model:
                known |= {chunk: kept.vectors[part][chunk] for chunk in ids if chunk in kept.vectors[part]}
        return known

    def add(
        self, index: Index, part: Part, chunks: Sequence[Chunk], vectors: np.ndarray, papers: dict[str, Paper]
    ) -> None:
        kept = self._of(index)
        for chunk, vector in zip(chunks, vectors, strict=True):
            kept.vectors[part][chunk.id] = np.asarray(vector, dtype=np.float32)
            if part == "passages":
                paper = papers[chunk.paper_id]
                kept.passages[chunk.id] = (stored_passage(chunk, paper), paper)

    def complete(self, index: Index, model: str) -> None:
        kept = self._of(index)
        kept.model, kept.complete = model, True
        others = [other for other in self._kept if other.collection == index.collection and other != index]
        for other in others:
            del self._kept[other]

    def check(self, index: Index) -> None:
        self._of(index)

    def search(
        self, index: Index, vector: np.ndarray, count: int, filters: Filters = Filters()
    ) -> list[tuple[StoredPassage, float]]:
        kept = self._of(index)
        admitted = [chunk for chunk, (_, paper) in kept.passages.items() if filters.admit(paper)]
        return sorted(self.passages(index, admitted, vector), key=lambda hit: -hit[1])[:count]

    def passages(self, index: Index, ids: Sequence[str], vector: np.ndarray) -> list[tuple[StoredPassage, float]]:
        kept = self._of(index)
        there = [chunk for chunk in ids if chunk in kept.passages]
        return [(kept.passages[chunk][0], similarity(vector, kept.vectors["passages"][chunk])) for chunk in there]

    def all_passages(self, index: Index) -> Iterator[StoredPassage]:
        yield from [stored for stored, _ in self._of(index).passages.values()]

    def question_vectors(self, index: Index, ids: Sequence[str]) -> dict[str, np.ndarray]:
        return self._vectors_of(index, "questions", ids)

    def reopen(self) -> None:
        """Memory is always as it is."""

    def set_aside(self, because: IndexStoreError) -> Path:
        raise because

    def _vectors_of(self, index: Index, part: Part, ids: Sequence[str]) -> dict[str, np.ndarray]:
        vectors = self._of(index).vectors[part]
        return {chunk: vectors[chunk] for chunk in ids if chunk in vectors}

    def _of(self, index: Index) -> _Kept:
        if index not in self._kept:
            raise IndexGoneError(GONE)
        return self._kept[index]
