"""A collection on disk to which papers are added as the program does it: real files, SQLite and Chroma."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from retrieval.adding.adding import Adding, AtEnd, Tools
from retrieval.adding.lookups import Lookups
from retrieval.adding.pool import DocumentPool
from retrieval.adding.report import AddReport, Became
from retrieval.adding.request import AddRequest
from retrieval.ingest import Reading, update_collection
from retrieval.models.embedder import HashEmbedder
from retrieval.papers.files import CollectionFiles
from retrieval.papers.papers import Papers, open_papers
from retrieval.readers.base import Entry
from retrieval.stores.chroma import ChromaStore


def no_zotero(name: str) -> Iterator[Entry]:
    raise AssertionError("Zotero is not asked here")


@dataclass
class OwnCollection:
    """`add("refs.bib", …)`: adds it, and gives the report."""

    home: Path
    documents: DocumentPool
    lookups: Lookups | None = None
    stop: Callable[[], bool] = lambda: False
    told: list[Became] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.home / "collections" / "mine"

    def add(self, *sources: Path | str, at_end: AtEnd | None = None, origin: str = "own", **asked: Any) -> AddReport:
        asked.setdefault("local_files", True)
        request = AddRequest(tuple(map(str, sources)), **asked)
        tools = Tools(no_zotero, self.documents.read, CollectionFiles(self.folder).keep, self.lookups)
        there = open_papers(self.folder)
        adding = Adding(
            request, tools, self.told.append, self.stop, at_end=at_end, answers=lambda one: bool(there and one in there)
        )
        update_collection(
            self.folder,
            "mine",
            [Reading(origin, within=adding.papers, whole=at_end is not None)],
            HashEmbedder(),
            ChromaStore(self.home / "chroma"),
            lock_file=self.home / "index.lock",
        )
        return adding.tally.report("mine")

    @property
    def papers(self) -> Papers:
        papers = open_papers(self.folder)
        assert papers
        return papers

    @property
    def ids(self) -> list[str]:
        return [paper.id for paper in self.papers]


@pytest.fixture(scope="session")
def documents() -> Iterator[DocumentPool]:
    with DocumentPool() as pool:
        yield pool


@pytest.fixture
def own(tmp_path: Path, documents: DocumentPool) -> OwnCollection:
    return OwnCollection(tmp_path / "home", documents)


Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """`written("a.jsonl", {…}, "text", …)`: a file of those lines."""

    def write(name: str, *lines: dict | str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        file.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return file

    return write


def outcomes(report: AddReport) -> dict[str, str]:
    """What became of each, by the last part of its place."""
    return {one.place.rpartition("/")[2]: one.outcome for one in report.became}
