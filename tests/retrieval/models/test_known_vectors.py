"""Vectors that ship stand in for those that would be computed, and only for the model and the texts they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.known_vectors import embedded_before_questions
from retrieval.errors import ModelError
from retrieval.models.embedder import HashEmbedder
from retrieval.models.embedding import KNOWN_FILE, open_embedder
from retrieval.models.known_vectors import KnownVectors, key_of, write_known_vectors
from retrieval.models.onnx_embedding import OnnxEmbedder
from retrieval.shipped import shipped_file
from retrieval.types import Progress, no_progress

TEXTS = ["Owls fly.", "Bees hum.", "猫头鹰"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "known.safetensors"
    write_known_vectors(path, "mine", TEXTS, HashEmbedder().embed(TEXTS))
    return path


def test_a_text_that_is_known_has_nearly_its_own_vector(file: Path) -> None:
    known, vectors = KnownVectors(file, "mine").of([TEXTS[2], "Mice run.", TEXTS[0]])
    assert known.tolist() == [True, False, True] and vectors.dtype == np.float32
    exact = HashEmbedder().embed([TEXTS[2], TEXTS[0]])
    assert (vectors * exact).sum(axis=1).min() > 0.999
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)


def test_of_another_model_nothing_is_known(file: Path) -> None:
    known, vectors = KnownVectors(file, "another").of(TEXTS)
    assert not known.any() and len(vectors) == 0


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no vectors")])
def test_a_file_that_cannot_be_read_is_told_of(file: Path, damage: Callable[[Path], object]) -> None:
    damage(file)
    with pytest.raises(ModelError, match=r"known\.safetensors cannot be read: reinstall the program"):
        KnownVectors(file, "mine").of(TEXTS)


class CountingSession(OnnxEmbedder):
    """Computes a fixed vector, and keeps what it was asked for."""

    def __init__(self, known: Path) -> None:
        super().__init__("x", "mine", known, known, known, known=known)
        self.asked: list[str] = []

    def computed(self, texts: object, progress: object = None) -> np.ndarray:
        self.asked += texts  # type: ignore[operator]
        return np.ones((len(self.asked), 256), dtype=np.float32)


def test_only_what_is_not_known_is_computed_and_each_text_keeps_its_place(file: Path) -> None:
    embedder = CountingSession(file)
    vectors = embedder.embed(["new", TEXTS[1], "newer"])
    assert embedder.asked == ["new", "newer"]
    assert vectors[0].tolist() == vectors[2].tolist() == [1.0] * 256
    assert float(vectors[1] @ HashEmbedder().embed([TEXTS[1]])[0]) > 0.999


def test_vectors_are_at_hand_where_all_are_known(file: Path) -> None:
    embedder = CountingSession(file)
    at_hand = embedder.at_hand(TEXTS)
    assert at_hand is not None and at_hand.shape == (3, 256)
    assert embedder.at_hand([*TEXTS, "new"]) is None
    assert not embedder.asked
    assert HashEmbedder().at_hand(TEXTS) is None


class FlatEmbedder(HashEmbedder):
    """Gives every text the same vector, at once."""

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        return np.full((len(texts), 4), 0.5, dtype=np.float32)


def test_all_that_is_embedded_before_the_first_question_is_in_the_file_that_ships() -> None:
    """Else prepared answers would be left out: run `python -m benchmarks.known_vectors`."""
    known = KnownVectors(shipped_file(KNOWN_FILE), open_embedder().fingerprint)
    wanted = list(embedded_before_questions(FlatEmbedder()))
    missing = [text for text, there in zip(wanted, known.of(wanted)[0], strict=True) if not there]
    assert len(wanted) > 10_000 and not missing, missing[:5]


def test_a_hash_keeps_texts_apart() -> None:
    assert len({key_of(text) for text in (*TEXTS, "Owls fly", "owls fly.")}) == 5


@pytest.mark.model
def test_what_ships_is_what_the_model_computes() -> None:
    embedder = open_embedder()
    assert isinstance(embedder, OnnxEmbedder)
    texts = list(embedded_before_questions(FlatEmbedder()))[::200]
    assert (embedder.embed(texts) * embedder.computed(texts)).sum(axis=1).min() > 0.98
