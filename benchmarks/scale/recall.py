"""How much of what is really nearest a vector store finds, against a comparison with every vector it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from retrieval.dense import CANDIDATES
from retrieval.stores.base import VectorStore, nearest_in
from retrieval.vectors.ids import in_batches

NEAREST = 10
ROUNDING = 1e-5
"""Cosines that differ by less are the same."""


def recall(store: VectorStore, segments: Sequence[str], asked: np.ndarray) -> float:
    """Of the ten vectors nearest to each of those asked, the share among the first ten that the store finds.

    One that is as near as the tenth counts as one of them. The store is asked as the retriever asks it, and its vectors
    are read a block at a time. Raises what the store raises.
    """
    held = 0
    for vector, tenth in zip(asked, _tenth_nearest(store, segments, asked), strict=True):
        found = nearest_in(store, segments, vector, CANDIDATES).hits[:NEAREST]
        held += sum(hit.score >= tenth - ROUNDING for hit in found)
    return held / (NEAREST * len(asked))


def _tenth_nearest(store: VectorStore, segments: Sequence[str], asked: np.ndarray) -> np.ndarray:
    """The cosine of each of those asked to its tenth nearest vector."""
    best = np.full((len(asked), NEAREST), -1.0, dtype=np.float32)
    for vectors in _blocks(store, segments):
        both = np.concatenate([best, asked @ vectors.T], axis=1)
        best = np.partition(both, both.shape[1] - NEAREST, axis=1)[:, -NEAREST:]
    return best.min(axis=1)


def _blocks(store: VectorStore, segments: Sequence[str]) -> Iterator[np.ndarray]:
    for segment in segments:
        for batch in in_batches(store.ids(segment)):
            yield np.stack(list(store.vectors(segment, batch).values()))
