"""Building the index: once, resumably, by one process at a time, and anew where it is damaged."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from retrieval.chunking import chunk_paper, distinct
from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.ingest import ensure_index, index_fingerprint
from retrieval.models.embedder import HashEmbedder
from retrieval.shipped import default_papers_file
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.stored_passage import stored_passage
from retrieval.types import Paper

if TYPE_CHECKING:
    from tests.conftest import Build, Built, CountingEmbedder

CHILD = Path(__file__).parents[1] / "support" / "index_child.py"
ROOT = Path(__file__).parents[2]


def in_another_process(command: str, home: Path, papers: tuple[Paper, ...] = (), file: Path | None = None) -> Any:
    file = file or default_papers_file()
    return subprocess.Popen(
        [sys.executable, str(CHILD), command, str(home), str(file), *(paper.id for paper in papers)],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "ANONYMIZED_TELEMETRY": "False"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ids_found(built: Built, question: str = "models") -> set[str]:
    found = built.store.search(built.index, built.embedder.embed([question])[0], 1000)
    return {str(stored.fields["paper_id"]) for stored, _ in found}


def texts_of(papers: tuple[Paper, ...]) -> list[str]:
    return [chunk.embedded for paper in papers for chunk in chunk_paper(paper)]


def test_a_second_start_embeds_nothing(
    tmp_path: Path, build: Build, counting: CountingEmbedder, papers: tuple[Paper, ...]
) -> None:
    first = build(tmp_path, papers, counting)
    assert counting.seen == texts_of(papers)
    counting.seen.clear()
    second = build(tmp_path, papers, counting)
    assert second.index == first.index
    assert counting.seen == []


def test_progress_is_told(tmp_path: Path, papers: tuple[Paper, ...]) -> None:
    told: list[tuple[str, int, int]] = []
    ensure_index(
        papers,
        HashEmbedder(),
        ChromaStore(tmp_path / "chroma"),
        collection="default",
        lock_file=tmp_path / "lock",
        progress=lambda *step: told.append(step),
    )
    assert {label for label, _, _ in told} == {"Indexing passages", "Indexing questions"}
    assert all(0 <= done <= total for _, done, total in told)
    of_passages = [(done, total) for label, done, total in told if label == "Indexing passages"]
    assert of_passages[-1] == (len(texts_of(papers)),) * 2


def test_a_changed_title_embeds_its_own_passages_only(
    tmp_path: Path, build: Build, counting: CountingEmbedder, papers: tuple[Paper, ...]
) -> None:
    build(tmp_path, papers, counting)
    counting.seen.clear()
    changed = (replace(papers[0], title="Dormant Agents"), *papers[1:])
    built = build(tmp_path, changed, counting)
    assert counting.seen == [chunk.embedded for chunk in chunk_paper(changed[0])]
    assert {p.paper.title for p in built.retriever.passages("Dormant Agents")} >= {"Dormant Agents"}
    assert ids_found(built) == {paper.id for paper in papers}


def test_a_changed_last_sentence_embeds_what_holds_it(
    tmp_path: Path, build: Build, counting: CountingEmbedder, papers: tuple[Paper, ...]
) -> None:
    build(tmp_path, papers, counting)
    counting.seen.clear()
    changed = (replace(papers[0], abstract=papers[0].abstract + " We are sure."), *papers[1:])
    build(tmp_path, changed, counting)
    before = {chunk.embedded for chunk in chunk_paper(papers[0])}
    assert counting.seen == [chunk.embedded for chunk in chunk_paper(changed[0]) if chunk.embedded not in before]
    assert any("We are sure." in text for text in counting.seen)


def test_a_changed_organisation_embeds_nothing_but_is_seen(
    tmp_path: Path, build: Build, counting: CountingEmbedder, papers: tuple[Paper, ...]
) -> None:
    before = build(tmp_path, papers, counting)
    counting.seen.clear()
    after = build(tmp_path, (replace(papers[0], organisation="Elsewhere"), *papers[1:]), counting)
    assert counting.seen == []
    assert after.index != before.index
    assert {p.paper.organisation for p in after.retriever.passages("sleeper agents")} >= {"Elsewhere"}


def test_a_removed_paper_is_gone(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> None:
    build(tmp_path, papers)
    assert ids_found(build(tmp_path, papers[1:])) == {paper.id for paper in papers[1:]}


def test_another_embedder_builds_anew(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> None:
    first = build(tmp_path, papers, HashEmbedder(256))
    second = build(tmp_path, papers, HashEmbedder(64))
    assert first.index != second.index
    assert ids_found(second) == {paper.id for paper in papers}


def test_the_fingerprint_is_of_papers_and_model(papers: tuple[Paper, ...]) -> None:
    variants = [
        index_fingerprint(papers, HashEmbedder()),
        index_fingerprint(papers[1:], HashEmbedder()),
        index_fingerprint(papers[::-1], HashEmbedder()),
        index_fingerprint(papers, HashEmbedder(64)),
    ]
    assert len(set(variants)) == len(variants)
    assert index_fingerprint(list(papers), HashEmbedder()) == variants[0]


def test_a_killed_build_leaves_the_old_index_and_is_taken_up_again(
    tmp_path: Path, build: Build, counting: CountingEmbedder, papers: tuple[Paper, ...]
) -> None:
    old = build(tmp_path, papers[:3])
    child = in_another_process("die", tmp_path, papers)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert old.store.find("default", old.index.fingerprint) == old.index
    assert ids_found(old) == {paper.id for paper in papers[:3]}
    finished = build(tmp_path, papers, counting)
    passages = {chunk.embedded for paper in papers for chunk in chunk_paper(paper)}
    stored = passages | set(texts_of(papers[:3]))
    assert not stored & set(counting.seen)
    assert set(counting.seen) == set(texts_of(papers)) - stored
    assert ids_found(finished) == {paper.id for paper in papers}


def test_two_processes_at_once_build_one_index(tmp_path: Path, all_papers: tuple[Paper, ...]) -> None:
    children = [in_another_process("build", tmp_path) for _ in range(2)]
    outputs = [child.communicate(timeout=90) for child in children]
    assert [child.returncode for child in children] == [0, 0], outputs
    lines = [stdout.split() for stdout, _ in outputs]
    assert lines[0][0] == lines[1][0]
    assert sorted(int(embedded) for _, embedded in lines) == [0, len(texts_of(all_papers))]


def test_an_index_that_another_process_replaced_is_gone(
    tmp_path: Path, build: Build, papers: tuple[Paper, ...]
) -> None:
    """Whatever is asked of it: half of an answer from one index and half from the next would be no answer."""
    built = build(tmp_path, papers[:2])
    retriever = built.retriever
    before = retriever.passages("sleeper agents")
    assert {passage.paper.id for passage in before} == {paper.id for paper in papers[:2]}
    child = in_another_process("build", tmp_path, papers)
    child.communicate(timeout=60)
    assert child.returncode == 0
    for ask in (
        lambda: retriever.passages("models"),
        lambda: retriever.similar(papers[0]),
        lambda: built.store.confirm(built.index),
    ):
        with pytest.raises(IndexGoneError):
            ask()


def garbage(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"this is no database, it only looks like a file" * 100)


def truncated(chroma: Path) -> None:
    database = chroma / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 3])


def empty_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"")


def segments(chroma: Path) -> list[Path]:
    found = [folder for folder in chroma.iterdir() if folder.is_dir()]
    assert found, "Chroma keeps its graphs in folders"
    return found


def no_segments(chroma: Path) -> None:
    """Of a small index Chroma restores these from its database, so no word is needed."""
    for folder in segments(chroma):
        shutil.rmtree(folder)


def cut_segments(chroma: Path) -> None:
    for folder in segments(chroma):
        for file in folder.iterdir():
            file.write_bytes(file.read_bytes()[:10])


DAMAGES = [garbage, truncated, empty_database, no_segments, cut_segments]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_built_anew(
    tmp_path: Path, build: Build, built_full: Built, damage: Callable[[Path], None]
) -> None:
    """Whatever is broken, the next start answers in full; where nothing is left to move aside, without a word."""
    shutil.copytree(built_full.home, tmp_path / "copy")
    damage(tmp_path / "copy" / "chroma")
    notes: list[str] = []
    repaired = build(tmp_path / "copy", built_full.papers, note=notes.append)
    assert ids_found(repaired) == {paper.id for paper in built_full.papers}
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


def test_a_large_index_without_one_of_its_graphs_is_noticed(tmp_path: Path, build: Build) -> None:
    """From 1,000 vectors on Chroma keeps them in the graphs' files alone."""
    many = tuple(Paper(f"p{n}", f"Title {n}", f"Text of {n}.", "en") for n in range(1050))
    built = build(tmp_path / "built", many, HashEmbedder(8))
    built.store.check(built.index)
    copy = tmp_path / "copy"
    shutil.copytree(built.home, copy)
    [graph] = segments(copy / "chroma")
    shutil.rmtree(graph)
    with pytest.raises(IndexStoreError, match="cannot be used"):
        ChromaStore(copy / "chroma").check(built.index)
    notes: list[str] = []
    repaired = build(copy, many, built.embedder, note=notes.append)
    assert len(notes) == 1
    assert len(repaired.store.search(repaired.index, built.embedder.embed(["Text"])[0], 2000)) == len(many)


