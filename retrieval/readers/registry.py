"""Every form of file with papers that can be read, and which of them a file is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.readers.arxiv_snapshot import ARXIV_SNAPSHOT
from retrieval.readers.attachments import below
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.bibtex import BIBTEX
from retrieval.readers.csl_json import CSL_JSON
from retrieval.readers.id_list import ID_LIST
from retrieval.readers.jsonl import JSON_LINES
from retrieval.readers.openalex import OPENALEX
from retrieval.readers.ris import RIS
from retrieval.readers.table import TABLE
from retrieval.types import Paper

READERS: tuple[PaperReader, ...] = (
    JSON_LINES,
    ARXIV_SNAPSHOT,
    OPENALEX,
    CSL_JSON,
    BIBTEX,
    RIS,
    TABLE,
    ID_LIST,
)
"""The first one is taken where no other recognises a file: it says what is wrong with it."""
DOCUMENTS = frozenset({".pdf", ".md", ".markdown"})
"""What is so named is a paper itself, whatever it begins with."""
HEAD_BYTES = 1 << 16
PIECE_BYTES = 1 << 20


def read_entries(path: Path, *, files_anywhere: bool = False) -> Iterator[Entry]:
    """All that a file has, in its order, one at a time: papers, and what is wrong with what is none.

    Of the files that belong to entries those are told that are in the folder of `path` or below it. With
    `files_anywhere` also others: that is for a file that its reader has chosen himself, as a file from a stranger
    could name any of this computer. Raises `CorpusError` where the file cannot be read at all, is of no form that is
    known, or has nothing in it.
    """
    reader = _recognised(path, READERS)
    if reader is None:
        forms = ", ".join(reader.name for reader in READERS)
        raise CorpusError(f"{path} is no file of papers that can be read: give one of {forms}.")
    for entry in reader.read(path):
        if entry.attached and not files_anywhere:
            yield replace(entry, attached=below(entry.attached, path.parent))
        else:
            yield entry


def kind_of(path: Path) -> str | None:
    """What the form of a file is called, such as "BibTeX"; None where nothing here reads it."""
    reader = _recognised(path, READERS)
    return reader.name if reader else None


def stream_papers(path: Path) -> Iterator[Paper]:
    """All papers of a file, in its order, one at a time. Raises `CorpusError` on the way, with file, place, reason."""
    return reader_for(path, READERS).papers(path)


def read_papers(path: Path) -> tuple[Paper, ...]:
    """All papers of a file at once, in its order. Raises `CorpusError` naming file, place and reason."""
    return tuple(stream_papers(path))


def most_papers(path: Path) -> int:
    """How many papers the file has at most, known without reading them: for a bar. 0 where it cannot be read."""
    mark = reader_for(path, READERS).mark
    count, end = 0, b""
    with suppress(OSError), path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            count += (end + piece).count(mark)
            # A mark may lie across two pieces, and none within the end of one.
            end = piece[len(piece) - len(mark) + 1 :] if len(mark) > 1 else b""
    return count


def reader_for(path: Path, readers: tuple[PaperReader, ...]) -> PaperReader:
    """The reader for what the file is, else the first one."""
    return _recognised(path, readers) or readers[0]


def _recognised(path: Path, readers: tuple[PaperReader, ...]) -> PaperReader | None:
    """Of the readers for the file's name the one that knows how it begins, else the first of these; without any for
    the name, the one that knows how it begins."""
    suffix = path.suffix.casefold()
    if suffix in DOCUMENTS:
        return None
    named = [reader for reader in readers if suffix in reader.suffixes]
    if len(named) == 1:
        return named[0]
    head = b""
    with suppress(OSError), path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    # The first reader takes whatever begins like JSON: the others are asked before it.
    asked = named or list(readers)
    for reader in [*asked[1:], asked[0]]:
        if reader.looks_like(head):
            return reader
    return named[0] if named else None
