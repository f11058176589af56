"""Which reader a file gets: by its name, by how it begins, else the first, which says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.errors import CorpusError
from retrieval.readers import registry
from retrieval.readers.base import PaperReader
from retrieval.readers.jsonl import JSON_LINES, as_line
from retrieval.readers.registry import READERS, most_papers, read_papers, reader_for
from retrieval.types import Paper

PAPER = Paper("a", "On whales", "Whales sing.", "en")


def read_lines(path: Path) -> Iterator[Paper]:
    rows = [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return (Paper(name, title, abstract, "en") for name, title, abstract in rows)


SEMICOLONS = PaperReader((".scsv",), lambda head: head.startswith(b"id;title;"), read_lines)


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("papers.jsonl", "id;title;", JSON_LINES),
        ("papers.SCSV", "{}", SEMICOLONS),
        ("papers.txt", "id;title;abstract", SEMICOLONS),
        ("papers.txt", '\n {"id": "a"}', JSON_LINES),
        ("papers.txt", "neither", JSON_LINES),
        ("papers", "", JSON_LINES),
        ("papers.scsv", None, SEMICOLONS),
        ("papers.txt", None, JSON_LINES),
    ],
)
def test_a_file_gets_the_reader_that_it_is_for(
    tmp_path: Path, name: str, content: str | None, reader: PaperReader
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert reader_for(path, (JSON_LINES, SEMICOLONS)) is reader


def test_one_more_reader_is_one_more_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "READERS", (*READERS, SEMICOLONS))
    (tmp_path / "a.scsv").write_text("id;title;abstract\na;On whales;Whales sing.\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(as_line(PAPER), encoding="utf-8")
    assert read_papers(tmp_path / "a.scsv") == read_papers(tmp_path / "b.jsonl") == (PAPER,)


def test_a_folder_is_no_file_of_papers(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        read_papers(tmp_path)


def test_a_file_has_at_most_as_many_papers_as_lines(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text('{"id": "one"}\n\n{"id": "two"}\n', encoding="utf-8")
    assert most_papers(file) == 3
    assert most_papers(tmp_path / "none.jsonl") == 0
