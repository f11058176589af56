"""What every test may count on: no network, a home folder of its own, and a small index over real papers."""

# ruff: noqa: E402  Libraries are silenced before they are imported.
from __future__ import annotations

import os

from app.quiet import silence_libraries

silence_libraries()
os.environ["HF_HUB_OFFLINE"] = "1"

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from retrieval.ingest import Reading, update_collection
from retrieval.models.embedder import HashEmbedder
from retrieval.papers.papers import Papers
from retrieval.passages import CollectionPassages
from retrieval.readers.registry import read_papers
from retrieval.retriever import PaperRetriever
from retrieval.shipped import default_papers_file
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper, Progress, no_progress

LOOPBACK = ["127.0.0.1", "::1"]
_look_up = socket.getaddrinfo

_COMMON: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
hypothesis_settings.register_profile("quick", max_examples=60, derandomize=True, **_COMMON)
hypothesis_settings.register_profile("thorough", max_examples=2000, **_COMMON)
hypothesis_settings.load_profile("quick")  # pytest --hypothesis-profile=thorough looks harder


def _loopback_only(host: Any, *args: Any, **kwargs: Any) -> Any:
    if host not in (None, "", "localhost", b"localhost", *LOOPBACK, "0.0.0.0", "::"):
        raise socket.gaierror(f"tests look up no names, and {host!r} is not this machine")
    return _look_up(host, *args, **kwargs)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the first fixture of a test: sockets to this machine only, and no names looked up."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    socket.getaddrinfo = _loopback_only


WITH_ALL_PARTS = ("model", "browser", "load", "wheel", "space")
"""Marks of tests that have what a user has; in the others nothing is read unless they say so, which would be slow."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """PAPERBACKED_HOME of this test alone; no other setting leaks in from the shell."""
    for name in [name for name in os.environ if name.startswith("PAPERBACKED_")]:
        monkeypatch.delenv(name)
    if not any(request.node.get_closest_marker(mark) for mark in WITH_ALL_PARTS):
        monkeypatch.setenv("PAPERBACKED_READER", "none")
    folder = tmp_path / "home"
    monkeypatch.setenv("PAPERBACKED_HOME", str(folder))
    return folder


class CountingEmbedder(HashEmbedder):
    """The hash embedder, which also remembers every text it was given."""

    def __init__(self, dimensions: int = 256) -> None:
        super().__init__(dimensions)
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        self.seen += texts
        return super().embed(texts, progress)


@pytest.fixture
def counting() -> CountingEmbedder:
    return CountingEmbedder()


SMALL_CORPUS = (
    "sleeper-agents",
    "sycophancy-to-subterfuge",
    "extracting-concepts-from-gpt-4",  # has another link
    "rule-based-rewards",
    "doubly-efficient-debate",
    "language-model-risks",  # Chinese, translated here; no title
    "implicit-neural-representations",  # no abstract
    "nist-ai-600-1-passages",  # the report
)


@pytest.fixture(scope="session")
def all_papers() -> tuple[Paper, ...]:
    """The 94 papers that ship with the project."""
    return read_papers(default_papers_file())


@pytest.fixture(scope="session")
def papers(all_papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
    """Eight of them, one of each kind that is awkward."""
    by_id = {paper.id: paper for paper in all_papers}
    return tuple(by_id[name] for name in SMALL_CORPUS)


@dataclass(frozen=True)
class Built:
    """A collection on disk, its vectors in a Chroma folder, and what it was built with.

    `papers` are those that were given, `collection` is what was made of them.
    """

    home: Path
    store: ChromaStore
    collection: Papers
    embedder: HashEmbedder
    papers: tuple[Paper, ...]

    @property
    def retriever(self) -> PaperRetriever:
        """A new one, which finds by vectors alone."""
        return PaperRetriever(
            store=self.store,
            embedder=self.embedder,
            collection=CollectionPassages(self.collection),
        )


Build = Callable[..., Built]


def _build(
    home: Path,
    papers: Sequence[Paper],
    embedder: HashEmbedder | None = None,
    collection: str = "default",
    where: str | None = None,
    note: Callable[[str], None] = lambda sentence: None,
) -> Built:
    embedder = embedder or HashEmbedder()
    store = ChromaStore(where or home / "chroma")
    made, _ = update_collection(
        home / "collections" / collection,
        collection,
        [Reading("own", lambda: papers, whole=True)],
        embedder,
        store,
        lock_file=home / f"{collection}.lock",
        note=note,
    )
    return Built(home, store, made, embedder, tuple(papers))


@pytest.fixture(scope="session")
def build() -> Build:
    """`build(home, papers, embedder, collection, where, note)`: what the application does at its start."""
    return _build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, papers: tuple[Paper, ...]) -> Built:
    """A collection of the small corpus; shared, so never change it."""
    return _build(tmp_path_factory.mktemp("built"), papers)


@pytest.fixture(scope="session")
def built_full(tmp_path_factory: pytest.TempPathFactory, all_papers: tuple[Paper, ...]) -> Built:
    """A collection of all 94 papers; shared, so never change it."""
    return _build(tmp_path_factory.mktemp("built_full"), all_papers)


@pytest.fixture(scope="session")
def retriever(built: Built) -> PaperRetriever:
    return built.retriever
