"""Papers added while something fails: a store, a disk, a file, a process; the collection answers as before."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from retrieval import ingest
from retrieval.errors import CorpusError, IndexStoreError
from retrieval.lexical.words import WordsWriter, open_words
from retrieval.models.embedder import HashEmbedder
from retrieval.papers.database import FILE
from retrieval.readers.registry import stream_papers
from retrieval.stores.base import NoRoomError, VectorId
from retrieval.types import Paper, Progress
from retrieval.vectors import embedding, segments
from retrieval.vectors.embedding import EmbedsHere
from tests.retrieval.updated import Updated, Wrapped, assert_whole, names, refusing, seen, some_papers

if TYPE_CHECKING:
    from tests.conftest import CountingEmbedder

CHILD = Path(__file__).parents[1] / "support" / "index_child.py"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def updated(tmp_path: Path, counting: CountingEmbedder) -> Updated:
    return Updated(tmp_path, embedder=counting)


def test_vectors_of_another_model_that_a_killed_run_left_are_not_taken(
    updated: Updated, papers: tuple[Paper, ...]
) -> None:
    """A run is killed after embedding, and the next one is made with another model of as many dimensions."""

    class Other(HashEmbedder):
        def __init__(self) -> None:
            super().__init__()
            self.fingerprint = "other"

        def embed(self, texts: Sequence[str], progress: Any = None) -> np.ndarray:
            return -super().embed(texts)

    store = updated.store
    updated.store = refusing(store, "add")
    with pytest.raises(IndexStoreError):
        updated(papers)
    updated.store = store
    assert_whole(updated(papers, embedder=Other()), papers, store, Other())


def test_words_that_are_damaged_are_indexed_anew(updated: Updated, papers: tuple[Paper, ...]) -> None:
    updated(papers)
    seen(updated)
    for number, file in enumerate(("meta.json", "meta.json"), start=2):
        (updated.folder / "words" / file).write_text("{")
        collection = updated(papers)
        assert collection.generation.number == number
        assert collection.generation.documents == len(papers)
        assert open_words(updated.folder / "words").frequency("words", "sleeper") == 1
        assert len(updated.notes) == number - 1 and updated.notes[-1].startswith("The words of the papers are indexed")
    assert seen(updated) == []


def test_words_that_are_gone_are_indexed_anew(updated: Updated, papers: tuple[Paper, ...]) -> None:
    import shutil

    updated(papers)
    shutil.rmtree(updated.folder / "words")
    updated(papers[:1])
    assert open_words(updated.folder / "words").frequency("words", "sleeper") == 1


def test_words_that_a_killed_run_had_only_begun_to_index_anew(
    updated: Updated, papers: tuple[Paper, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it leaves is an index of words that is sound, and has none."""
    import shutil

    updated(papers)
    shutil.rmtree(updated.folder / "words")
    with monkeypatch.context() as patched:
        patched.setattr(WordsWriter, "commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            updated(papers)
    with pytest.raises(IndexStoreError, match=r"are not of all papers: ingest the papers again\.$"):
        open_words(updated.folder / "words", len(papers))
    updated(papers)
    assert open_words(updated.folder / "words", len(papers)).frequency("words", "sleeper") == 1


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_segment_that_is_gone_is_made_anew(updated: Updated, papers: tuple[Paper, ...]) -> None:
    updated(papers[:5])
    updated.store.remove(names(updated)[0])
    collection = updated(papers[5:])
    assert_whole(collection, papers, updated.store, HashEmbedder())


def test_of_several_segments_only_what_is_gone_is_embedded_again(updated: Updated) -> None:
    updated(some_papers(200))
    updated(some_papers(20, 200))
    assert len(names(updated)) == 2
    updated.store.remove(names(updated)[1])
    seen(updated)
    assert_whole(updated(), some_papers(220), updated.store, HashEmbedder())
    assert len(seen(updated)) == 20
    updated.store.remove(names(updated)[0])
    assert_whole(updated(), some_papers(220), updated.store, HashEmbedder())


def test_a_store_that_fails_in_the_middle(updated: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    """The collection answers as before, and the next run embeds and stores only what is missing."""
    monkeypatch.setattr(segments, "STORE_BATCH", 50)
    monkeypatch.setattr(embedding, "SHARD_PASSAGES", 40)
    monkeypatch.setattr(embedding, "PIECE", 40)
    old = updated(some_papers(20))
    seen(updated)
    whole, sent = updated.store, list[VectorId]()

    def add(name: str, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        if len(sent) > 200:
            raise IndexStoreError("The store refuses.")
        sent.extend(ids)
        whole.add(name, ids, vectors)

    updated.store = Wrapped(whole, add=add)
    with pytest.raises(IndexStoreError, match="The store refuses"):
        updated(some_papers(500))
    assert updated.latest().generation == old.generation
    assert_whole(updated.latest(), some_papers(20), whole, HashEmbedder())
    assert len(seen(updated)) == 480

    again = list[VectorId]()
    updated.store = Wrapped(whole, add=lambda name, ids, vectors: (again.extend(ids), whole.add(name, ids, vectors)))
    assert_whole(updated(some_papers(500)), some_papers(500), whole, HashEmbedder())
    assert seen(updated) == []
    assert not set(again) & set(sent) and len(again) + len(sent) == 500


def test_a_full_disk_moves_nothing_aside(updated: Updated, papers: tuple[Paper, ...]) -> None:
    old = updated(papers[:4])
    whole = updated.store
    for refused in ("check", "begin", "add"):
        updated.store = refusing(whole, refused, "set_aside", error=NoRoomError)
        with pytest.raises(NoRoomError):
            updated(papers)
        assert updated.latest().generation == old.generation
    updated.store = whole
    assert_whole(updated(papers), papers, whole, HashEmbedder())
    assert updated.notes == []


def test_a_full_disk_while_the_papers_are_switched_over(
    updated: Updated, papers: tuple[Paper, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself says that there is no more room, in each of its transactions."""
    from retrieval.papers import database

    old, opened = updated(papers[:1]), database.writable
    for pages in range(20, 400, 7):

        def on_small_disk(folder: Path, progress: Progress, pages: int = pages) -> database.Database:
            small = opened(folder, progress)
            small.write(f"PRAGMA max_page_count = {pages}")
            return small

        monkeypatch.setattr(ingest, "writable", on_small_disk)
        try:
            new = updated([*papers, *some_papers(60)])
        except CorpusError as error:
            assert "cannot be written, as the disk is full: make room" in str(error)
            assert updated.latest().generation == old.generation
        else:
            assert pages > 30, "the disk was never full"
            assert_whole(new, [*papers, *some_papers(60)], updated.store, HashEmbedder())
            return
    pytest.fail("there was never enough room")


def test_a_shard_that_is_cut_short_is_embedded_again(updated: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "SHARD_PASSAGES", 50)
    monkeypatch.setattr(embedding, "PIECE", 50)
    damaged: list[str] = []

    def embeds(passages: Any, total: int, shards: Any, progress: Any) -> None:
        EmbedsHere(updated.embedder)(passages, total, shards, progress)
        if not damaged:
            file = sorted(shards.folder.iterdir())[1]
            file.write_bytes(file.read_bytes()[:-100])
            damaged.append(file.name)

    collection = updated(some_papers(200), embeds=embeds)
    assert_whole(collection, some_papers(200), updated.store, HashEmbedder())
    assert len(seen(updated)) == 250
    [note] = updated.notes
    assert note.startswith(f"{damaged[0]} was damaged and is left out")


def test_shards_that_are_damaged_again_and_again(updated: Updated, papers: tuple[Paper, ...]) -> None:
    def embeds(passages: Any, total: int, shards: Any, progress: Any) -> None:
        EmbedsHere(updated.embedder)(passages, total, shards, progress)
        for file in shards.folder.iterdir():
            file.write_bytes(b"")

    with pytest.raises(IndexStoreError, match="damaged again and again: see whether the disk is"):
        updated(papers, embeds=embeds)


def test_what_a_killed_run_stored_of_other_papers_is_begun_anew(updated: Updated) -> None:
    """It was killed before it switched over, and the file was changed before the next run."""
    updated(some_papers(3))
    whole = updated.store
    updated.store = Wrapped(whole, ids=_fails_at(whole, 2))
    with pytest.raises(IndexStoreError):
        updated(some_papers(50, 3))
    assert len(whole.segments("default")) == 2
    updated.store = whole
    others = some_papers(10, 40)
    collection = updated(others)
    assert_whole(collection, [*some_papers(3), *others], whole, HashEmbedder())


def test_what_a_killed_run_stored_and_damaged_is_stored_again(updated: Updated) -> None:
    """As Chroma leaves it when the disk is full or the process is killed while it writes its graph."""
    whole = updated.store

    def ids(name: str) -> Iterator[VectorId]:
        if removed:
            return whole.ids(name)
        raise IndexStoreError("The index cannot be used (end of file).")

    removed: list[str] = []
    updated.store = refusing(whole, "count", "ids")
    with pytest.raises(IndexStoreError):
        updated(some_papers(30))
    assert len(seen(updated)) in (0, 30) and len(whole.segments("default")) == 1
    updated.store = Wrapped(whole, ids=ids, remove=lambda name: (removed.append(name), whole.remove(name)))
    assert_whole(updated(some_papers(30)), some_papers(30), whole, HashEmbedder())
    assert removed == [*names(updated)]


def _fails_at(store: Any, call: int) -> Any:
    calls = 0

    def ids(name: str) -> Iterator[VectorId]:
        nonlocal calls
        calls += 1
        if calls == call:
            raise IndexStoreError("The store refuses.")
        return store.ids(name)

    return ids


def test_papers_whose_database_is_gone_take_nothing_from_before(updated: Updated) -> None:
    """Their numbers begin anew, so what is stored of other papers under these numbers is not theirs."""
    updated(some_papers(30))
    (updated.folder / FILE).unlink()
    others = some_papers(30, 100)
    assert_whole(updated(others), others, updated.store, HashEmbedder())


def test_a_broken_record_among_many_changes_nothing(updated: Updated, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    lines = [json.dumps(paper.as_json()) for paper in some_papers(1600)]
    old = updated(some_papers(5))
    seen(updated)
    file.write_text("\n".join([*lines[:1400], '{"id": "?"}', *lines[1400:]]))
    with pytest.raises(CorpusError, match=r"line 1401: .*; mend the line and try again\.$"):
        updated(stream_papers(file))
    assert updated.latest().generation == old.generation and seen(updated) == []
    assert_whole(updated(some_papers(8)), some_papers(8), updated.store, HashEmbedder())
    file.write_text("\n".join(lines))
    assert len(updated(stream_papers(file))) == 1600


def test_what_is_left_over_is_removed_with_the_next_papers(updated: Updated, papers: tuple[Paper, ...]) -> None:
    """Indexes of earlier versions too, and what a run that was killed after it switched over did not remove."""
    for name in ("default.0123456789abcdef.passages", "default.0123456789abcdef.questions", "other.0123.1"):
        updated.store.begin(name)
    updated(papers[:3])
    assert updated.store.segments("default") == (*names(updated),)
    assert updated.store.segments("other") == ("other.0123.1",)
    updated.store.begin("default.fed.9")
    (updated.folder / "vectors" / "old").mkdir(parents=True)
    assert updated(papers[:3]).generation.number == 1
    assert updated.store.segments("default") == (*names(updated),)
    assert not (updated.folder / "vectors").exists()


def test_what_cannot_be_removed_is_told_and_changes_nothing_else(updated: Updated, papers: tuple[Paper, ...]) -> None:
    whole = updated.store
    whole.begin("default.fed.9")
    updated(papers[:1], embedder=HashEmbedder(16))
    whole.begin("default.fed.9")
    updated.store = refusing(whole, "remove")
    assert len(updated(papers)) == len(papers)
    assert updated.notes == [
        "The papers are in, but what is no longer needed could not be removed. (The store refuses.)"
    ]


def in_another_process(home: Path, papers: Path, log: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(home), str(papers), str(log)],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "ANONYMIZED_TELEMETRY": "False"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_at_once_make_one_collection(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text("\n".join(json.dumps(paper.as_json()) for paper in some_papers(300)))
    children = [in_another_process(tmp_path, file, tmp_path / f"log{number}") for number in range(2)]
    outputs = [child.communicate(timeout=90) for child in children]
    assert [stdout.split() for stdout, _ in outputs] == [["begun", "1", "300"]] * 2, outputs
    logs = [log.read_text().splitlines() for log in tmp_path.glob("log*")]
    assert [len(log) for log in logs] == [300], "one of them had nothing to embed"


def test_a_lock_that_is_held_too_long(updated: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(ingest, "LOCK_SECONDS", 0.1)
    with FileLock(updated.home / "default.lock"), pytest.raises(IndexStoreError, match="Another process has been"):
        updated(some_papers(1))


@pytest.mark.parametrize("where", ["a file", "/sys/paperbacked"])
def test_a_home_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    home = tmp_path / "home" if where == "a file" else Path(where)
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(IndexStoreError) as caught:
        Updated(home)(some_papers(1))
    assert str(caught.value).startswith(f"The folder {home} cannot be written (")
    assert str(caught.value).endswith("set PAPERBACKED_HOME to a folder of yours.")
    assert (tmp_path / "home").read_text() == "not a folder"
