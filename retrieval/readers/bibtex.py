"""BibTeX and BibLaTeX: files of any length, entry by entry, each parsed by bibtexparser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TextIO

from retrieval.errors import CorpusError
from retrieval.identity import arxiv_id_in, naming_arxiv
from retrieval.readers.attachments import attached_files
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.bibtex_blocks import blocks_in
from retrieval.readers.bibtex_fields import Known, fields_of, names_of, string_of
from retrieval.readers.dates import date_in, date_of
from retrieval.readers.encodings import cannot_be_read, open_text, text_of_head
from retrieval.readers.exact import NAME
from retrieval.readers.work import Work

_NO_ENTRIES = frozenset({"comment", "string", "preamble", "set", "xdata", "control"})
_REPORTS = frozenset({"techreport", "report"})
_CROSSREF = re.compile(r"\bcrossref\s*=\s*[{\"]?\s*([^{}\",\s]+)", re.IGNORECASE)
_KEY = re.compile(r"[{(]\s*([^\s,{}()]{1,200})\s*,")
_INHERITED = frozenset({"year", "month", "day", "date", "language", "langid", "institution", "publisher"})
# A text may have an entry in it to cite it by; a file of references begins with one.
_HEAD = re.compile(r"(?:\s|\ufeff|%[^\n]*\n)*@[ \t]*(\w{3,40})[ \t]*[{(]")


def read_bibtex(path: Path) -> Iterator[Entry]:
    """All entries of a file, in its order. Raises `CorpusError` where it cannot be read or has none."""
    empty = True
    try:
        with open_text(path) as file:
            for entry in entries_in(file, path.parent):
                empty = False
                yield entry
    except OSError as error:
        raise cannot_be_read(path, error) from error
    if empty:
        raise CorpusError(f"{path} holds no papers: give a file with entries of BibTeX.")


def entries_in(file: TextIO, folder: Path) -> Iterator[Entry]:
    """The entries of an open file, which is read twice: what entries refer to may stand behind them.

    `folder` is where the files are that they name.
    """
    known = _known(file)
    file.seek(0)
    for block in blocks_in(file):
        if block.kind in _NO_ENTRIES:
            continue
        place = f"entry {key[1][:80]}" if (key := _KEY.search(block.text, 0, 300)) else f"line {block.line}"
        if block.problem:
            yield Entry(place, problem=f"{block.problem} (line {block.line})")
            continue
        try:
            fields = fields_of(block.text, known)
        except ValueError as error:
            yield Entry(place, problem=f"{error} (line {block.line})")
            continue
        yield work_of_fields(block.kind, fields).entry(place, attached_files(fields.get("file", ""), folder))


def work_in(entry: str) -> Work:
    """What one entry says of a work. Raises `ValueError` with the reason where it is none."""
    kind = _HEAD.match(entry)
    return work_of_fields(kind[1].casefold() if kind else "", fields_of(entry, Known()))


def work_of_fields(kind: str, fields: Mapping[str, str]) -> Work:
    """What an entry of that kind with those fields says of a work."""
    report = kind in _REPORTS
    title = ": ".join(filter(None, [fields.get("title"), fields.get("subtitle")]))
    return Work(
        title=title,
        abstract=fields.get("abstract", ""),
        authors=names_of(fields.get("author", "")),
        published=_published(fields),
        doi=fields.get("doi") or fields.get("url"),
        arxiv=_arxiv(fields),
        urls=tuple(filter(None, [fields.get("url"), fields.get("howpublished")])),
        language=fields.get("language") or fields.get("langid"),
        kind="report" if report else "paper",
        organisation=(fields.get("institution") or fields.get("publisher")) if report else None,
        exact=fields.get(NAME),
    )


def _published(fields: Mapping[str, str]) -> date | None:
    # BibLaTeX has ranges in `date`, of which the first day counts.
    if found := date_in(fields.get("date", "").partition("/")[0]):
        return found
    return date_of(fields.get("year"), fields.get("month"), fields.get("day"))


def _arxiv(fields: Mapping[str, str]) -> str | None:
    """The text that names the work at arXiv, where one does."""
    archive = fields.get("archiveprefix") or fields.get("eprinttype") or ""
    if "arxiv" in archive.casefold() or not archive:
        eprint = fields.get("eprint")
        if arxiv_id_in(eprint):
            return eprint
    named = ("url", "doi", "journal", "journaltitle", "note", "howpublished", "number", "volume", "publisher")
    return naming_arxiv(fields.get(name, "") for name in named)


def _known(file: TextIO) -> Known:
    """All strings of a file, and what entries inherit that refer to another: of these alone the fields are kept."""
    known = Known()
    wanted: set[str] = set()
    for block in blocks_in(file):
        if block.kind == "string" and not block.problem:
            string_of(block.text, known)
        elif block.kind not in _NO_ENTRIES and (named := _CROSSREF.search(block.text)):
            wanted.add(named[1].casefold())
    if not wanted:
        return known
    file.seek(0)
    for block in blocks_in(file):
        key = _KEY.search(block.text, 0, 300)
        if block.kind in _NO_ENTRIES or not key or key[1].casefold() not in wanted:
            continue
        with suppress(ValueError):  # It is told of when it is read as an entry.
            fields = fields_of(block.text, known)
            known.parents[key[1].casefold()] = {name: fields[name] for name in _INHERITED if name in fields}
    return known


def looks_like_bibtex(head: bytes) -> bool:
    """Whether a file that begins so has blocks of BibTeX."""
    return _HEAD.match(text_of_head(head)) is not None


BIBTEX = PaperReader("BibTeX", (".bib", ".bibtex", ".biblatex"), looks_like_bibtex, read_bibtex, mark=b"@")
