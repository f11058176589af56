"""The vectors of written questions: at hand, or kept in a file, or made and kept there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.models.embedder import HashEmbedder
from retrieval.questions.vectors import question_vectors

if TYPE_CHECKING:
    from tests.conftest import CountingEmbedder

TEXTS = ["Does it hide?", "What are owls?", "撒谎"]


class AtHand(HashEmbedder):
    """Has every vector at hand."""

    def at_hand(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed(texts)


def test_they_are_made_once_and_kept(tmp_path: Path, counting: CountingEmbedder) -> None:
    file = tmp_path / "deeper" / "questions.safetensors"
    made = question_vectors(TEXTS, counting, file)
    assert (made.dtype, made.shape) == (np.float32, (3, 256))
    np.testing.assert_array_equal(question_vectors(TEXTS, counting, file), made)
    assert counting.seen == TEXTS
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_other_texts_another_order_and_another_model_are_made_anew(tmp_path: Path, counting: CountingEmbedder) -> None:
    file = tmp_path / "questions.safetensors"
    question_vectors(TEXTS, counting, file)
    for texts, embedder in ((TEXTS[:2], counting), (TEXTS[::-1], counting), (TEXTS, HashEmbedder(64))):
        np.testing.assert_array_equal(question_vectors(texts, embedder, file), embedder.embed(texts))


def test_what_is_at_hand_needs_no_file(tmp_path: Path) -> None:
    file = tmp_path / "questions.safetensors"
    np.testing.assert_array_equal(question_vectors(TEXTS, AtHand(), file), HashEmbedder().embed(TEXTS))
    assert not file.exists()


def test_no_texts_and_no_file_are_no_failure(tmp_path: Path) -> None:
    assert len(question_vectors([], HashEmbedder(), tmp_path / "questions.safetensors")) == 0
    assert not list(tmp_path.iterdir())
    np.testing.assert_array_equal(question_vectors(TEXTS, HashEmbedder(), None), HashEmbedder().embed(TEXTS))


def test_where_they_cannot_be_kept_they_are_there_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    with caplog.at_level(logging.WARNING):
        made = question_vectors(TEXTS, HashEmbedder(), tmp_path / "file" / "questions.safetensors")
    np.testing.assert_array_equal(made, HashEmbedder().embed(TEXTS))
    assert "cannot be kept" in caplog.text


@given(st.integers(0, 400), st.integers(0, 255), st.booleans())
def test_a_damaged_file_is_made_anew(tmp_path_factory: pytest.TempPathFactory, at: int, byte: int, cut: bool) -> None:
    """Wherever it is damaged outside of the numbers, of which nothing can be said."""
    file = tmp_path_factory.mktemp("damaged") / "questions.safetensors"
    embedder = HashEmbedder(8)
    made = question_vectors(TEXTS, embedder, file)
    whole = file.read_bytes()
    at %= len(whole) - made.nbytes
    file.write_bytes(whole[:at] if cut else whole[:at] + bytes([byte]) + whole[at + 1 :])
    np.testing.assert_array_equal(question_vectors(TEXTS, embedder, file), made)
    np.testing.assert_array_equal(question_vectors(TEXTS, embedder, file), made)
