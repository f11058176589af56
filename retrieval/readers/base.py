"""A reader of papers: one form of file made `Paper`s. To have another read, write one and name it in `registry`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.types import Paper


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
