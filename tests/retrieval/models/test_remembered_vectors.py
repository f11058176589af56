"""Texts whose vectors are remembered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.models.embedder import HashEmbedder
from retrieval.models.remembered_vectors import RememberedVectors
from retrieval.types import Progress, no_progress


class Counted(HashEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        self.seen += texts
        return super().embed(texts, progress)


def test_each_text_is_embedded_once_and_has_its_own_vector() -> None:
    counted = Counted()
    remembered = RememberedVectors(counted, 10)
    first = remembered.of(["apples", "pears", "apples"])
    again = remembered.of(["pears", "plums"])
    assert counted.seen == ["apples", "pears", "plums"]
    assert np.array_equal(first["pears"], again["pears"])
    assert np.array_equal(again["plums"], HashEmbedder().embed(["plums"])[0])
    assert remembered.of([]) == {}


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    counted = Counted()
    remembered = RememberedVectors(counted, 2)
    remembered.of(["apples", "pears"])
    remembered.of(["apples"])
    remembered.of(["plums"])
    counted.seen.clear()
    remembered.of(["apples", "plums"])
    assert counted.seen == []
    remembered.of(["pears"])
    assert counted.seen == ["pears"]


def test_more_than_are_kept_all_come_back() -> None:
    assert set(RememberedVectors(Counted(), 1).of(["apples", "pears", "plums"])) == {"apples", "pears", "plums"}
