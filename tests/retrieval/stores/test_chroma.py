"""The store over a real Chroma: similarities, filters, collections, a server by URL."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import cos, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from retrieval.chunking import chunk_paper
from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores.base import Index, similarity
from retrieval.stores.chroma import WRITE_BATCH, ChromaStore
from retrieval.stores.stored_passage import StoredPassage, stored_passage
from retrieval.types import Chunk, Filters, Paper
from tests.support.ports import free_port

if TYPE_CHECKING:
    from retrieval.stores.chroma_types import ChromaClient
    from tests.conftest import Build, Built

DAY = {
    "rule-based-rewards": date(2024, 7, 24),
    "sycophancy-to-subterfuge": date(2024, 6, 17),
    "extracting-concepts-from-gpt-4": date(2024, 6, 6),
    "sleeper-agents": date(2024, 1, 15),
    "doubly-efficient-debate": date(2023, 11, 23),
    "implicit-neural-representations": date(2022, 10, 22),
}
UNDATED = {"language-model-risks", "nist-ai-600-1-passages"}


def at(degrees: float) -> np.ndarray:
    return np.array([cos(radians(degrees)), sin(radians(degrees)), 0.0], dtype=np.float32)


def papers_of(found: list[tuple[StoredPassage, float]]) -> list[str]:
    return [str(stored.fields["paper_id"]) for stored, _ in found]


@pytest.fixture
def compass(tmp_path: Path) -> tuple[ChromaStore, Index]:
    """Papers at known angles: "p60" lies 60 degrees from the question's vector."""
    store, index = ChromaStore(tmp_path / "chroma"), Index("compass", "f" * 64)
    angles = (180, 45, 0, 135, 90, 60)
    papers = {f"p{angle}": Paper(f"p{angle}", "T", "Text.", "en") for angle in angles}
    chunks = [Chunk(name, 0, 5, "Text.", f"T\n{name}") for name in papers]
    vectors = np.stack([at(angle) for angle in angles])
    store.begin(index, "m")
    store.add(index, "passages", chunks, vectors, papers)
    store.add(index, "questions", chunks, vectors, papers)
    store.complete(index, "m")
    return store, index


def test_the_score_is_the_cosine_and_the_nearest_comes_first(compass: tuple[ChromaStore, Index]) -> None:
    store, index = compass
    found = store.search(index, at(0), 10)
    assert papers_of(found) == ["p0", "p45", "p60", "p90", "p135", "p180"]
    assert [score for _, score in found] == pytest.approx([1, 0.5**0.5, 0.5, 0, -(0.5**0.5), -1], abs=1e-6)
    assert all(-1 <= score <= 1 for _, score in found)


def test_the_question_counts_not_the_order_of_storing(compass: tuple[ChromaStore, Index]) -> None:
    store, index = compass
    assert papers_of(store.search(index, at(180), 2)) == ["p180", "p135"]
    assert papers_of(store.search(index, at(100), 1)) == ["p90"]


def test_similarity_stays_within_bounds() -> None:
    third = np.full(3, 3**-0.5, dtype=np.float32) * np.float32(1.0000003)
    assert similarity(third, third) == 1.0
    assert similarity(third, -third) == -1.0
    assert similarity(at(0), at(60)) == pytest.approx(0.5)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e38])
def test_a_vector_of_anything_gives_a_similarity(number: float) -> None:
    """Whoever can write to the store can put into a vector what he likes."""
    foreign = np.array([number, -number, 0], dtype=np.float32)
    with np.errstate(invalid="ignore"):
        for vector in (at(0), at(180), np.array([1, 1, 0]) / 2**0.5):
            assert -1 <= similarity(vector, foreign) <= 1


def test_identical_text_scores_one_and_unrelated_less(built: Built) -> None:
    chunk = chunk_paper(built.papers[0])[1]
    found = built.store.search(built.index, built.embedder.embed([chunk.embedded])[0], 30)
    scores = [score for _, score in found]
    assert (found[0][0].id, found[0][0].text) == (chunk.id, chunk.text)
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert all(score < 0.9 for score in scores[1:])
    assert scores == sorted(scores, reverse=True)


