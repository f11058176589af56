"""What every vector store must do: a new one is added to `STORES`, and needs no test of its own for this."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import pytest

from retrieval.chunking import chunk_paper, chunk_sentences
from retrieval.errors import IndexGoneError
from retrieval.ingest import ensure_index
from retrieval.models.embedder import HashEmbedder
from retrieval.passages import CollectionPassages
from retrieval.retriever import PaperRetriever
from retrieval.stores.base import Index, VectorStore
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.memory import MemoryStore
from retrieval.stores.stored_passage import stored_passage
from retrieval.types import Chunk, Filters, Paper

STORES: dict[str, Callable[[Path], VectorStore]] = {
    "chroma": lambda folder: ChromaStore(folder / "chroma"),
    "memory": lambda folder: MemoryStore(),
}
ANGLES = (180, 45, 0, 135, 90, 60)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStore:
    return STORES[request.param](tmp_path)


def at(degrees: float) -> np.ndarray:
    return np.array([cos(radians(degrees)), sin(radians(degrees)), 0.0], dtype=np.float32)


@pytest.fixture
def index(store: VectorStore) -> Index:
    """Papers at known angles, one of every other organisation: "p60" lies 60 degrees from the question's vector."""
    index = Index("compass", "f" * 64)
    papers = {
        f"p{angle}": Paper(
            f"p{angle}", "T", "Text.", "en", organisation="AB"[angle % 2], published=date(2000 + angle, 1, 1)
        )
        for angle in ANGLES
    }
    chunks = [Chunk(name, 0, 5, "Text.", f"T\n{name}") for name in papers]
    vectors = np.stack([at(angle) for angle in ANGLES])
    store.begin(index, "m")
    store.add(index, "passages", chunks, vectors, papers)
    store.add(index, "passages", chunks[:2], vectors[:2], papers)
    store.add(index, "questions", chunks[:3], vectors[:3], papers)
    store.complete(index, "m")
    return index


def found(store: VectorStore, index: Index, degrees: float, count: int, filters: Filters = Filters()) -> list[str]:
    return [str(stored.fields["paper_id"]) for stored, _ in store.search(index, at(degrees), count, filters)]


def test_it_is_a_store(store: VectorStore) -> None:
    assert isinstance(store, VectorStore)


def test_the_nearest_come_first_with_their_cosines(store: VectorStore, index: Index) -> None:
    assert found(store, index, 0, 10) == ["p0", "p45", "p60", "p90", "p135", "p180"]
    assert found(store, index, 180, 2) == ["p180", "p135"]
    scores = [score for _, score in store.search(index, at(0), 10)]
    assert scores == pytest.approx([1, 0.5**0.5, 0.5, 0, -(0.5**0.5), -1], abs=1e-6)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(organisations=("B",)), ["p45", "p135"]),
        (Filters(organisations=("A", "B"), since=date(2090, 1, 1)), ["p90", "p135", "p180"]),
        (Filters(organisations=("A",), until=date(2060, 1, 1)), ["p0", "p60"]),
        (Filters(languages=("zh",)), []),
        (Filters(papers=("p45", "p90", "p1")), ["p45", "p90"]),
    ],
)
def test_filters_let_the_same_papers_through_as_they_say(
    store: VectorStore, index: Index, filters: Filters, names: list[str]
) -> None:
    assert found(store, index, 0, 10, filters) == names


def test_what_is_stored_comes_back(store: VectorStore, papers: tuple[Paper, ...]) -> None:
    index, by_id = Index("c", "1" * 64), {paper.id: paper for paper in papers}
    chunks = [chunk for paper in papers for chunk in chunk_paper(paper)]
    sentences = [chunk for paper in papers for chunk in chunk_sentences(paper)]
    vectors = HashEmbedder().embed([chunk.embedded for chunk in (*chunks, *sentences)])
    store.begin(index, "m")
    store.add(index, "passages", chunks, vectors[: len(chunks)], by_id)
    store.add(index, "questions", sentences, vectors[len(chunks) :], by_id)
    store.complete(index, "m")
    store.check(index)
    expected = {chunk.id: stored_passage(chunk, by_id[chunk.paper_id]) for chunk in chunks}
    assert {stored.id: stored for stored in store.all_passages(index)} == expected
    asked = [chunks[3].id, "not-there", chunks[0].id]
    some = {stored.id: score for stored, score in store.passages(index, asked, vectors[3])}
    assert set(some) == {chunks[0].id, chunks[3].id} and some[chunks[3].id] == pytest.approx(1, abs=1e-5)
    kept = store.question_vectors(index, [sentences[5].id])
    assert kept[sentences[5].id] == pytest.approx(vectors[len(chunks) + 5], abs=1e-6)
    known = store.known_vectors("c", "questions", "m", [sentences[0].id, "not-there"])
    assert set(known) == {sentences[0].id}
    assert store.known_vectors("c", "questions", "another", [sentences[0].id]) == {}
    assert store.known_vectors("d", "questions", "m", [sentences[0].id]) == {}


def test_an_index_counts_once_it_is_complete_and_until_another_takes_its_place(
    store: VectorStore, index: Index
) -> None:
    half = Index("compass", "a" * 64)
    store.begin(half, "m")
    assert store.find("compass", half.fingerprint) is None and store.find("another", index.fingerprint) is None
    assert store.find("compass", index.fingerprint) == index
    store.complete(half, "m")
    assert store.find("compass", half.fingerprint) == half and store.find("compass", index.fingerprint) is None
    for gone in (
        lambda: store.search(index, at(0), 1),
        lambda: store.question_vectors(index, ["x"]),
        lambda: store.confirm(index),
    ):
        with pytest.raises(IndexGoneError, match="ask again"):
            gone()


def test_a_retriever_finds_the_same_over_any_store(
    store: VectorStore, papers: tuple[Paper, ...], tmp_path: Path
) -> None:
    embedder = HashEmbedder()
    lock = tmp_path / "index.lock"
    index = ensure_index(papers, embedder, store, collection="default", lock_file=lock, note=lambda sentence: None)
    retriever = PaperRetriever(store=store, embedder=embedder, index=index, collection=CollectionPassages(papers))
    best = retriever.passages("Do backdoors persist through safety training?")
    assert best[0].paper.id == "sleeper-agents"
    assert retriever.sentences("backdoor", best[:2])
