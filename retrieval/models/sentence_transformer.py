"""Any sentence-transformers model of the reader's own choice."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import ModelError
from retrieval.models.embedder import Embedder
from retrieval.models.heavy_imports import heavy_imports, model_loading
from retrieval.models.precision import bfloat16_pays
from retrieval.models.sentence_encoder import SentenceEncoder
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
PROGRESS_STEP = 256
FEW_TEXTS = 4
"""Up to so many texts, such as one question, are embedded on one thread."""


class SentenceTransformerEmbedder(Embedder):
    """A sentence-transformers model from a folder; the weights are loaded at first use.

    In bfloat16 where the processor gains from it (cosine to float32 above 0.999,
    see docs/results.md), else in float32.
    """

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder
        self._model: SentenceTransformer | None = None
        self._loading = threading.Lock()

    @property
    def description(self) -> str:
        return f"{self.name} ({'bf16' if bfloat16_pays() else 'fp32'})"

    def load(self) -> None:
        self._loaded()

    def _loaded(self) -> SentenceTransformer:
        with self._loading:
            if self._model is None:
                self._model = _sentence_transformer(self._folder)
            return self._model

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        model = self._loaded()
        if 0 < len(texts) <= FEW_TEXTS:
            return _unit(self._on_one_thread(model, list(texts)))
        # Longest first, as the library would within one call, so that the steps shown cost alike.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        parts: list[np.ndarray] = []
        for at in range(0, len(order), PROGRESS_STEP):
            progress("Embedding", at, len(order))
            step = [texts[index] for index in order[at : at + PROGRESS_STEP]]
            parts.append(_encoded(model, step))
        progress("Embedding", len(order), len(order))
        if not parts:
            return np.zeros((0, model.get_embedding_dimension() or 0), dtype=np.float32)
        sorted_vectors = np.concatenate(parts)
        vectors = np.empty_like(sorted_vectors)
        vectors[order] = sorted_vectors
        return _unit(vectors)

    def _on_one_thread(self, model: SentenceTransformer, texts: list[str]) -> np.ndarray:
        # Whole, as the model is made of it; an import would wait for whatever another thread imports now.
        torch = sys.modules["torch"]
        # A question gains nothing from a second thread, and where other work holds a core it
        # waits for it at every layer: p95 went from 950 to 20 ms (docs/experiments.md).
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return _encoded(model, texts)
        finally:
            torch.set_num_threads(threads)


def _encoded(model: SentenceEncoder, texts: list[str]) -> np.ndarray:
    return np.asarray(model.encode(texts, batch_size=BATCH, show_progress_bar=False), dtype=np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _sentence_transformer(folder: Path) -> SentenceTransformer:
    with heavy_imports():
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

    logging.disable_progress_bar()
    options: dict[str, Any] = {"use_safetensors": True}
    if bfloat16_pays():
        options["dtype"] = torch.bfloat16
    try:
        with model_loading():
            return SentenceTransformer(
                str(folder),
                device=None if torch.cuda.is_available() else "cpu",
                model_kwargs=options,
                local_files_only=True,
                trust_remote_code=False,
            )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise ModelError(
            f"The embedding model in {folder} cannot be loaded ({reason}): give a sentence-transformers folder."
        ) from error