def test_passages_come_back_as_they_were_stored(built: Built) -> None:
    found = built.store.search(built.index, built.embedder.embed(["models"])[0], 100)
    expected = [stored_passage(chunk, paper) for paper in built.papers for chunk in chunk_paper(paper)]
    by_id = {stored.id: stored for stored in expected}
    assert {stored.id: stored for stored, _ in found} == by_id
    assert {stored.id: stored for stored in built.store.all_passages(built.index)} == by_id
    assert len(found) == len(expected)


def test_more_passages_than_a_batch_are_all_read(tmp_path: Path) -> None:
    store, index = ChromaStore(tmp_path / "chroma"), Index("many", "f" * 64)
    papers = {f"p{number}": Paper(f"p{number}", "T", "Text.", "en") for number in range(2 * WRITE_BATCH)}
    chunks = [Chunk(name, 0, 5, "Text.", name) for name in papers]
    store.begin(index, "m")
    store.add(index, "passages", chunks, np.stack([at(number / 10) for number in range(len(chunks))]), papers)
    assert sorted(stored.id for stored in store.all_passages(index)) == sorted(chunk.id for chunk in chunks)


FILTERS: dict[str, tuple[Filters, set[str]]] = {
    "none": (Filters(), DAY.keys() | UNDATED),
    "organisation": (Filters(organisations=("Anthropic",)), {"sleeper-agents", "sycophancy-to-subterfuge"}),
    "organisations": (
        Filters(organisations=("OpenAI", "NIST")),
        {"rule-based-rewards", "extracting-concepts-from-gpt-4", "nist-ai-600-1-passages"},
    ),
    "category": (Filters(categories=("Mechanistic interpretability",)), {"extracting-concepts-from-gpt-4"}),
    "language": (Filters(languages=("zh",)), {"language-model-risks"}),
    "since": (Filters(since=date(2024, 6, 6)), {name for name, day in DAY.items() if day >= date(2024, 6, 6)}),
    "since, a day later": (Filters(since=date(2024, 6, 7)), {"rule-based-rewards", "sycophancy-to-subterfuge"}),
    "until": (
        Filters(until=date(2024, 1, 15)),
        {"sleeper-agents", "doubly-efficient-debate", "implicit-neural-representations"},
    ),
    "until, a day earlier": (
        Filters(until=date(2024, 1, 14)),
        {"doubly-efficient-debate", "implicit-neural-representations"},
    ),
    "all dates": (Filters(since=date.min, until=date.max), set(DAY)),
    "combined": (
        Filters(
            organisations=("OpenAI", "Anthropic"), languages=("en",), since=date(2024, 6, 1), until=date(2024, 6, 30)
        ),
        {"sycophancy-to-subterfuge", "extracting-concepts-from-gpt-4"},
    ),
    "organisation and category that never meet": (
        Filters(organisations=("NIST",), categories=("Mechanistic interpretability",)),
        set(),
    ),
    "unknown": (Filters(organisations=("Mistral",)), set()),
    "no such days": (Filters(since=date(2030, 1, 1)), set()),
}


@pytest.mark.parametrize("what", FILTERS)
def test_filters(built: Built, what: str) -> None:
    filters, expected = FILTERS[what]
    found = built.store.search(built.index, built.embedder.embed(["models"])[0], 100, filters)
    assert set(papers_of(found)) == expected


def test_question_vectors_are_those_that_were_stored(compass: tuple[ChromaStore, Index]) -> None:
    store, index = compass
    chunk = Chunk("p45", 0, 5, "Text.", "T\np45")
    vectors = store.question_vectors(index, [chunk.id, "0" * 32])
    assert vectors.keys() == {chunk.id} and np.allclose(vectors[chunk.id], at(45), atol=1e-6)
    assert store.question_vectors(index, []) == {}


def test_chunk_ids_change_with_what_is_embedded_and_where() -> None:
    chunk = Chunk("p", 0, 5, "Text.", "T\nText.")
    variants = [
        chunk,
        replace(chunk, paper_id="q"),
        replace(chunk, start=1),
        replace(chunk, end=4),
        replace(chunk, embedded="U\nText."),
    ]
    assert len({variant.id for variant in variants}) == 5
    assert chunk.id == replace(chunk, text="not embedded").id


def test_only_a_complete_index_is_found(compass: tuple[ChromaStore, Index]) -> None:
    store, index = compass
    half = Index("compass", "a" * 64)
    store.begin(half, "m")
    assert store.find("compass", half.fingerprint) is None
    assert store.find("compass", index.fingerprint) == index
    assert store.find("another", index.fingerprint) is None
    store.complete(half, "m")
    assert store.find("compass", half.fingerprint) == half
    assert store.find("compass", index.fingerprint) is None


