"""Every form of papers file that can be read, and which of them a file is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from retrieval.readers.base import PaperReader
from retrieval.readers.jsonl import JSON_LINES
from retrieval.types import Paper

READERS: tuple[PaperReader, ...] = (JSON_LINES,)
"""The first one reads what no other recognises, and says what is wrong with it."""
HEAD_BYTES = 4096
PIECE_BYTES = 1 << 20


def stream_papers(path: Path) -> Iterator[Paper]:
    """All papers of a file, in its order, one at a time. Raises `CorpusError` on the way, with file, place, reason."""
    return reader_for(path, READERS).read(path)


def read_papers(path: Path) -> tuple[Paper, ...]:
    """All papers of a file at once, in its order. Raises `CorpusError` naming file, place and reason."""
    return tuple(stream_papers(path))


def most_papers(path: Path) -> int:
    """How many papers the file has at most, known without reading them: for a bar. 0 where it cannot be read."""
    count = 0
    with suppress(OSError), path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            count += piece.count(b"\n")
    return count


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
