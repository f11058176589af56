"""A Chroma folder that is damaged: whatever is broken, the next run makes anew, and says so."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from retrieval.errors import IndexStoreError
from retrieval.models.embedder import HashEmbedder
from retrieval.papers.papers import open_papers
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.memory import MemoryStore
from retrieval.stores.several import SeveralStores
from retrieval.types import Paper
from tests.retrieval.updated import Updated, assert_whole, some_papers

if TYPE_CHECKING:
    from tests.conftest import Build, Built


def garbage(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"this is no database, it only looks like a file" * 100)


def truncated(chroma: Path) -> None:
    database = chroma / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 3])


def empty_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"")


def gone(chroma: Path) -> None:
    shutil.rmtree(chroma)


def graphs(chroma: Path) -> list[Path]:
    found = [folder for folder in chroma.iterdir() if folder.is_dir()]
    assert found, "Chroma keeps its graphs in folders"
    return found


def no_graphs(chroma: Path) -> None:
    """Of a small segment Chroma restores these from its database, so no word is needed."""
    for folder in graphs(chroma):
        shutil.rmtree(folder)


def cut_graphs(chroma: Path) -> None:
    for folder in graphs(chroma):
        for file in folder.iterdir():
            file.write_bytes(file.read_bytes()[:10])


@pytest.mark.parametrize("damage", [garbage, truncated, empty_database, gone, no_graphs, cut_graphs])
def test_a_damaged_folder_is_filled_anew(
    tmp_path: Path, build: Build, built_full: Built, damage: Callable[[Path], None]
) -> None:
    """The next start answers in full; where nothing is left to move aside, without a word."""
    shutil.copytree(built_full.home, tmp_path / "copy")
    damage(tmp_path / "copy" / "chroma")
    notes: list[str] = []
    repaired = build(tmp_path / "copy", built_full.papers, note=notes.append)
    assert_whole(repaired.collection, built_full.papers, repaired.store, HashEmbedder())
    for question in ("Sleeper Agents: Training Deceptive LLMs", "Toy Models of Superposition"):
        passages = repaired.retriever.passages(question)
        assert passages[0] == built_full.retriever.passages(question)[0]
        assert repaired.retriever.sentences(question, passages)
    if damage in (garbage, truncated):
        [note] = notes
        assert note.startswith(
            "The index was damaged and is being built anew; what was left of it is in chroma-damaged."
        )
        assert (tmp_path / "copy" / "chroma-damaged").is_dir()
        assert "\n" not in note
    assert repaired.collection.is_newest()


def test_a_folder_that_is_damaged_before_there_are_papers(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    garbage(tmp_path / "chroma")
    updated = Updated(tmp_path, ChromaStore(tmp_path / "chroma"))
    assert_whole(updated(some_papers(5)), some_papers(5), updated.store, HashEmbedder())
    assert len(updated.notes) == 1


def damage_page_of(table: str, database: Path) -> None:
    """The first page of a table of Chroma's is noise."""
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [[page]] = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        [[size]] = opened.execute("PRAGMA page_size")
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(random.Random(table).randbytes(size))


@pytest.mark.parametrize("table", ["embeddings_queue", "embeddings", "segments", "collections", "max_seq_id"])
def test_a_page_that_is_damaged_where_only_writing_comes_to_it(tmp_path: Path, table: str) -> None:
    store = ChromaStore(tmp_path / "chroma")
    updated = Updated(tmp_path, store)
    updated(some_papers(5))
    store.reopen()
    damage_page_of(table, tmp_path / "chroma" / "chroma.sqlite3")
    # Of another model, so that nothing of the index is read before it is written.
    updated.embedder = HashEmbedder(32)
    assert_whole(updated(some_papers(5)), some_papers(5), updated.store, updated.embedder)
    assert len(updated.notes) == 1 and "chroma-damaged" in updated.notes[0]


def test_the_papers_stay_while_their_vectors_are_made_anew(tmp_path: Path, built: Built) -> None:
    """A model that cannot be had leaves the papers as they are for the next try."""

    class FailsError(Exception):
        pass

    class Fails(HashEmbedder):
        def embed(self, *_: object, **__: object) -> None:  # type: ignore
            raise FailsError

    shutil.copytree(built.home, tmp_path / "copy")
    garbage(tmp_path / "copy" / "chroma")
    updated = Updated(tmp_path / "copy", ChromaStore(tmp_path / "copy" / "chroma"), Fails())
    with pytest.raises(FailsError):
        updated()
    assert updated.latest().generation == built.collection.generation
    updated.embedder = HashEmbedder()
    assert_whole(updated(), built.papers, updated.store, HashEmbedder())


