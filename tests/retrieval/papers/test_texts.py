"""Full texts beside their papers: told of without being read, read when needed, gone with their papers."""

from __future__ import annotations

import gc
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrieval.chunking import passage_spans
from retrieval.corpus import corpus_hash
from retrieval.errors import CorpusError
from retrieval.full_text import FullText, PaperText
from retrieval.papers import papers as papers_module
from retrieval.papers import texts
from retrieval.papers.connections import Database
from retrieval.papers.database import FILE, in_memory, writable
from retrieval.papers.packed_text import UNREADABLE
from retrieval.papers.papers import Papers, papers_of
from retrieval.papers.rows import record_of
from retrieval.papers.staging import Staged
from retrieval.papers.texts import GONE
from retrieval.papers.writing import PapersWriter
from retrieval.types import Paper
from tests.retrieval.papers.kept import add, opened
from tests.support.owl_texts import SHA256, owl_paper, owl_text

PLAIN = Paper("plain", "A paper without a text", "Owls sleep.", "en")


def text_of(paper: Paper | None) -> PaperText:
    assert paper is not None and paper.text is not None
    return paper.text


def rows_of(folder: Path, table: str) -> int:
    connection = sqlite3.connect(folder / FILE)
    try:
        return connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    finally:
        connection.close()


WAYS: list[Callable[[Papers], Any]] = [
    lambda papers: papers.get("owls"),
    lambda papers: papers.of(["owls"])["owls"],
    lambda papers: papers.numbered([2])[2].paper,
    lambda papers: list(papers)[1],
    lambda papers: papers.select()[1],
    lambda papers: papers.select()[:2][1],
    lambda papers: list(papers.select())[1],
    lambda papers: (papers.after(None, 2) or [])[1],
    lambda papers: papers.by_file(SHA256),
    lambda papers: papers.by_keys(["doi:10.1234/owls"])["doi:10.1234/owls"],
]


@pytest.mark.parametrize("way", WAYS)
def test_however_a_paper_is_read_its_text_comes_with_it(way: Callable[[Papers], Any]) -> None:
    papers = papers_of([PLAIN, owl_paper()])
    paper, expected = way(papers), owl_text()
    assert paper == owl_paper()
    told = paper.text
    assert (told.digest, told.characters, told.pages, told.file) == (expected.digest, len(expected.text), 2, SHA256)
    full = told.load()
    assert (full.text, full.sections, full.pages, full.file) == (
        expected.text,
        expected.sections,
        expected.pages,
        expected.file,
    )
    start = full.text.index("We counted")
    assert full.boxes(start, start + 20) == expected.boxes(start, start + 20) != ()
    plain = papers.get("plain")
    assert plain and plain.text is None


def test_whether_there_are_texts_at_all_is_known(tmp_path: Path) -> None:
    assert not papers_of([PLAIN]).with_texts
    add(tmp_path, *(replace(PLAIN, id=f"plain{number}", title=f"Owl {number}") for number in range(200)), owl_paper())
    before = opened(tmp_path)
    assert before.with_texts
    add(tmp_path, removed=("owls",))
    after = opened(tmp_path)
    assert not after.with_texts
    before.close()
    after.close()


def test_told_of_but_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = papers_of([PLAIN, owl_paper()])
    asked: list[str] = []
    row = Database.row
    monkeypatch.setattr(Database, "row", lambda self, sql, values=(): (asked.append(sql), row(self, sql, values))[1])
    for way in WAYS:
        assert text_of(way(papers)).characters > 100
    assert not [sql for sql in asked if "body" in sql]
    text_of(papers.get("owls")).load()
    assert len([sql for sql in asked if "body" in sql]) == 1
    for way in WAYS:
        text_of(way(papers)).load()
    assert len([sql for sql in asked if "body" in sql]) == 1, "it is remembered"


def test_few_texts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "KEPT", 2)
    papers = papers_of([owl_paper(f"Wood {n}.", paper_id=f"p{n}") for n in range(4)])
    kept: dict[int, FullText] = papers._texts._read  # type: ignore
    for paper in papers:
        text_of(paper).load()
    assert list(kept) == [3, 4]
    assert text_of(papers.get("p2")).load() is kept[3] and list(kept) == [4, 3], "the one read last goes last"
    monkeypatch.setattr(texts, "KEPT_CHARACTERS", 10)
    text_of(papers.get("p0")).load()
    assert list(kept) == [1], "one is kept however long it is"


def test_texts_that_were_staged_are_let_go_of() -> None:
    """They take megabytes, and what comes next, embedding, takes hours."""
    writer = PapersWriter(in_memory())
    held = weakref.WeakSet[FullText]()

    def read() -> Iterator[Paper]:
        paper = owl_paper()
        held.add(text_of(paper).load())
        yield paper

    writer.stage(read(), passage_spans, "own")
    gc.collect()
    assert list(held) == []


def test_books_are_remembered_as_far_as_their_passages_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = papers_of([owl_paper(), PLAIN])
    assert papers.get("owls") is papers.get("owls") and papers.get("plain") is papers.get("plain")
    monkeypatch.setattr(papers_module, "REMEMBERED_PASSAGES", 1)
    fresh = papers_of([owl_paper(), PLAIN])
    assert fresh.get("owls") is not fresh.get("owls")
    assert fresh.get("plain") is fresh.get("plain")


