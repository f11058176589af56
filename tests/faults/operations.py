"""What the program does, each as a command over a home folder: what is there before, and what must be there after."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.adding import add_papers, sync_papers
from app.build import build_answerer, build_retriever
from app.settings import Settings
from retrieval.adding.request import AddRequest
from retrieval.models.embedder import HashEmbedder
from retrieval.papers.papers import open_papers
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file
from retrieval.types import Paper
from tests.faults.program import QUICK, Said, begin, ended
from tests.retrieval.papers.test_migration import PAPERS as OLD_PAPERS
from tests.retrieval.papers.test_migration import first_version
from tests.retrieval.updated import some_papers
from tests.support.tiny_models import save_qwen

FEW, MANY = 40, 400
QUESTION = "owls"
Ids = frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with all that a command works on."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def papers(self) -> Path:
        """The papers file of the default collection."""
        return self.root / "papers.jsonl"

    @property
    def more(self) -> Path:
        """Papers to add."""
        return self.root / "more.jsonl"

    @property
    def folder(self) -> Path:
        """A folder that is followed."""
        return self.root / "followed"

    @property
    def model(self) -> Path:
        """A language model to teach."""
        return self.root / "model"

    @property
    def out(self) -> Path:
        """Where the taught model goes."""
        return self.root / "out"

    @property
    def settings(self) -> dict[str, str]:
        """Those of a server over it that needs no models."""
        return {"papers": str(self.papers), **QUICK}

    def copy(self, root: Path) -> Place:
        """The same at another place."""
        shutil.copytree(self.root, root)
        return Place(root)


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the matrix that is a command.

    `prepare` leaves what is there before, whose papers are those of the ids `before`; `arguments` are the command's;
    after it the papers are `after`. `collection` is None where it makes a model. What is not `movable` knows the path
    of what it was prepared in.
    """

    row: str
    prepare: Callable[[Place], None]
    arguments: Callable[[Place], tuple[str, ...]]
    collection: str | None = None
    before: Ids = frozenset()
    after: Ids = frozenset()
    movable: bool = True

    def __str__(self) -> str:
        return self.row

    def begin(self, place: Place, **how: Any) -> subprocess.Popen[str]:
        """The command, begun in that place; `how` as `program.begin` takes it."""
        return begin(place.home, self.arguments(place), **{"papers": str(place.papers), **how})

    def run(self, place: Place, **how: Any) -> Said:
        """The command from beginning to end."""
        return ended(self.begin(place, **how))

    def papers(self, place: Place) -> Ids:
        """The ids of the papers that answer now."""
        assert self.collection is not None
        papers = open_papers(place.home / "collections" / self.collection)
        if papers is None:
            return frozenset()
        try:
            return frozenset(paper.id for paper in papers)
        finally:
            papers.close()

    def assert_kept(self, place: Place) -> None:
        """Whatever happened: all that was there is, or all that was to come."""
        if self.collection is not None:
            assert self.papers(place) in (self.before, self.after)

    def assert_whole(self, place: Place) -> None:
        """It was done: all papers are there, or the model."""
        if self.collection is None:
            assert (place.out / "model.safetensors").stat().st_size
        else:
            assert self.papers(place) == self.after


def write(path: Path, papers: Iterable[Paper]) -> Path:
    """A file of papers as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(paper.as_json())}\n" for paper in papers), encoding="utf-8")
    return path


def ids(papers: Iterable[Paper]) -> Ids:
    return frozenset(paper.id for paper in papers)


BASE = tuple(some_papers(FEW))
ADDED = tuple(replace(paper, id=f"added-{paper.id}") for paper in some_papers(MANY, 1_000))
FOLLOWED = tuple(some_papers(FEW, 5_000))
FOLLOWED_LATER = (*FOLLOWED[: FEW - 5], *some_papers(MANY, 6_000))
OLD_ADDED = ADDED[:3]


def _files(place: Place) -> None:
    write(place.papers, BASE)
    write(place.more, ADDED)


def _settings(place: Place, collection: str) -> Settings:
    return Settings(
        home=place.home, papers=place.papers, collection=collection, embedding="hash", reader="none", llm="none"
    )


def _built(place: Place) -> None:
    _files(place)
    build_answerer(_settings(place, "default"), note=_nothing)


def _built_of_another_model(place: Place) -> None:
    _files(place)
    build_retriever(_settings(place, "default"), note=_nothing, embedder=HashEmbedder(32))


def _some_added(place: Place) -> None:
    _files(place)
    first = write(place.root / "first.jsonl", BASE)
    add_papers(_settings(place, "mine"), AddRequest((str(first),), local_files=True), note=_nothing)


def _followed(place: Place) -> None:
    """Followed from where it will be, as a folder is known by its path."""
    _files(place)
    write(place.folder / "papers.jsonl", FOLLOWED)
    sync_papers(_settings(place, "mine"), str(place.folder), note=_nothing, may_remove=lambda count, of: True)
    write(place.folder / "papers.jsonl", FOLLOWED_LATER)


def _nothing(sentence: str) -> None: ...


def _old(place: Place) -> None:
    write(place.papers, BASE)
    write(place.more, OLD_ADDED)
    first_version(place.home / "collections" / "mine")
    shutil.rmtree(place.home / "collections" / "mine-modern")


def _model(place: Place) -> None:
    _files(place)
    save_qwen(place.model, (paper.abstract for paper in read_papers(default_papers_file())))


OPERATIONS = (
    Operation("first build", _files, lambda place: ("search", QUESTION), "default", after=ids(BASE)),
    Operation("rebuild", _built_of_another_model, lambda place: ("search", QUESTION), "default", ids(BASE), ids(BASE)),
    Operation(
        "add",
        _some_added,
        lambda place: ("add", str(place.more), "--collection", "mine"),
        "mine",
        ids(BASE),
        ids(BASE) | ids(ADDED),
    ),
    Operation(
        "sync",
        _followed,
        lambda place: ("sync", str(place.folder), "--collection", "mine", "--yes"),
        "mine",
        ids(FOLLOWED),
        ids(FOLLOWED_LATER),
        movable=False,
    ),
    Operation(
        "migrate",
        _old,
        lambda place: ("add", str(place.more), "--collection", "mine"),
        "mine",
        ids(OLD_PAPERS),
        ids(OLD_PAPERS) | ids(OLD_ADDED),
    ),
    Operation("ask", _built, lambda place: ("ask", QUESTION), "default", ids(BASE), ids(BASE)),
    Operation(
        "train",
        _model,
        lambda place: ("finetune", "answers", "--base", str(place.model), "--steps", "3", "--out", str(place.out)),
    ),
)
BY_ROW = {operation.row: operation for operation in OPERATIONS}
KILLS = int(os.environ.get("KILLS", "1"))
"""`make faults` kills twenty times, and looks at all there is."""
THOROUGH = KILLS > 2


def chosen(*rows: str, more: tuple[str, ...] = ()) -> list[Operation]:
    """The operations of those rows; those of `more` only where all is looked at."""
    return [BY_ROW[row] for row in (*rows, *(more if THOROUGH else ()))]
