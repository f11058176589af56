"""Figures of large collections: what they are made of is the same each time, and what is measured is what it says."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale import asking, building
from benchmarks.scale.__main__ import sizes
from benchmarks.scale.base_texts import BaseTexts, read_base_texts
from benchmarks.scale.clocks import BEGINNING, StageClock, Stopwatch, folder_bytes, peak_gigabytes
from benchmarks.scale.made_papers import CATEGORIES, FILTERS, made_papers, write_papers
from benchmarks.scale.made_vectors import MadeEmbedder
from benchmarks.scale.neighbours import cosines
from benchmarks.scale.places import Place
from benchmarks.scale.recall import recall
from benchmarks.scale.table import scale_table
from retrieval.models.embedder import HashEmbedder
from retrieval.readers.registry import read_papers
from retrieval.stores.base import Nearest, VectorId
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper

ABSTRACTS = [
    "Sparse attention reads long texts. It skips most pairs of words. Quality stays nearly the same.",
    "Reward models learn from ratings. Raters disagree about a third of them. More raters help.",
    "Protein folding is predicted from sequences. Templates help little. Confidence is well calibrated.",
]
BASE = BaseTexts(
    "own",
    tuple(Paper(f"p{place}", f"Title number {place} of {place}", text, "en") for place, text in enumerate(ABSTRACTS)),
    tuple(f"{word} of {number} kinds?" for word in ("attention", "raters", "proteins") for number in range(8)),
)


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_made_papers_are_of_real_sentences_and_the_same_each_time() -> None:
    papers = list(made_papers(BASE, 30))
    assert papers == list(made_papers(BASE, 30))
    assert papers[20:] == list(made_papers(BASE, 10, first=20))
    assert len({paper.id for paper in papers}) == 30
    real = {sentence for own in BASE.sentences for sentence in own}
    assert len({paper.abstract for paper in papers}) > 20
    assert all(sentence in real for paper in papers for sentence in paper.abstract.replace(". ", ".|").split("|"))


def test_made_papers_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    write_papers(BASE, 5, tmp_path / "papers.jsonl", first=3)
    assert read_papers(tmp_path / "papers.jsonl") == tuple(made_papers(BASE, 5, first=3))


def test_the_filters_let_the_share_through_that_they_are_named_after() -> None:
    papers = list(made_papers(BASE, 3_000))
    for name, filters in FILTERS.items():
        share = sum(map(filters.admit, papers)) / len(papers)
        assert share == pytest.approx(int(name.split()[0]) / 100, rel=0.25), name
    assert sum(CATEGORIES.values()) == pytest.approx(1)


def test_the_shipped_papers_are_a_base_where_there_is_no_other() -> None:
    base = read_base_texts(None)
    assert len(base.papers) > 50
    assert len(base.questions) > 1_000
    assert all(paper.language == "en" for paper in base.papers)
    assert len(base.passages) >= len(base.papers)


def test_a_made_vector_is_near_a_real_one_and_the_same_each_time() -> None:
    # In 16 of the 64 directions nothing differs, so no step goes there.
    real = np.random.default_rng(1).standard_normal((500, 64))
    real[:, :16] = 0
    real = unit(real)
    texts = [f"text {place}" for place in range(200)]
    made = MadeEmbedder(real, HashEmbedder(), spread=0.5).embed(texts)
    assert made.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-5)
    again = MadeEmbedder(real, HashEmbedder(), spread=0.5).embed(texts[7:9])
    np.testing.assert_allclose(made[7:9], again, atol=1e-6)
    assert np.abs(made[:, :16]).max() < 1e-4
    # A step of half the vector's length, at right angles to it: a cosine of 1 / sqrt(1.25).
    assert np.median(cosines(real, made, 1)) == pytest.approx(0.894, abs=0.02)
    assert not np.allclose(made[0], made[1])
    assert MadeEmbedder(real, HashEmbedder()).embed([]).shape == (0, 64)


def test_cosines_are_those_of_the_rank() -> None:
    vectors = unit(np.random.default_rng(2).standard_normal((50, 8)))
    whole = -np.sort(-(vectors[:4] @ vectors.T), axis=1)
    for rank in (1, 3, 50):
        np.testing.assert_allclose(cosines(vectors, vectors[:4], rank), whole[:, rank - 1], rtol=1e-5)


def test_a_stage_lasts_until_it_is_done_and_reading_is_taken_out_of_it() -> None:
    now = 0.0

    def passes(seconds: float) -> float:
        nonlocal now
        now += seconds
        return now

    clock = StageClock(lambda: now)
    for _ in clock.reading("reading", (passes(2) for _ in range(3))):
        passes(1)
    clock.progress("one", 0, 2)
    passes(10)
    clock.progress("one", 2, 2)
    # What comes before the next label, when a stage is done, is the beginning of that one.
    passes(20)
    clock.progress("two", 0, 1)
    passes(40)
    clock.turn("rest")
    assert clock.seconds == {BEGINNING: 3, "reading": 6, "one": 10, "two": 60}


class Worker:
    def outer(self) -> None:
        time.sleep(0.01)
        self.inner()

    def inner(self) -> None:
        time.sleep(0.01)


def test_what_a_watched_method_calls_counts_once() -> None:
    worker, watch = Worker(), Stopwatch()
    watch.watch(worker, ["outer"], "outer")
    watch.watch(worker, ["inner"], "inner")
    whole = watch.round(worker.outer)
    watch.round(worker.inner)
    # Not 30 ms and more, as if what is within it counted once more.
    [outer] = watch.rounds["outer"]
    assert 20 <= outer <= whole
    assert len(watch.rounds["inner"]) == 1
    watch.unwatch()
    watch.round(worker.outer)
    assert len(watch.rounds["outer"]) == 1


def test_memory_and_disk_are_those_that_are_taken(tmp_path: Path) -> None:
    before = peak_gigabytes()
    held = np.ones(40_000_000)
    assert peak_gigabytes() >= before
    assert peak_gigabytes() > held.nbytes / 1e9
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_bytes(b"x" * 10_000)
    assert 10_000 <= folder_bytes(tmp_path) < 20_000


class Forgetful(MemoryStore):
    """Does not find what is nearest."""

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        return Nearest(super().nearest(segment, vector, count).hits[3:])


@pytest.mark.parametrize(("store", "share"), [(MemoryStore(), 1.0), (Forgetful(), 0.7)])
def test_recall_is_the_share_of_the_nearest_that_is_found(store: MemoryStore, share: float) -> None:
    vectors = unit(np.random.default_rng(3).standard_normal((60, 16)))
    for segment, numbers in (("c.1", range(40)), ("c.2", range(40, 60))):
        store.begin(segment)
        store.add(segment, [VectorId(number, 0, 9) for number in numbers], vectors[list(numbers)])
    segments = ["c.1", "c.2"] if share == 1 else ["c.1"]
    assert recall(store, segments, vectors[:5]) == pytest.approx(share)


def test_a_collection_is_built_and_asked(tmp_path: Path) -> None:
    place = Place(tmp_path, 40)
    place.own.mkdir(parents=True)
    write_papers(BASE, place.size, place.papers)
    embedder = HashEmbedder(dimensions=32)
    built = building.build(place, embedder)
    assert built["vectors"] >= 40
    assert {f"rate, {stage}" for stage in building.STAGES.values()} <= built.keys()
    assert built["disk, all"] == pytest.approx(sum(built[f"disk, {part}"] for part in ("papers", "words", "vectors")))
    # What was gone on with says nothing of how fast it was.
    assert not any(key.startswith("rate") for key in building.build(place, embedder))

    asked = asking.ask(place, BASE.questions, embedder)
    assert asked["recall"] == 1
    stages = sum(asked[f"query, {stage} p50"] for stage in asking.STAGES)
    assert 0 < stages < 2 * asked["query p95"]
    assert {f"query, {name} p95" for name in (*FILTERS, "readers")} <= asked.keys()


def test_what_was_measured_is_kept_for_the_next_run(tmp_path: Path) -> None:
    place = Place(tmp_path, 1_000)
    assert not place.has("built")
    place.keep("built", {"vectors": 3.0})
    assert place.has("built") and place.measured("built") == {"vectors": 3.0}
    assert not Place(tmp_path, 1_000, tmp_path / "scifact").has("built")


def test_sizes_go_up_to_the_largest() -> None:
    assert sizes(100_000) == [1_000, 10_000, 100_000]
    assert sizes(20_000) == [1_000, 10_000, 20_000]
    assert sizes(500) == [500]


def test_the_table_holds_targets_against_the_largest_size() -> None:
    small = {"query p50": 20.0, "query p95": 30.0, "recall": 0.99, "disk, gigabytes": 0.1}
    large = small | {"query p50": 50.0, "query p95": 400.0, "rate, storing vectors": 1_600.0}
    table = scale_table({1_000: small, 100_000: large, 10_000: small})
    rows = {line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]] for line in table.splitlines()}
    assert rows["abstracts"] == ["1,000", "10,000", "100,000", "target", "holds at 100,000"]
    assert rows["query, p50 / p95, ms"] == ["20 / 30", "20 / 30", "50 / 400", "< 300 ms", "missed"]
    assert rows["vectors stored, abstracts a second"] == ["", "", "1,600", "≥ 1500 /s", "held"]
    assert rows["a query's cost (p50), times that at 10,000, ×"] == ["", "", "2.5", "< 3 ×", "held"]
    assert "recall@10 of the vectors" in rows and "the program, most memory, GB" not in rows


def test_a_stopwatch_tells_threads_apart() -> None:
    worker, watch = Worker(), Stopwatch()
    watch.watch(worker, ["outer"], "outer")
    watch.watch(worker, ["inner"], "inner")
    other = threading.Thread(target=worker.outer)
    other.start()
    watch.round(worker.inner)
    other.join()
    assert len(watch.rounds["inner"]) == 1
