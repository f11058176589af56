"""Which reader a file gets: by its name, by how it begins, else the first, which says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.errors import CorpusError
from retrieval.readers import registry
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.jsonl import JSON_LINES, as_line
from retrieval.readers.registry import READERS, kind_of, most_papers, read_entries, read_papers, reader_for
from retrieval.types import Paper

PAPER = Paper("a", "On whales", "Whales sing.", "en")
FOLDER = Path(__file__).parents[2] / "data" / "references"


def read_lines(path: Path) -> Iterator[Entry]:
    rows = [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return (Entry(f"row {name}", Paper(name, title, abstract, "en")) for name, title, abstract in rows)


SEMICOLONS = PaperReader("semicolons", (".scsv",), lambda head: head.startswith(b"id;title;"), read_lines)


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


OURS = json.dumps({"id": "a", "title": "T"})
OPENALEX = '{"id": "https://openalex.org/W1", "title": "T"}'
CSL = '{"id": "x", "type": "article-journal", "title": "T", "DOI": "10.1000/x"}'
ARXIV = '{"id": "2401.00001", "submitter": "x", "title": "T", "authors_parsed": []}'


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jsonl", OURS, "JSON lines"),
        ("a.ndjson", OURS, "JSON lines"),
        ("a.jsonl", OPENALEX, "OpenAlex works"),
        ("a.jsonl", '{"id": "a", "title": "T", "url": "https://openalex.org/W1"}', "JSON lines"),
        ("a.jsonl", '{"id": "a", "title": "T", "type": "article", "authors": ["A"]}', "JSON lines"),
        ("a.jsonl", CSL, "CSL-JSON"),
        ("a.jsonl", ARXIV, "arXiv's metadata"),
        ("a.json", ARXIV, "arXiv's metadata"),
        ("a.json", OURS, "JSON lines"),
        ("a.json", f"[{OURS}]", "JSON lines"),
        ("a.json", f"[{CSL}]", "CSL-JSON"),
        ("a.json", f"\ufeff [\n{CSL}]", "CSL-JSON"),
        ("a.json", f'{{"meta": {{}}, "results": [{OPENALEX}]}}', "OpenAlex works"),
        ("a.bib", "anything", "BibTeX"),
        ("a.txt", "% a comment\n\n@article{a, title={T}}", "BibTeX"),
        ("a.txt", "TY  - JOUR\r\nTI  - T\r\nER  -", "RIS"),
        ("a.txt", "Title\tAuthors\tYear\nT\tA\t2020", "a table"),
        ("a.txt", "2401.00001\n2401.00002\n", "a list of ids"),
        ("a.csv", "whatever", "a table"),
        # documents, though they name works
        ("a.txt", "To cite this:\n@article{a, title={T}}", None),
        ("a.txt", "It builds on 2401.00001.\nAnd on 10.1000/x, too.", None),
        ("a.txt", "", None),
        ("a.txt", "A title\nand a text.", None),
        ("a.md", "@article{a, title={T}}", None),
        ("a.pdf", "2401.00001", None),
        ("a.pdf", OURS, None),
        ("a.docx", "PK\x03\x04", None),
        ("none.txt", None, None),
    ],
)
def test_what_a_file_is(tmp_path: Path, name: str, content: str | None, kind: str | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert kind_of(path) == kind


def test_a_file_that_nothing_reads_is_told_with_what_does(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Only words.", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.txt is no file of papers that can be read: give one of JSON lines, "):
        list(read_entries(path))


def test_a_folder_is_no_file_of_papers(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        read_papers(tmp_path)


@pytest.mark.parametrize("suffix", [suffix for reader in READERS for suffix in reader.suffixes])
def test_a_file_that_cannot_be_read_or_is_empty_is_one_sentence(tmp_path: Path, suffix: str) -> None:
    missing, empty, folder = (tmp_path / f"{name}{suffix}" for name in ("missing", "empty", "folder"))
    empty.write_text("\n \n", encoding="utf-8")
    folder.mkdir()
    for path, said in ((missing, "cannot be read ("), (empty, "hold|has no column"), (folder, "cannot be read (")):
        with pytest.raises(CorpusError) as caught:
            list(read_entries(path))
        message = str(caught.value)
        assert str(path) in message and any(words in message for words in said.split("|"))
        assert message.endswith(".") and "\n" not in message


def test_a_file_has_at_most_as_many_papers_as_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    file.write_text('{"id": "one"}\n\n{"id": "two"}\n', encoding="utf-8")
    assert most_papers(file) == 3
    assert most_papers(tmp_path / "none.jsonl") == 0
    for path in FOLDER.iterdir():
        assert len(list(read_entries(path))) <= most_papers(path) <= 40
    many = tmp_path / "many.ris"
    many.write_text("TY  - JOUR\nTI  - T\nER  - \n" * 100_000, encoding="utf-8")
    assert most_papers(many) == 100_000


def test_only_files_below_are_told_of_unless_any_may_be(tmp_path: Path) -> None:
    (tmp_path / "library" / "files").mkdir(parents=True)
    (tmp_path / "secret.pdf").touch()
    (tmp_path / "library" / "files" / "own.pdf").touch()
    (tmp_path / "library" / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    bib = tmp_path / "library" / "a.bib"
    named = [f":{tmp_path}/secret.pdf:PDF", ":../secret.pdf:PDF", ":link.pdf:PDF", "Own:files/own.pdf:PDF", "no.pdf"]
    bib.write_text(f"@article{{a, title={{A title}}, file={{{';'.join(named)}}}}}", encoding="utf-8")
    own = (tmp_path / "library" / "files" / "own.pdf").resolve()
    assert next(read_entries(bib)).attached == (own,)
    assert set(next(read_entries(bib, files_anywhere=True)).attached) == {own, (tmp_path / "secret.pdf").resolve()}
