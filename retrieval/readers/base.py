"""A reader of papers: one form of file made `Entry`s. To have another read, write one and name it in `registry`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.identity import WantedId as WantedId
from retrieval.json_lines import fault_error
from retrieval.types import Paper

NEEDS_ONLINE = "needs --online: only its id is known"
"""The problem of an entry that names a work and says nothing else of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a source has: a paper, or why it is none.

    `place` says where it stands, as a reader would look for it ("line 3", "entry smith2023", "paper.pdf"); `problem` is
    the reason in a few words where there is no paper. `attached` are files that belong to it, such as its PDF. `wanted`
    is the id of a work of which nothing else is known: it can be looked up, and `problem` is `NEEDS_ONLINE`.
    """

    place: str
    paper: Paper | None = None
    problem: str = ""
    attached: tuple[Path, ...] = ()
    wanted: WantedId | None = None


@dataclass(frozen=True, slots=True)
class PaperReader:
    """Files whose names end so, or whose first bytes look like it, are read by `read`.

    `name` says what the form is called. `read` gives all entries of the file in its order, one at a time, papers
    checked and sanitised as `readers.jsonl.parse_paper` does, and goes on after one that is broken; it raises
    `CorpusError` where the file cannot be read, or has no entry at all. A file may be far larger than memory.
    `mark` are bytes of which the file has at least one for each entry, by which these can be counted without reading.
    """

    name: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[bytes], bool]
    read: Callable[[Path], Iterator[Entry]]
    mark: bytes = b"\n"

    def papers(self, path: Path) -> Iterator[Paper]:
        """All papers of a file, in its order. Raises `CorpusError`, too, at what is none, with file, place, reason."""
        for entry in self.read(path):
            if entry.paper is None:
                raise fault_error(path, entry.place, entry.problem, CorpusError)
            yield entry.paper
