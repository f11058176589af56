"""What an embedding model is: LangChain `Embeddings` with a name, a fingerprint and vectors as arrays; and a fake."""

from __future__ import annotations

import hashlib
import re
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from retrieval.models.names import HASH_EMBEDDING
from retrieval.types import Progress, no_progress


class Embedder(Embeddings):
    """A LangChain embedding model that knows its name and gives unit vectors as an array.

    `fingerprint` changes with the weights; vectors of two models with the same
    fingerprint may be mixed.
    """

    name: str
    fingerprint: str

    @abstractmethod
    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        """The texts as unit vectors: float32, shape [texts, dimensions]."""

    def at_hand(self, texts: Sequence[str]) -> np.ndarray | None:
        """The same, where the vectors of all the texts are there without embedding them; else None."""
        return None

    def load(self) -> None:
        """Load the weights now rather than at the first text. Raises `ModelError`."""

    @property
    def description(self) -> str:
        """The name as shown to readers."""
        return self.name

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed([text])[0].tolist()


class HashEmbedder(Embedder):
    """A deterministic embedder without a model, for tests: hashed words and letter trigrams.

    Texts that share words are near each other (Weinberger et al. 2009, feature
    hashing); it knows nothing of meaning.
    """

    def __init__(self, dimensions: int = 256) -> None:
        self.name = HASH_EMBEDDING
        self.fingerprint = f"hash-{dimensions}-1"
        self._dimensions = dimensions

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        vectors = np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self._dimensions))
        progress("Embedding", len(texts), len(texts))
        return vectors.astype(np.float32)

    def _vector(self, text: str) -> np.ndarray:
        vector = np.zeros(self._dimensions)
        for word in re.findall(r"\w+", text.casefold()):
            padded = f"#{word}#"
            pieces = [(word, 1.0), *((padded[i : i + 3], 0.3) for i in range(len(padded) - 2))]
            for piece, weight in pieces:
                number = int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=8).digest())
                vector[number % self._dimensions] += weight if number >> 63 else -weight
        norm = np.linalg.norm(vector)
        return vector / norm if norm else np.full(self._dimensions, self._dimensions**-0.5)