def test_the_record_does_not_say_what_the_text_does() -> None:
    assert record_of(owl_paper()) == record_of(replace(owl_paper(), text=None))
    database = in_memory()
    writer = PapersWriter(database)
    writer.stage([PLAIN], passage_spans, "own")
    told = record_of(PLAIN)[:-1] + ', "full_text": {"characters": 5, "pages": 1, "file": true}}'
    database.write("UPDATE records SET record = ?", [told])
    assert [one.paper for one in writer.staged()] == [PLAIN]


def test_the_same_text_is_the_same_paper_and_another_is_not(tmp_path: Path) -> None:
    add(tmp_path, owl_paper(), PLAIN)
    assert opened(tmp_path).hash == corpus_hash([owl_paper(), PLAIN])
    writer = PapersWriter(writable(tmp_path))
    assert writer.stage([owl_paper(), PLAIN], passage_spans, "own") == Staged(same=2)
    assert not writer.settle()
    assert writer.stage([owl_paper("And bats.")], passage_spans, "own") == Staged(changed=1)
    assert writer.stage([owl_paper("And bats.")], passage_spans, "own") == Staged(changed=1)
    [staged] = writer.staged()
    assert staged.spans == tuple(passage_spans(owl_paper("And bats.")))
    assert "And bats." in staged.paper.part("text")
    writer.close()


def test_texts_go_with_their_papers(tmp_path: Path) -> None:
    add(tmp_path, owl_paper(), PLAIN)
    before = opened(tmp_path)
    add(tmp_path, owl_paper("And bats."))
    assert rows_of(tmp_path, "texts") == 2
    assert "And bats." not in text_of(before.get("owls")).load().text, "a reader of before reads on"
    add(tmp_path, removed=("owls",))
    add(tmp_path, removed=("plain",))
    assert [rows_of(tmp_path, table) for table in ("texts", "keys", "authors", "lacking")] == [0, 1, 0, 2]
    add(tmp_path, owl_paper())
    assert [rows_of(tmp_path, table) for table in ("papers", "texts", "keys", "authors")] == [1, 1, 2, 1]
    assert [rows_of(tmp_path, table) for table in ("records", "lacking")] == [1, 0]


def test_a_text_that_is_gone(tmp_path: Path) -> None:
    """It was held by somebody for two generations, and was never read."""
    add(tmp_path, owl_paper())
    held = text_of(opened(tmp_path).get("owls"))
    add(tmp_path, removed=("owls",))
    add(tmp_path, PLAIN)
    with pytest.raises(CorpusError, match=f"^{GONE}$"):
        held.load()


def test_what_else_changes_of_a_paper_leaves_its_text(tmp_path: Path) -> None:
    """Its summary is written twice; who held it since before reads it on."""
    add(tmp_path, owl_paper())
    held = text_of(opened(tmp_path).get("owls"))
    for summary in ("One.", "Two.", "Three."):
        there = opened(tmp_path).get("owls")
        assert there is not None
        add(tmp_path, replace(there, summary=summary))
    paper = opened(tmp_path).get("owls")
    assert paper is not None and paper.summary == "Three."
    assert held.load().text == text_of(paper).load().text == owl_text().text
    assert rows_of(tmp_path, "texts") == 2, "those of the newest and of the generation before"


def test_staged_twice_in_one_batch_with_the_text_of_before() -> None:
    """As when a record of the same work comes again from a file, twice."""
    database = in_memory()
    writer = PapersWriter(database)
    known = writer.known(passage_spans, "own")
    writer.stage([owl_paper()], passage_spans, "own")
    there = known.by_id("owls")
    assert there is not None
    changes = [replace(there, summary=f"Summary {n}.") for n in range(3)]
    assert writer.stage(changes, passage_spans, "own") == Staged(new=3)
    [staged] = writer.staged()
    assert staged.paper.summary == "Summary 2." and staged.paper.part("text") == owl_text().text
    assert {row[0] for row in database.rows("SELECT number FROM keys")} == {staged.number}


@pytest.mark.parametrize("change", ["body = zeroblob(40)", "layout = zeroblob(9)", "body = substr(body, 1, 60)"])
def test_a_damaged_text_is_called_so(tmp_path: Path, change: str) -> None:
    add(tmp_path, owl_paper(), PLAIN)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(f"UPDATE texts SET {change}")
    connection.close()
    papers = opened(tmp_path)
    assert len(list(papers)) == 2, "all else is there"
    with pytest.raises(CorpusError, match=f"^{UNREADABLE}$"):
        text_of(papers.get("owls")).load()


def test_a_text_that_cannot_be_stored_is_told_in_a_sentence(tmp_path: Path) -> None:
    half_a_sign = PaperText(lambda: FullText("\ud800"), "digest", 1)
    writer = PapersWriter(writable(tmp_path))
    with pytest.raises(CorpusError, match=r"^The full text of a paper cannot be stored \(.*\): leave its file out\.$"):
        writer.stage([PLAIN, replace(PLAIN, id="half", text=half_a_sign)], passage_spans, "own")
    assert writer.staged_count == 0
    writer.close()


def test_texts_of_papers_that_are_cut_anew(tmp_path: Path) -> None:
    add(tmp_path, owl_paper(), PLAIN)
    writer = PapersWriter(writable(tmp_path))
    assert writer.settle(cut=lambda paper: passage_spans(paper)[:2])
    [staged] = writer.staged()
    assert len(staged.spans) == 2 and staged.paper.part("text") == owl_text().text
    writer.commit("made", ())
    writer.close()
    assert text_of(opened(tmp_path).get("owls")).load().text == owl_text().text
