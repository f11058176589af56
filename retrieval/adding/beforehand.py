"""What servers of papers say, asked before the lock is taken under which papers are added, and told again within it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from retrieval.adding.documents import paper_of
from retrieval.adding.items import Items, ReadZotero, Reference, folder_for_pasted
from retrieval.adding.lookups import Completed, Looker, Lookups
from retrieval.adding.reading import Read
from retrieval.adding.request import AddRequest
from retrieval.adding.sources import DocumentFile
from retrieval.adding.there import There
from retrieval.documents.document import DocumentLimits
from retrieval.errors import DocumentError, OnlineError
from retrieval.files import sha256_of
from retrieval.readers.base import Entry
from retrieval.types import Paper, Progress

if TYPE_CHECKING:
    from retrieval.papers.known import Known

T = TypeVar("T")
LABEL = "Looking papers up"
FIRST_PAGE = DocumentLimits(pages=1)
"""What is read of a document to know by which id it is looked up."""


class Remembered:
    """`Lookups` that ask for everything once. Who could not be asked is not asked again either."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._works: dict[str, Entry | OnlineError] = {}
        self._completed: dict[str, Completed] = {}
        self._pdfs: dict[str, Path | OnlineError | None] = {}

    def arxiv(self, ids: Sequence[str]) -> Iterator[Entry]:
        """See `Lookups`."""
        unknown = [each for each in dict.fromkeys(ids) if each not in self._works]
        if unknown:
            self._works |= zip(unknown, self._lookups.arxiv(unknown), strict=False)
        for each in ids:
            if each not in self._works:
                return
            yield _given(self._works[each])

    def doi(self, doi: str) -> Entry:
        """See `Lookups`."""
        if doi not in self._works:
            try:
                self._works[doi] = self._lookups.doi(doi)
            except OnlineError as error:
                self._works[doi] = error
        return _given(self._works[doi])

    def all_completed(self, papers: Iterable[Paper]) -> Iterator[Completed]:
        """See `Lookups`. What has a text is not remembered: it would be held in memory."""
        papers = list(papers)
        keys = [None if paper.text else json.dumps(paper.as_json(), sort_keys=True) for paper in papers]
        # The same reference may stand there twice: each answer is that of the next paper that was asked for.
        unknown = {
            key or place: paper
            for place, (paper, key) in enumerate(zip(papers, keys, strict=True))
            if key not in self._completed
        }
        fresh = self._lookups.all_completed(unknown.values())
        for key in keys:
            one = self._completed.get(key) if key else None
            if one is None:
                if (one := next(iter(fresh), None)) is None:
                    return
                if key:
                    self._completed[key] = one
            yield one

    def pdf(self, paper: Paper) -> Path | None:
        """See `Lookups`."""
        key = paper.arxiv_id or ""
        known = self._pdfs.get(key)
        if key not in self._pdfs or (isinstance(known, Path) and not known.exists()):
            try:
                known = self._lookups.pdf(paper)
            except OnlineError as error:
                known = error
            self._pdfs[key] = known
        return _given(known)


def _given(remembered: T | OnlineError) -> T:
    if isinstance(remembered, OnlineError):
        raise OnlineError(remembered.message)
    return remembered


def look_up_before(
    request: AddRequest,
    lookups: Lookups,
    zotero: ReadZotero,
    first_page: Read,
    known: Known,
    go_on: Callable[[], None],
    progress: Progress,
) -> None:
    """Ask for all that the request wants to know, of works that are not among those `known`.

    `lookups` remember it. `first_page` reads the beginning of a document, and `go_on` raises where the run is to end.
    """
    there = There(known)
    looker = Looker(lookups, request.pdfs, go_on)
    with folder_for_pasted() as folder:
        items = Items(request, zotero, Path(folder))
        for done, item in enumerate(looker.resolved(items, there), start=1):
            go_on()
            if isinstance(item, DocumentFile):
                _of_document(item, looker, first_page, there)
            elif isinstance(item, Reference):
                found = there.find(item.paper)
                if not (found and found.paper.text):
                    looker.pdf(item.paper)
            progress(LABEL, done, done + items.left)


def _of_document(item: DocumentFile, looker: Looker, first_page: Read, there: There) -> None:
    try:
        if not there.by_file(sha256_of(item.path)):
            document = first_page(item.path)
            looker.of_document(paper_of(document, item.name), document.text, there)
    except (DocumentError, OSError, ValueError):
        return  # Who reads it whole is told.
