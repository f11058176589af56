"""What sources hold, one thing after the other: papers of references, documents, works known by their ids alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.adding.pasted import pasted
from retrieval.adding.request import AddRequest
from retrieval.adding.sources import (
    DocumentFile,
    Nothing,
    References,
    Source,
    ZoteroSource,
    as_called,
    sources_of,
)
from retrieval.adding.unread import PassedOver
from retrieval.errors import PaperbackedError
from retrieval.identity import WantedId
from retrieval.readers.base import Entry
from retrieval.readers.registry import read_entries
from retrieval.types import Paper

PASTED = "pasted text"
ReadZotero = Callable[[str], Iterator[Entry]]
"""Gives the entries of the Zotero library of that name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper of references, at `place`; its attached files may be read. `said` is what there is to tell of it."""

    paper: Paper
    place: str
    attached: tuple[Path, ...] = ()
    said: str = ""


Item = Reference | DocumentFile | WantedId | Nothing | PassedOver
"""One thing to be decided: see `retrieval.adding.sources` for the others."""


class Items:
    """All things that a request names, in order, one at a time.

    `folder` is for what was pasted, and is made and removed by others. `left` is how many sources there are still,
    once the first of these was asked for. Raises `InputError` for a folder of too many files.
    """

    def __init__(self, request: AddRequest, zotero: ReadZotero, folder: Path) -> None:
        self._request = request
        self._read_zotero = zotero
        self._folder = folder
        self.left = 0

    def __iter__(self) -> Iterator[Item]:
        request = self._request
        sources = [source for named in request.sources for source in sources_of(named, request.names.get(named))]
        self.left = len(sources)
        for source in sources:
            self.left -= 1
            yield from self._of_source(source)
        if request.text.strip():
            yield from self._of_text()

    def _of_source(self, source: Source) -> Iterator[Item]:
        match source:
            case References():
                yield from self._references(source)
            case ZoteroSource():
                yield from self._zotero(source)
            case _:
                yield source

    def _references(self, source: References) -> Iterator[Item]:
        try:
            for entry in read_entries(source.path, files_anywhere=self._request.local_files):
                yield from _of_entry(entry, f"{source.place}, {entry.place}", source.name)
        except PaperbackedError as error:
            yield Nothing(source.place, as_called(str(error), source.path, source.name))

    def _zotero(self, source: ZoteroSource) -> Iterator[Item]:
        if not self._request.local_files:
            yield Nothing(source.place, "a Zotero library is read where the program runs, by paperbacked add")
            return
        try:
            for entry in self._read_zotero(source.name):
                yield from _of_entry(entry, entry.place, source.place)
        except PaperbackedError as error:
            yield Nothing(source.place, str(error))

    def _of_text(self) -> Iterator[Item]:
        parts = pasted(self._request.text)
        for suffix, text in ((".bib", parts.bibtex), (".ris", parts.ris), (".json", parts.json)):
            if text:
                file = self._folder / f"pasted{suffix}"
                file.write_text(text, encoding="utf-8", errors="replace")
                yield from self._references(References(file, PASTED, PASTED))
        yield from parts.works
        if parts.rest:
            yield parts.rest


def _of_entry(entry: Entry, place: str, source: str) -> Iterator[Item]:
    """What an entry is: a paper, the id of one, or nothing, and then its files may be papers."""
    if paper := entry.paper:
        known = paper if paper.source else replace(paper, source=source)
        yield Reference(known, place, entry.attached, entry.problem)
    elif entry.wanted:
        yield replace(entry.wanted, place=place)
    elif entry.attached:
        for path in entry.attached:
            yield DocumentFile(path, f"{place}, {path.name}", path.name)
    else:
        yield Nothing(place, entry.problem or "it is no paper")


def folder_for_pasted() -> tempfile.TemporaryDirectory[str]:
    """A folder of this run alone, removed with it."""
    return tempfile.TemporaryDirectory(prefix="paperbacked-")
