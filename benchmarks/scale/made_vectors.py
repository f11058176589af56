"""Vectors for any number of texts without a model: those of real passages, each a little way off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.scale.base_texts import BaseTexts
from retrieval.models.embedder import Embedder
from retrieval.questions.vectors import question_vectors
from retrieval.types import Progress, no_progress

SPREAD = 0.4
"""How long the step away from the real vector is, which is 1 long. Chosen by `python -m benchmarks.scale --neighbours`:
with it a made vector is as near to its nearest ones as a real one is to its own (docs/scale.md)."""
BASE_FILE = "base.npz"


class MadeEmbedder(Embedder):
    """The vector of the real passage that the hash of a text names, and a step away from it that the hash names too.

    Steps go where real vectors differ from each other, as a step in any direction leads where no text is. `real` gives
    name and fingerprint: what is stored with these vectors can be searched by the program itself, which embeds
    questions with the real model.
    """

    def __init__(self, vectors: np.ndarray, real: Embedder, spread: float = SPREAD) -> None:
        self.name, self.fingerprint = real.name, real.fingerprint
        self._vectors = np.asarray(vectors, dtype=np.float32)
        self._steps = spread * _steps(self._vectors)

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        dimensions = self._vectors.shape[1]
        if not texts:
            return np.zeros((0, dimensions), dtype=np.float32)
        digests = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        places = [int.from_bytes(digest[:8]) % len(self._vectors) for digest in digests]
        seeds = (int.from_bytes(digest[8:]) for digest in digests)
        chance = np.stack([np.random.default_rng(seed).standard_normal(dimensions, dtype=np.float32) for seed in seeds])
        vectors = self._vectors[places] + chance @ self._steps
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def base_vectors(base: BaseTexts, embedder: Embedder, folder: Path) -> np.ndarray:
    """The vectors of the real passages, embedded once and kept in the folder. Raises `ModelError`."""
    return question_vectors(base.passages, embedder, folder / BASE_FILE)


def _steps(vectors: np.ndarray) -> np.ndarray:
    """What makes chance numbers steps of length 1 on average, spread as the vectors are."""
    lengths, directions = np.linalg.eigh(np.cov(vectors.astype(np.float64), rowvar=False))
    lengths = np.maximum(lengths, 0.0)
    return (np.sqrt(lengths / lengths.sum())[:, None] * directions.T).astype(np.float32)
