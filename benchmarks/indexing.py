"""Indexing speed, beside LangChain's own way on the same texts in the same run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from retrieval.chunking import chunk_paper
from retrieval.ingest import Reading, update_collection
from retrieval.lexical.glossary import read_glossary
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import TUNED_FILE, open_embedder
from retrieval.models.onnx_embedding import OnnxEmbedder
from retrieval.models.weight_delta import apply_weight_delta
from retrieval.questions.expansion import texts_of
from retrieval.questions.labelled import read_labelled_questions
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.stores.base import VectorId, segment_name
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper, Progress, no_progress

ROUNDS = 3


class ComputingEmbedder(Embedder):
    """Embeds as another does, but has no vectors at hand: those of the shipped papers come with the program."""

    def __init__(self, embedder: OnnxEmbedder) -> None:
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self._embedder = embedder

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        return self._embedder.computed(texts, progress)


def indexing_figures() -> list[Figure]:
    """Seconds for the default corpus, abstracts a second, and both ways' ratio."""
    papers = tuple(paper for paper in read_papers(default_papers_file()) if paper.abstract)
    embedder = open_embedder()
    began = time.perf_counter()
    embedder.load()
    loading = time.perf_counter() - began
    assert isinstance(embedder, OnnxEmbedder), "the default one is"
    computing = ComputingEmbedder(embedder)
    theirs = langchain_index()
    shipped: list[float] = []
    ours: list[float] = []
    passages: list[float] = []
    baseline: list[float] = []
    for _ in range(ROUNDS):
        shipped.append(_seconds(lambda folder: _whole_collection(papers, embedder, folder)))
        ours.append(_seconds(lambda folder: _whole_collection(papers, computing, folder)))
        passages.append(_seconds(lambda folder: _passages_alone(papers, computing, folder)))
        baseline.append(_seconds(lambda folder: theirs(papers, folder)))
    count = len(papers)
    return [
        Figure("index of the default corpus, model loading included", loading + min(shipped), "s", 4),
        Figure("abstracts a second, whole collection (papers, vectors, words)", count / min(ours), "/s"),
        Figure("abstracts a second, passages", count / min(passages), "/s"),
        Figure("abstracts a second, LangChain Chroma.from_documents", count / min(baseline), "/s"),
        Figure("passages over LangChain, same passages", _ratio(baseline, passages), "×", 2, "above"),
        Figure("whole collection over LangChain's passages", _ratio(baseline, ours), "×"),
        Figure("smallest cosine of a vector to its fp32 one", _cosine_to_fp32(papers, embedder), "", 0.97, "above"),
    ]


def _ratio(theirs: list[float], ours: list[float]) -> float:
    """The median of the rounds' ratios: both ways of a round ran one after the other."""
    return float(np.median([one / other for one, other in zip(theirs, ours, strict=True)]))


def _seconds(build: Callable[[Path], object]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        build(Path(folder))
        return time.perf_counter() - began


def _whole_collection(papers: tuple[Paper, ...], embedder: Embedder, folder: Path) -> None:
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    written = read_labelled_questions(default_questions_file("train.jsonl"))
    update_collection(
        folder / "collection",
        "default",
        [Reading("shipped", lambda: papers, whole=True)],
        embedder,
        ChromaStore(folder / "chroma"),
        questions=texts_of(written, glossary),
        lock_file=folder / "lock",
    )


def _passages_alone(papers: tuple[Paper, ...], embedder: Embedder, folder: Path) -> None:
    store, segment = ChromaStore(folder / "chroma"), segment_name("default", "0" * 64, 1)
    store.begin(segment)
    numbered = [(number, chunk) for number, paper in enumerate(papers, 1) for chunk in chunk_paper(paper)]
    ids = [VectorId(number, chunk.start, chunk.end) for number, chunk in numbered]
    store.add(segment, ids, embedder.embed([chunk.embedded for _, chunk in numbered]))


def langchain_index() -> Callable[[tuple[Paper, ...], Path], object]:
    """What indexes papers in a folder with LangChain's Chroma and its embeddings of the base model."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings

    from retrieval.models.embedding import base_folder

    model = HuggingFaceEmbeddings(model_name=str(base_folder()), model_kwargs={"device": "cpu"})
    model.embed_documents(["warm"])

    def build(papers: tuple[Paper, ...], folder: Path) -> object:
        chunks = [chunk for paper in papers for chunk in chunk_paper(paper)]
        documents = [Document(chunk.embedded, metadata={"paper_id": chunk.paper_id}) for chunk in chunks]
        return Chroma.from_documents(documents, model, persist_directory=str(folder / "chroma"))

    return build


def _cosine_to_fp32(papers: tuple[Paper, ...], embedder: Embedder) -> float:
    from sentence_transformers import SentenceTransformer

    from retrieval.models.embedding import base_folder

    texts = [chunk.embedded for paper in papers for chunk in chunk_paper(paper)]
    exact = SentenceTransformer(str(base_folder()), device="cpu")
    apply_weight_delta(exact, shipped_file(TUNED_FILE))
    vectors = exact.encode(texts, normalize_embeddings=True)
    return float((np.asarray(vectors) * embedder.embed(texts)).sum(axis=1).min())
