"""Every form of papers file that can be read, and which of them a file is."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from retrieval.readers.base import PaperReader
from retrieval.readers.jsonl import JSON_LINES
from retrieval.types import Paper

READERS: tuple[PaperReader, ...] = (JSON_LINES,)
"""The first one reads what no other recognises, and says what is wrong with it."""
HEAD_BYTES = 4096


def read_papers(path: Path) -> tuple[Paper, ...]:
    """All papers of a file, in its order. Raises `CorpusError` naming file, place and reason."""
    return reader_for(path, READERS).read(path)


def reader_for(path: Path, readers: tuple[PaperReader, ...]) -> PaperReader:
    """The reader for the file's name, else for how it begins, else the first one."""
    for reader in readers:
        if path.suffix.casefold() in reader.suffixes:
            return reader
    if len(readers) == 1:
        return readers[0]
    with suppress(OSError), path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        for reader in readers:
            if reader.looks_like(head):
                return reader
    return readers[0]