def test_a_large_segment_without_its_graph_is_noticed(tmp_path: Path) -> None:
    """From some thousand vectors on Chroma keeps them in the graphs' files alone."""
    many = some_papers(2100)
    updated = Updated(tmp_path / "home", ChromaStore(tmp_path / "home" / "chroma"), HashEmbedder(8))
    updated(many)
    copy = tmp_path / "copy"
    shutil.copytree(updated.home, copy)
    for graph in graphs(copy / "chroma"):
        shutil.rmtree(graph)
    again = Updated(copy, ChromaStore(copy / "chroma"), HashEmbedder(8))
    collection = again(many)
    assert_whole(collection, many, again.store, HashEmbedder(8))
    assert (
        len(again.store.nearest(collection.generation.segments[-1].name, HashEmbedder(8).embed(["Sea"])[0], 50).hits)
        == 50
    )


def test_damaged_twice_is_repaired_twice(tmp_path: Path, build: Build, built: Built, papers: tuple[Paper, ...]) -> None:
    notes: list[str] = []
    shutil.copytree(built.home, tmp_path / "home")
    for times in (1, 2):
        garbage(tmp_path / "home" / "chroma")
        build(tmp_path / "home", papers, note=notes.append)
        assert len(notes) == times
    assert open_papers(tmp_path / "home" / "collections" / "default")


def test_a_damaged_folder_leaves_other_stores_alone(
    tmp_path: Path, build: Build, built: Built, papers: tuple[Paper, ...]
) -> None:
    shutil.copytree(built.home, tmp_path / "copy")
    garbage(tmp_path / "copy" / "chroma")
    healthy = build(tmp_path / "healthy", papers)
    notes: list[str] = []
    build(tmp_path / "copy", papers, note=notes.append)
    assert len(notes) == 1
    assert_whole(healthy.collection, papers, healthy.store, HashEmbedder())


@pytest.mark.parametrize("where", ["/sys/paperbacked/chroma", "under a file"])
def test_a_chroma_folder_that_cannot_be_made(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "chroma" if where == "under a file" else Path(where)
    with pytest.raises(IndexStoreError) as caught:
        Updated(tmp_path, ChromaStore(folder))(some_papers(1))
    assert str(folder) in str(caught.value)


def test_a_paper_of_identical_passages_makes_no_other_unreachable(tmp_path: Path, build: Build) -> None:
    """In Chroma's graph a crowd of equal vectors is all neighbours of itself and cuts off the rest."""
    others = tuple(Paper(f"p{n}", f"Paper {n}", "", "en") for n in range(5))
    crowd = Paper("crowd", "T", "x" * 100_000, "en")
    for order in ((crowd, *others), (*others, crowd)):
        built = build(tmp_path / order[0].id, order)
        assert_whole(built.collection, order, built.store, HashEmbedder())
        assert built.retriever.passages("Paper 3")[0].paper.id == "p3"


class Passing(MemoryStore):
    """A store that fails so often when it is looked into, and then no more."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.aside = 0

    def check(self, segment: str) -> None:
        if self.failures:
            self.failures -= 1
            raise IndexStoreError("The index cannot be used (too many open files).")
        super().check(segment)

    def set_aside(self, because: IndexStoreError) -> Path:
        self.aside += 1
        self._kept.clear()
        return Path("aside")


@pytest.mark.parametrize(("failures", "aside"), [(1, 0), (2, 1)])
def test_only_what_fails_twice_is_damage(tmp_path: Path, failures: int, aside: int) -> None:
    store = Passing(0)
    updated = Updated(tmp_path, store)
    updated(some_papers(3))
    store.failures = failures
    updated(some_papers(4))
    assert store.aside == aside
    assert_whole(updated.latest(), some_papers(4), updated.store, updated.embedder)


class Served(MemoryStore):
    """A store that other homes use too."""

    @property
    def places(self) -> int:
        return 1


def test_two_homes_with_one_server_leave_each_other_what_they_have(tmp_path: Path) -> None:
    server = Served()
    one, other = Updated(tmp_path / "one", server), Updated(tmp_path / "other", server)
    for papers in (some_papers(3), some_papers(4), some_papers(2, 10)):
        one(papers)
        other(papers)
    for home in (one, other):
        assert_whole(home.latest(), (*some_papers(4), *some_papers(2, 10)), home.store, home.embedder)
    # Each has removed what it had itself before.
    assert len(server.segments("default")) == sum(len(home.latest().generation.segments) for home in (one, other))


def test_more_servers_are_filled_anew(tmp_path: Path) -> None:
    papers = some_papers(40)
    parts = {name: MemoryStore() for name in ("a", "b", "c")}
    two = Updated(tmp_path, SeveralStores({name: parts[name] for name in "ab"}))
    two(papers)
    three = Updated(tmp_path, SeveralStores(parts))
    three(papers)
    [segment] = three.latest().generation.segments
    assert all(part.count(segment.name) for part in parts.values())
    assert_whole(three.latest(), papers, three.store, three.embedder)
