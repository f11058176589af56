"""A reader of papers: one form of file made `Paper`s. To have another read, write one and name it in `registry`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.types import Paper


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a source has: a paper, or why it is none.

    `place` says where it stands, as a reader would look for it ("line 3", "entry smith2023", "paper.pdf"); `problem` is
    the reason in a few words where there is no paper. `attached` are files that belong to it, such as its PDF.
    """

    place: str
    paper: Paper | None = None
    problem: str = ""
    attached: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperReader:
    """Files whose names end so, or whose first bytes look like it, are read by `read`.

    `read` gives all papers of the file in its order, one at a time, checked and sanitised as
    `readers.jsonl.parse_paper` does, and raises `CorpusError` with file, place and reason
    where it cannot: a file may be far larger than memory, so nobody knows before its end.
    """

    suffixes: tuple[str, ...]
    looks_like: Callable[[bytes], bool]
    read: Callable[[Path], Iterator[Paper]]
