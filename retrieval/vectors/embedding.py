"""How passages become vectors in shards: the seam for it, and the run on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from retrieval.models.embedder import Embedder
from retrieval.stores.base import VectorId
from retrieval.types import Progress
from retrieval.vectors.ids import VectorIds
from retrieval.vectors.shards import Shards

WINDOW = 4_096
"""Passages that are held in memory and sorted by length, as texts of one length are embedded fastest together."""
PIECE = 128
"""Texts that are embedded before it is looked whether a shard is due."""
SHARD_PASSAGES = 2_048
SHARD_SECONDS = 30.0
"""A shard is written after so many passages or so much time: what a kill loses at most, give or take a piece."""
LABEL = "Embedding passages"
Passages = Callable[[], Iterator[tuple[VectorId, str]]]
"""What is to be embedded, each with its id, in the order of numbers; may be gone through more than once."""


class Embeds(Protocol):
    """How passages become shards: here (`EmbedsHere`), or on many machines."""

    def __call__(self, passages: Passages, total: int, shards: Shards, progress: Progress) -> None:
        """Embed those of the `total` passages that the shards do not have. Raises `ModelError`, `IndexStoreError`."""
        ...


class EmbedsHere:
    """Embeds on this machine, a window of passages at a time."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, passages: Passages, total: int, shards: Shards, progress: Progress) -> None:
        """See `Embeds`. The bar begins where the run before ended."""
        have = shards.ids()
        done = min(len(have), total)
        progress(LABEL, done, total)
        draft = _Draft(shards)
        for window in windows(passages(), have):
            for ids, vectors in self._embedded(window):
                draft.add(ids, vectors)
                done = min(done + len(ids), total)
                progress(LABEL, done, total)
        draft.write()

    def _embedded(self, window: Sequence[tuple[VectorId, str]]) -> Iterator[tuple[list[VectorId], np.ndarray]]:
        alike: dict[str, list[VectorId]] = {}
        for vector_id, text in window:
            alike.setdefault(text, []).append(vector_id)
        texts = sorted(alike, key=len)
        for at in range(0, len(texts), PIECE):
            piece = texts[at : at + PIECE]
            vectors = self._embedder.embed(piece)
            ids = [vector_id for text in piece for vector_id in alike[text]]
            yield ids, np.repeat(vectors, [len(alike[text]) for text in piece], axis=0)


class _Draft:
    """Vectors that are not yet in a shard."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards
        self._begin()

    def _begin(self) -> None:
        self._ids: list[VectorId] = []
        self._vectors: list[np.ndarray] = []
        self._began = time.monotonic()

    def add(self, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        self._ids += ids
        self._vectors.append(vectors)
        if len(self._ids) >= SHARD_PASSAGES or time.monotonic() - self._began >= SHARD_SECONDS:
            self.write()

    def write(self) -> None:
        if self._ids:
            self._shards.add(self._ids, np.concatenate(self._vectors))
        self._begin()


def windows(passages: Iterator[tuple[VectorId, str]], have: VectorIds) -> Iterator[list[tuple[VectorId, str]]]:
    """The passages that are not among those that are had, in lists of `WINDOW`."""
    window: list[tuple[VectorId, str]] = []
    for passage in passages:
        if passage[0] in have:
            continue
        window.append(passage)
        if len(window) == WINDOW:
            yield window
            window = []
    if window:
        yield window
