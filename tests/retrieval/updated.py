"""A collection in a test's folder, brought up to date again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.chunking import chunk_paper, distinct, place_of_chunk
from retrieval.errors import IndexStoreError
from retrieval.ingest import Reading, Report, update_collection
from retrieval.models.embedder import Embedder, HashEmbedder
from retrieval.papers.papers import Papers, open_papers
from retrieval.stores.base import VectorId, VectorStore
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper


@dataclass
class Updated:
    """Updates of one collection. `steps` are what was told on the way, `notes` what was said."""

    home: Path
    store: Any = field(default_factory=MemoryStore)
    embedder: Embedder = field(default_factory=HashEmbedder)
    notes: list[str] = field(default_factory=list[str])
    steps: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    report: Report = field(default_factory=Report)

    @property
    def folder(self) -> Path:
        return self.home / "collections" / "default"

    def __call__(self, papers: Iterable[Paper] | None = None, *, origin: str = "own", **options: Any) -> Papers:
        """Add the papers; `whole`, `signature` and `size` are the reading's, all else `update_collection`'s."""
        reading = {name: options.pop(name) for name in ("whole", "signature", "size") if name in options}
        readings = [] if papers is None else [Reading(origin, lambda: papers, **reading)]
        return self.read(readings, **options)

    def read(self, readings: Sequence[Reading], **options: Any) -> Papers:
        collection, self.report = update_collection(
            self.folder,
            "default",
            readings,
            options.pop("embedder", self.embedder),
            self.store,
            lock_file=self.home / "default.lock",
            progress=lambda *step: self.steps.append(step),
            note=self.notes.append,
            **options,
        )
        return collection

    def latest(self) -> Papers:
        latest = open_papers(self.folder)
        assert latest is not None
        return latest


def some_papers(count: int, first: int = 0) -> tuple[Paper, ...]:
    """Papers of one short passage each."""
    return tuple(
        Paper(f"p{number}", f"Title {number}", f"Whales of sea {number} sing.", "en")
        for number in range(first, first + count)
    )


def texts_of(papers: Iterable[Paper]) -> list[str]:
    """What is embedded of papers."""
    return [chunk.embedded for paper in papers for chunk in distinct(chunk_paper(paper))]


def stored(collection: Papers, store: VectorStore) -> dict[VectorId, np.ndarray]:
    """What a store has of a collection's living passages."""
    found: dict[VectorId, np.ndarray] = {}
    for segment in collection.generation.segments:
        ids = [one for one in store.ids(segment.name) if segment.first <= one.number <= segment.last]
        assert store.count(segment.name) == len(ids) == segment.vectors
        places = collection.passages_of([one.number for one in ids])
        living = [one for one in ids if (one.start, one.end) in {(s.start, s.end) for s in places.get(one.number, ())}]
        found |= store.vectors(segment.name, living)
    return found


def assert_whole(collection: Papers, papers: Iterable[Paper], store: VectorStore, embedder: Embedder) -> None:
    """The collection has exactly these papers, and of each passage the vector, once."""
    expected = {paper.id: paper for paper in papers}
    assert {paper.id: paper for paper in collection} == expected and len(collection) == len(expected)
    numbers = collection.numbers_of(expected)
    vectors = stored(collection, store)
    wanted = {
        VectorId(numbers[paper.id], place.start, place.end): chunk.embedded
        for paper in expected.values()
        for chunk in distinct(chunk_paper(paper))
        for place in [place_of_chunk(chunk)]
    }
    assert vectors.keys() == wanted.keys()
    if wanted:
        found = np.stack([vectors[one] for one in wanted])
        np.testing.assert_allclose(found, embedder.embed(list(wanted.values())), atol=1e-6)


class Wrapped:
    """A store of which a test replaces single methods."""

    def __init__(self, store: VectorStore, **replaced: Callable[..., Any]) -> None:
        self._store = store
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._store, name)


def refusing(store: VectorStore, *names: str, error: type[IndexStoreError] = IndexStoreError) -> Any:
    """The store, but for methods that fail."""

    def refuse(*_: object) -> Iterator[Any]:
        raise error("The store refuses.")

    return Wrapped(store, **dict.fromkeys(names, refuse))


def seen(updated: Updated) -> list[str]:
    """What was embedded since this was last asked."""
    embedder: Any = updated.embedder
    texts = list(embedder.seen)
    embedder.seen.clear()
    return texts


def names(updated: Updated) -> list[str]:
    return [segment.name for segment in updated.latest().generation.segments]