def test_a_damaged_folder_leaves_other_stores_alone(
    tmp_path: Path, build: Build, built: Built, papers: tuple[Paper, ...]
) -> None:
    shutil.copytree(built.home, tmp_path / "copy")
    garbage(tmp_path / "copy" / "chroma")
    healthy = build(tmp_path / "healthy", papers)
    notes: list[str] = []
    build(tmp_path / "copy", papers, note=notes.append)
    assert len(notes) == 1
    assert ids_found(healthy) == {paper.id for paper in papers}


def test_damaged_twice_is_repaired_twice(tmp_path: Path, build: Build, built: Built, papers: tuple[Paper, ...]) -> None:
    notes: list[str] = []
    for copy in ("copy", "again"):
        shutil.copytree(built.home / "chroma", tmp_path / "home" / "chroma", dirs_exist_ok=True)
        garbage(tmp_path / "home" / "chroma")
        build(tmp_path / "home", papers, note=notes.append)
        assert len(notes) == 1 + (copy == "again")


def test_a_home_that_is_a_file(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(IndexStoreError) as caught:
        build(tmp_path / "home", papers)
    assert str(caught.value).startswith(f"The folder {tmp_path / 'home'} cannot be written (")
    assert str(caught.value).endswith("set PAPERBACKED_HOME to a folder of yours.")
    assert (tmp_path / "home").read_text() == "not a folder"


def test_a_home_that_cannot_be_written(build: Build, papers: tuple[Paper, ...]) -> None:
    with pytest.raises(IndexStoreError, match=r"The folder /sys/paperbacked cannot be written \("):
        build(Path("/sys/paperbacked"), papers)


@pytest.mark.parametrize("where", ["/sys/paperbacked/chroma", "under a file"])
def test_a_chroma_folder_that_cannot_be_made(tmp_path: Path, papers: tuple[Paper, ...], where: str) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "chroma" if where == "under a file" else Path(where)
    with pytest.raises(IndexStoreError) as caught:
        ensure_index(papers, HashEmbedder(), ChromaStore(folder), collection="c", lock_file=tmp_path / "lock")
    assert str(folder) in str(caught.value)


def test_a_lock_that_is_held_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: Build, papers: tuple[Paper, ...]
) -> None:
    from filelock import FileLock

    from retrieval import ingest

    monkeypatch.setattr(ingest, "LOCK_SECONDS", 0.1)
    with FileLock(tmp_path / "default.lock"), pytest.raises(IndexStoreError, match="Another process has been indexing"):
        build(tmp_path, papers)


