"""Tables: CSV and TSV, their columns known by name, as Scopus, Web of Science and Zotero write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from retrieval.errors import CorpusError
from retrieval.identity import arxiv_id_in, doi_in, naming_arxiv
from retrieval.readers.attachments import attached_files
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.dates import date_in, date_of
from retrieval.readers.encodings import cannot_be_read, open_text, text_of_head
from retrieval.readers.names import names_in
from retrieval.readers.work import Work

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "articletitle", "documenttitle", "papertitle", "titlefull", "ti", "name"),
    "abstract": ("abstract", "abstractnote", "abstracttext", "ab", "summary"),
    "authors": ("authors", "author", "authornames", "creators", "au"),
    "full_names": ("authorfullnames", "af"),
    "date": ("date", "published", "publicationdate", "publisheddate", "datepublished", "coverdate", "pd"),
    "year": ("year", "publicationyear", "pubyear", "py", "yearpublished"),
    "doi": ("doi", "di", "doilink", "digitalobjectidentifier"),
    "arxiv": ("arxiv", "arxivid", "arxivnumber", "eprint", "arxivurl", "arxivlink"),
    "url": ("url", "link", "urls", "links", "pdflink", "paperurl", "address", "ut"),
    "id": ("id", "paperid", "identifier"),
    "language": ("language", "languageoforiginaldocument", "la", "lang"),
    "kind": ("itemtype", "documenttype", "publicationtype", "type", "kind", "dt"),
    "file": ("fileattachments", "file", "files", "pdf"),
    "category": ("category",),
    "organisation": ("organisation", "organization", "institution"),
}
"""By what we read, how the column may be called; letters and figures alone count."""
_BY_NAME = {name: column for column, names in COLUMNS.items() for name in names}
_SEPARATORS = (",", ";", "\t", "|")
_NOT_IN_A_NAME = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[A-Za-z]")
_HEAD_CHARS = 65_536
MAX_CELL_CHARS = 500_000
"""What is longer is a broken quote, which would take the rest of the file for one cell."""


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands between the columns, and at which places those stand that are known; the first of a name counts."""

    separator: str
    columns: Mapping[str, tuple[int, ...]]

    def cell(self, row: Sequence[str], column: str) -> str:
        """What a row has in that column; where several are called so, in the first that is not empty."""
        cells = (row[place].strip() for place in self.columns.get(column, ()) if place < len(row))
        return next(filter(None, cells), "")


def read_table(path: Path) -> Iterator[Entry]:
    """All rows of a table below its header. Raises `CorpusError` where it cannot be read, or names no column by
    which a paper could be known."""
    with open_text(path, newline="") as file:
        try:
            header = _header(file.readline(_HEAD_CHARS))
            if not _is_of_papers(header):
                raise CorpusError(
                    f"{path} has no column called title, doi or arxiv: give it a first line that names its columns."
                )
            yield from _rows(file, header, path)
        except OSError as error:
            raise cannot_be_read(path, error) from error


def _rows(file: TextIO, header: _Header, path: Path) -> Iterator[Entry]:
    csv.field_size_limit(MAX_CELL_CHARS)
    rows = csv.reader(file, delimiter=header.separator)
    empty, at = True, 1
    while True:
        place = f"line {at + 1}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            empty, at = False, rows.line_num + 1
            yield Entry(place, problem=_reason(error))
            continue
        if row is None:
            break
        at = rows.line_num + 1
        if any(cell.strip() for cell in row):
            empty = False
            yield _entry(row, header, place, path.parent)
    if empty:
        raise CorpusError(f"{path} holds no papers: give a table with a row for each below the names of its columns.")


def _entry(row: Sequence[str], header: _Header, place: str, folder: Path) -> Entry:
    kind = header.cell(row, "kind").casefold()
    named = header.cell(row, "id")
    urls = re.split(r"[\s;|]+", header.cell(row, "url"))
    date, year = header.cell(row, "date"), header.cell(row, "year")
    arxiv = header.cell(row, "arxiv") or naming_arxiv([*urls, named])
    work = Work(
        title=header.cell(row, "title"),
        abstract=header.cell(row, "abstract"),
        authors=names_in(header.cell(row, "full_names") or header.cell(row, "authors")),
        published=date_in(date if not year or year[:4] in date else f"{year} {date}") or date_of(year),
        doi=header.cell(row, "doi") or next((text for text in [*urls, named] if doi_in(text)), None),
        arxiv=arxiv,
        urls=tuple(urls),
        language=header.cell(row, "language"),
        kind="report" if "report" in kind else "paper",
        organisation=header.cell(row, "organisation"),
        category=header.cell(row, "category") or None,
        # A number is another work's in another table.
        id=named if _LETTER.search(named) and not doi_in(named) and not arxiv_id_in(named) else None,
        retracted=kind == "retracted",
    )
    return work.entry(place, attached_files(header.cell(row, "file"), folder))


def _header(line: str) -> _Header:
    """The header, parted at whatever makes the most of its columns known."""
    read = [_header_with(line, separator) for separator in _SEPARATORS]
    return max(read, key=lambda header: len(header.columns))


def _header_with(line: str, separator: str) -> _Header:
    try:
        names = next(csv.reader(io.StringIO(line.lstrip("\ufeff")), delimiter=separator), None) or ()
    except csv.Error:
        names = ()
    columns: dict[str, tuple[int, ...]] = {}
    for place, name in enumerate(names):
        if column := _BY_NAME.get(_NOT_IN_A_NAME.sub("", name).casefold()):
            columns[column] = (*columns.get(column, ()), place)
    return _Header(separator, columns)


def _is_of_papers(header: _Header) -> bool:
    return bool({"title", "doi", "arxiv"} & header.columns.keys())


def _reason(error: csv.Error) -> str:
    if "field limit" in str(error):
        return "a cell that does not end: its closing quote is missing"
    return f"not a row of a table ({error})"


def looks_like_table(head: bytes) -> bool:
    """Whether a file that begins so is a table of papers: its first line names a title and something else."""
    header = _header(text_of_head(head).partition("\n")[0])
    return "title" in header.columns and len(header.columns) > 1


TABLE = PaperReader("a table", (".csv", ".tsv", ".tab"), looks_like_table, read_table)
