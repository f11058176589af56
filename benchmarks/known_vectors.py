"""Embed all that is embedded before the first question: `python -m benchmarks.known_vectors`.

Writes the vectors to the file that ships, so that no machine has to make them again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.answering.models.language_model import LanguageModel
from app.answering.reading.opening import open_reader
from app.build import build_retriever
from app.local_answerer import REHEARSAL, LocalAnswerer
from app.quiet import silence_libraries
from app.settings import read_settings
from retrieval.files import sha256_of
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import KNOWN_FILE, open_embedder
from retrieval.models.known_vectors import write_known_vectors
from retrieval.models.onnx_embedding import OnnxEmbedder
from retrieval.shipped import shipped_file
from retrieval.types import Progress, no_progress


class RecordingEmbedder(Embedder):
    """Embeds as another does, and keeps each text that it was given with its vector."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self._embedder = embedder
        self.vectors: dict[str, np.ndarray] = {}

    def at_hand(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed(texts)

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        made = self._embedder.computed if isinstance(self._embedder, OnnxEmbedder) else self._embedder.embed
        vectors = made(texts, progress)
        self.vectors |= dict(zip(texts, vectors, strict=True))
        return vectors


def embedded_before_questions(embedder: Embedder) -> dict[str, np.ndarray]:
    """What is embedded until the default collection can be asked anything, with its vectors."""
    recording = RecordingEmbedder(embedder)
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings(home=Path(home), llm="none")
        retriever = build_retriever(settings, embedder=recording)
        answerer = LocalAnswerer(retriever, LanguageModel, reader=open_reader())
        answerer.load_rest()
        answerer.retriever.questions("", ())
    # The question that the reader is warmed up with is no paper's text.
    return {text: vector for text, vector in recording.vectors.items() if text != REHEARSAL}


def main() -> None:
    """Write data/models/minilm-papers/known.safetensors, and print its SHA-256, which the program checks."""
    silence_libraries()
    embedder = open_embedder()
    vectors = embedded_before_questions(embedder)
    file = shipped_file(KNOWN_FILE)
    write_known_vectors(file, embedder.fingerprint, list(vectors), np.stack(list(vectors.values())))
    print(f'KNOWN_SHA256 = "{sha256_of(file)}"  # {len(vectors)} vectors')


if __name__ == "__main__":
    main()