def test_papers_of_another_file(tmp_path: Path, build: Build) -> None:
    """A reader's own papers: odd, short, long, with every character that is allowed."""
    own = (
        Paper("arXiv:2401.1/v1", "Ünïcode “title” 😀", "One. " * 200 + "Two.", "en", organisation="A 'quoted' lab"),
        Paper("long", "T", "".join(f"x{n}" for n in range(9000)), "en"),
        Paper("empty", None, "", "fr", label="No abstract"),
        Paper("zh", "标题", "一。二。", "zh"),
    )
    built = build(tmp_path, own, collection="own")
    assert ids_found(built) == {paper.id for paper in own}
    found = built.store.search(built.index, built.embedder.embed(["One"])[0], 1000)
    expected = {chunk.id: stored_passage(chunk, paper) for paper in own for chunk in distinct(chunk_paper(paper))}
    assert {stored.id: stored for stored, _ in found} == expected
    assert built.retriever.passages("No abstract")[0].paper.id == "empty"


def test_a_paper_of_identical_passages_makes_no_other_unreachable(tmp_path: Path, build: Build) -> None:
    """In Chroma's graph a crowd of equal vectors is all neighbours of itself and cuts off the rest."""
    others = tuple(Paper(f"p{n}", f"Paper {n}", "", "en") for n in range(5))
    crowd = Paper("crowd", "T", "x" * 100_000, "en")
    for order in ((crowd, *others), (*others, crowd)):
        built = build(tmp_path / order[0].id, order)
        assert ids_found(built) == {paper.id for paper in order}
        assert built.retriever.passages("Paper 3")[0].paper.id == "p3"