def test_an_index_that_was_replaced_is_gone(compass: tuple[ChromaStore, Index]) -> None:
    store, index = compass
    newer = Index("compass", "b" * 64)
    store.begin(newer, "m")
    store.complete(newer, "m")
    with pytest.raises(IndexGoneError, match="ask again"):
        store.search(index, at(0), 1)
    with pytest.raises(IndexGoneError):
        store.question_vectors(index, ["x"])


def test_what_an_index_that_is_gone_lacks_is_not_taken_for_nothing(compass: tuple[ChromaStore, Index]) -> None:
    """Removed by another process part by part, it gives less than it had, and no error: evidence would be missed."""
    store, index = compass
    assert store.question_vectors(index, ["x"]) == {}
    store._chroma().delete_collection(index.part("passages"))
    with pytest.raises(IndexGoneError):
        store.question_vectors(index, ["x"])
    with pytest.raises(IndexGoneError):
        store.confirm(index)


def test_an_index_that_is_half_removed_does_not_count(compass: tuple[ChromaStore, Index]) -> None:
    """Killed after the first of its parts; which one Chroma lists first is chance, so it is tried a few times."""
    store, index = compass
    client = store._chroma()

    class Killed:
        """Chroma's client, until it has removed one collection."""

        removed = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def delete_collection(self, name: str) -> None:
            if self.removed:
                raise KeyboardInterrupt
            self.removed += 1
            client.delete_collection(name)

    for letter in "bcdef":
        newer = Index("compass", letter * 64)
        store.begin(newer, "m")
        store._client = cast("ChromaClient", Killed())
        with pytest.raises(KeyboardInterrupt):
            store.complete(newer, "m")
        assert store.find("compass", index.fingerprint) is None
        store._client = client
        store.complete(newer, "m")
        index = newer


def test_collections_are_apart(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> None:
    one = build(tmp_path, papers[:2], collection="mine")
    two = build(tmp_path, papers[2:4], collection="mine-2")
    newer = build(tmp_path, papers[4:6], collection="mine-2")
    vector = one.embedder.embed(["models"])[0]
    assert set(papers_of(one.store.search(one.index, vector, 50))) == {p.id for p in papers[:2]}
    assert set(papers_of(newer.store.search(newer.index, vector, 50))) == {p.id for p in papers[4:6]}
    assert two.store.find("mine-2", two.index.fingerprint) is None
    assert one.store.find("mine", one.index.fingerprint) == one.index
    assert one.store.known_vectors("mine-2", "passages", one.embedder.fingerprint, [chunk_paper(papers[0])[0].id]) == {}


@pytest.mark.parametrize("where", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http:///x"])
def test_an_address_that_is_none(where: str) -> None:
    with pytest.raises(IndexStoreError, match="is no address of a Chroma server: give one such as"):
        ChromaStore(where).find("default", "f")


def test_a_server_that_is_not_there(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(IndexStoreError) as caught:
        build(tmp_path, papers[:1], where=address)
    assert address in str(caught.value) and "\n" not in str(caught.value)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A real Chroma server; it is up within about a second."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "served")]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, "the Chroma server did not start"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def test_a_chroma_server_by_its_address(
    server: str, tmp_path: Path, build: Build, built: Built, papers: tuple[Paper, ...]
) -> None:
    """The same index, answers and switch as in a folder."""
    served = build(tmp_path, papers, where=server)
    assert served.index == built.index
    for question in ("sleeper agents backdoor", "debate"):
        here, there = built.retriever.passages(question), served.retriever.passages(question)
        assert [(p.paper.id, p.start) for p in there] == [(p.paper.id, p.start) for p in here]
        assert [p.score for p in there] == pytest.approx([p.score for p in here], abs=1e-5)
        assert len(served.retriever.sentences(question, there)) == len(built.retriever.sentences(question, here)) > 5
    newer = build(tmp_path, papers[:3], where=server)
    assert newer.index != served.index
    assert {passage.paper.id for passage in newer.retriever.passages("models")} == {paper.id for paper in papers[:3]}
    with pytest.raises(IndexGoneError):
        served.retriever.passages("models")
