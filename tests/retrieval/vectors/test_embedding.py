"""Passages embedded on this machine: each once, a window at a time, and what is done is never done again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval.models.embedder import HashEmbedder
from retrieval.stores.base import VectorId
from retrieval.types import Progress, no_progress
from retrieval.vectors import embedding
from retrieval.vectors.embedding import LABEL, EmbedsHere
from retrieval.vectors.shards import Shards

if TYPE_CHECKING:
    from tests.conftest import CountingEmbedder

Passage = tuple[VectorId, str]


def passages(count: int) -> list[Passage]:
    """Texts of many lengths."""
    return [(VectorId(number, 0, 5), f"whale {number} " * (1 + number * 37 % 23)) for number in range(count)]


def embedded(shards: Shards) -> dict[VectorId, np.ndarray]:
    return {one: vector for ids, vectors in shards for one, vector in zip(ids, vectors, strict=True)}


def run(shards: Shards, embedder: HashEmbedder, some: Sequence[Passage], progress: Progress = no_progress) -> None:
    EmbedsHere(embedder)(lambda: iter(some), len(some), shards, progress)


def test_every_passage_has_the_vector_of_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counting: CountingEmbedder
) -> None:
    monkeypatch.setattr(embedding, "WINDOW", 100)
    monkeypatch.setattr(embedding, "PIECE", 30)
    monkeypatch.setattr(embedding, "SHARD_PASSAGES", 70)
    some = passages(333)
    run(Shards(tmp_path), counting, some)
    found = embedded(Shards(tmp_path))
    assert found.keys() == {one for one, _ in some}
    for one, text in some:
        np.testing.assert_array_equal(found[one], HashEmbedder().embed([text])[0])
    assert sorted(counting.seen) == sorted(text for _, text in some)


def test_texts_of_one_length_are_embedded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[int]] = []

    class Watched(HashEmbedder):
        def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
            calls.append([len(text) for text in texts])
            return super().embed(texts, progress)

    monkeypatch.setattr(embedding, "PIECE", 50)
    run(Shards(tmp_path), Watched(), passages(400))
    lengths = [length for call in calls for length in call]
    assert lengths == sorted(lengths)
    assert max(map(len, calls)) == 50


def test_texts_alike_are_embedded_once(tmp_path: Path, counting: CountingEmbedder) -> None:
    some = [(VectorId(number, 0, 1), "the same" if number % 2 else f"another {number}") for number in range(20)]
    run(Shards(tmp_path), counting, some)
    assert counting.seen.count("the same") == 1 and len(counting.seen) == 11
    found = embedded(Shards(tmp_path))
    assert len(found) == 20
    np.testing.assert_array_equal(found[VectorId(19, 0, 1)], HashEmbedder().embed(["the same"])[0])


class StopsError(Exception):
    pass


def test_what_was_stopped_goes_on_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counting: CountingEmbedder
) -> None:
    class Stops(HashEmbedder):
        def __init__(self) -> None:
            super().__init__()
            self.embedded = 0

        def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
            if self.embedded >= 200:
                raise StopsError
            self.embedded += len(texts)
            return super().embed(texts, progress)

    monkeypatch.setattr(embedding, "PIECE", 20)
    monkeypatch.setattr(embedding, "SHARD_PASSAGES", 60)
    some = passages(500)
    with pytest.raises(StopsError):
        run(Shards(tmp_path), Stops(), some)
    kept = set(embedded(Shards(tmp_path)))
    assert 140 < len(kept) <= 200
    told: list[tuple[str, int, int]] = []
    run(Shards(tmp_path), counting, some, lambda *step: told.append(step))
    assert sorted(counting.seen) == sorted(text for one, text in some if one not in kept)
    assert told[0] == (LABEL, len(kept), 500) and told[-1] == (LABEL, 500, 500)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    counting.seen.clear()
    run(Shards(tmp_path), counting, some)
    assert counting.seen == []


def test_a_slow_model_loses_no_more_than_its_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard is written when its time has come, however few passages it has."""
    monkeypatch.setattr(embedding, "PIECE", 10)
    monkeypatch.setattr(embedding, "SHARD_SECONDS", 0.0)
    run(Shards(tmp_path), HashEmbedder(), passages(50))
    assert len(list(tmp_path.iterdir())) == 5


def test_a_window_is_all_that_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "WINDOW", 64)
    monkeypatch.setattr(embedding, "PIECE", 64)
    asked = done = 0

    class Watched(HashEmbedder):
        def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
            nonlocal done
            assert asked - done <= 64
            done += len(texts)
            return super().embed(texts, progress)

    def streamed() -> Iterator[Passage]:
        nonlocal asked
        for passage in passages(1000):
            asked += 1
            yield passage

    EmbedsHere(Watched(16))(streamed, 1000, Shards(tmp_path), no_progress)
    assert done == 1000
