"""The embedding models that ship, in ONNX Runtime: a graph without weights, filled from the files that have them."""

# pyright: reportUnknownVariableType=false
# safetensors takes paths of any kind.

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError
from retrieval.models.eight_bit import in_eight_bits
from retrieval.models.embedder import Embedder
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.known_vectors import KnownVectors
from retrieval.models.onnx_session import Arrays, OnnxSession, read_tokenizer
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    from tokenizers import Tokenizer

INPUTS = ("ids", "mask")
DIMENSIONS = 384
MAX_TOKENS = 256
"""What is longer is cut, as in the model's own settings."""
PROGRESS_STEP = 256
UNUSED = ("pooler.", "embeddings.position_ids")
"""Tensors that are for other ways of making a vector of a text."""
OPEN = "trunk."
"""What the names of the graph's tensors begin with, before the weights' own."""


class OnnxEmbedder(Embedder):
    """Mean of the tokens' vectors, of unit length, as sentence-transformers has it; with weights in 8 bits.

    `graph` holds the network without its weights (benchmarks/graphs.py makes it); they are
    read from `weights`, and those that fine-tuning changed from `overlay`. Texts whose vectors are in the file
    `known` are not computed again.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        graph: Path,
        weights: Path,
        tokenizer: Path,
        overlay: Path | None = None,
        known: Path | None = None,
    ) -> None:
        self.name, self.fingerprint = name, fingerprint
        self._known = KnownVectors(known, fingerprint) if known else None
        self._session = OnnxSession(graph, INPUTS, lambda: _weights(weights, overlay))
        self._tokenizer_file = tokenizer
        self._words: Tokenizer | None = None
        self._loading = threading.Lock()

    @property
    def description(self) -> str:
        return f"{self.name} (int8)"

    def load(self) -> None:
        self._session.load()
        self._tokenizer()

    def _tokenizer(self) -> Tokenizer:
        with self._loading:
            if self._words is None:
                self._words = read_tokenizer(self._tokenizer_file, MAX_TOKENS)
            return self._words

    def at_hand(self, texts: Sequence[str]) -> np.ndarray | None:
        if self._known is None:
            return None
        known, vectors = self._known.of(texts)
        return vectors if known.all() else None

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        if self._known is None:
            return self.computed(texts, progress)
        known, at_hand = self._known.of(texts)
        if known.all():
            return at_hand
        computed = self.computed([text for text, there in zip(texts, known, strict=True) if not there], progress)
        vectors = np.empty((len(texts), computed.shape[1]), dtype=np.float32)
        vectors[known], vectors[~known] = at_hand, computed
        return vectors

    def computed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        """The texts as `embed` gives them, with nothing taken from what is known."""
        self.load()
        ids = [one.ids for one in self._tokenizer().encode_batch(list(texts))]
        vectors: list[np.ndarray] = []
        for at in range(0, len(ids), PROGRESS_STEP):
            progress("Embedding", at, len(ids))
            # Text by text, as in 8 bits those of a batch would share a scale, and change each other's vectors.
            step = self._session.run([_alone(row) for row in ids[at : at + PROGRESS_STEP]])
            vectors += [outputs[0] for outputs in step]
        progress("Embedding", len(ids), len(ids))
        return np.concatenate(vectors).astype(np.float32) if vectors else np.zeros((0, DIMENSIONS), dtype=np.float32)


def _alone(row: Sequence[int]) -> Arrays:
    ids = np.array([row], dtype=np.int64)
    return {"ids": ids, "mask": np.ones_like(ids)}


def _weights(weights: Path, overlay: Path | None) -> dict[str, np.ndarray]:
    with heavy_imports():
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

    try:
        tensors = load_file(str(weights)) | (load_file(str(overlay)) if overlay else {})
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The weights {(overlay or weights).name} cannot be read: reinstall the program.") from error
    used = {name: tensor for name, tensor in tensors.items() if not name.startswith(UNUSED)}
    return in_eight_bits({OPEN + name: np.asarray(tensor, dtype=np.float32) for name, tensor in used.items()})
