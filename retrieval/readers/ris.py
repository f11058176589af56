"""RIS, as EndNote, Zotero, Mendeley and publishers write it: files of any length, each record parsed by rispy."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# rispy has no types of its own; what is used of it is said here.

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TextIO, cast

from retrieval.errors import CorpusError
from retrieval.identity import doi_in, naming_arxiv
from retrieval.json_lines import is_list
from retrieval.readers.attachments import attached_files
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.dates import date_in, date_of
from retrieval.readers.encodings import cannot_be_read, open_text, text_of_head
from retrieval.readers.exact import NAME
from retrieval.readers.names import in_order, told
from retrieval.readers.work import Work

MAX_RECORD_CHARS = 5_000_000
EXACT_TAG = "C8"
"""A field for what a program likes: what `exact` keeps, after our name."""
_TAGGED = re.compile(r"[\ufeff\s]*([A-Z][A-Z0-9]) {1,2}- ?(.*)", re.DOTALL)
_HEAD = re.compile(r"[\ufeff\s]*TY {1,2}- ?[A-Z]{2,8}\s")
_REPORTS = frozenset({"RPRT", "GOVDOC"})
_NAMES = {
    **{"TY": "type", "TI": "title", "T1": "title_1", "CT": "title_2", "AU": "authors", "A1": "authors_1"},
    **{"AB": "abstract", "N2": "abstract_2", "PY": "year", "Y1": "year_1", "DA": "date", "DO": "doi", "UR": "urls"},
    **{"LA": "language", "PB": "publisher", "ID": "key", "JO": "journal", "JF": "journal_1", "T2": "journal_2"},
    **{
        "N1": "notes",
        "M1": "number",
        "AN": "accession",
        "L1": "file",
        "L2": "file_2",
        "L4": "file_3",
        EXACT_TAG: "exact",
    },
    **{"LK": "link", "M3": "sort", "ER": "end", "UK": "unknown"},
}
_LISTED = ["AU", "A1", "UR", "N1", "L1", "L2", "L4", "LK", "M1", EXACT_TAG]
Record = Mapping[str, object]


def read_ris(path: Path) -> Iterator[Entry]:
    """All records of a file, in its order. Raises `CorpusError` where it cannot be read or has none."""
    empty = True
    try:
        with open_text(path) as file:
            for number, line, text in _records(file):
                empty = False
                yield _entry(text, number, line, path.parent)
    except OSError as error:
        raise cannot_be_read(path, error) from error
    if empty:
        raise CorpusError(f"{path} holds no papers: give a file with records of RIS.")


def _records(file: TextIO) -> Iterator[tuple[int, int, str | None]]:
    """The records, each with its number and the line where it begins, as rispy reads them; None for one too long.

    A record ends at its ER, else where the next one begins.
    """
    number, begins, chars = 0, 0, 0
    # The lines of each field: what has no tag goes on with the field before it.
    fields: list[list[str]] = []
    for at, line in enumerate(_lines(file), 1):
        tag, rest = (found[1], found[2].strip()) if (found := _TAGGED.match(line)) else (None, line.strip())
        if tag == "TY":
            if fields:
                yield number, begins, _text(fields, chars)
            number, begins, chars, fields = number + 1, at, 0, [[f"TY  - {rest}"]]
        elif fields:
            chars += len(line)
            if chars > MAX_RECORD_CHARS:
                continue
            if tag:
                fields.append([f"{tag}  - {rest}"])
            elif rest:
                fields[-1].append(rest)
            if tag == "ER":
                yield number, begins, _text(fields, chars)
                fields = []
    if fields:
        yield number, begins, _text(fields, chars)


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(MAX_RECORD_CHARS + 1):
        yield line


def _text(fields: list[list[str]], chars: int) -> str | None:
    if chars > MAX_RECORD_CHARS:
        return None
    lines = [" ".join(parts) for parts in fields]
    return "\n".join(lines if lines[-1].startswith("ER  -") else [*lines, "ER  - "])


def _entry(text: str | None, number: int, line: int, folder: Path) -> Entry:
    place = f"record {number} (line {line})"
    if text is None:
        return Entry(place, problem=f"longer than {MAX_RECORD_CHARS:,} characters")
    record = _parsed(text)
    key = _one(record, "key")
    files = ";".join([*_all(record, "file"), *_all(record, "file_2"), *_all(record, "file_3")])
    return _work(record).entry(f"entry {key[:80]}" if key else place, attached_files(files, folder))


def work_in(record: str) -> Work:
    """What one record says of a work: its lines from TY to ER, each with a tag."""
    return _work(_parsed(record))


def _parsed(text: str) -> Record:
    from rispy import RisParser

    # Addresses may have a ";" in them: nothing is parted at it.
    parser = RisParser(mapping=_NAMES, list_tags=_LISTED, delimiter_tags_mapping={}, skip_unknown_tags=True)
    return cast("list[Record]", parser.parse(text))[0]


def _work(record: Record) -> Work:
    report = _one(record, "type") in _REPORTS
    urls = [*_all(record, "urls"), *_all(record, "link")]
    names = [*_all(record, "authors"), *_all(record, "authors_1")]
    return Work(
        title=_one(record, "title") or _one(record, "title_1") or _one(record, "title_2"),
        abstract=_one(record, "abstract") or _one(record, "abstract_2"),
        authors=told(tuple(map(in_order, names))),
        published=_published(record),
        doi=_one(record, "doi") or next((url for url in urls if doi_in(url)), None),
        arxiv=_arxiv(record, urls),
        urls=tuple(urls),
        language=_one(record, "language"),
        kind="report" if report else "paper",
        organisation=_one(record, "publisher") if report else None,
        exact=next((text.removeprefix(f"{NAME}:") for text in _all(record, "exact") if text.startswith(NAME)), None),
    )


def _published(record: Record) -> date | None:
    """The most exact of the dates, of which PY has mostly a year alone."""
    whole = _one(record, "date")
    year = _one(record, "year") or _one(record, "year_1")
    if (found := date_in(whole)) and (not year or str(found.year) in year):
        return found
    return date_in(year.strip("/ ")) or date_of(year)


def _arxiv(record: Record, urls: list[str]) -> str | None:
    """The text that names the work at arXiv, where one does."""
    named = [
        *urls,
        *(_one(record, name) for name in ("doi", "accession", "journal", "journal_1", "journal_2", "publisher")),
    ]
    named += [*_all(record, "notes"), *_all(record, "number")]
    return naming_arxiv(named)


def _one(record: Record, name: str) -> str:
    return next(iter(_all(record, name)), "")


def _all(record: Record, name: str) -> list[str]:
    value = record.get(name)
    listed = value if is_list(value) else [value]
    return [each for each in listed if isinstance(each, str) and each]


def looks_like_ris(head: bytes) -> bool:
    """Whether a file that begins so has records of RIS."""
    return _HEAD.match(text_of_head(head)) is not None


RIS = PaperReader("RIS", (".ris",), looks_like_ris, read_ris, mark=b"TY")
