"""What is looked up where somebody asked for it: works named by their ids, and what papers lack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol

from retrieval.adding.documents import speaks_of
from retrieval.adding.items import Item, Reference
from retrieval.adding.sources import Nothing
from retrieval.adding.there import There
from retrieval.adding.works import merged
from retrieval.errors import OnlineError
from retrieval.full_text import FullText
from retrieval.identity import WantedId
from retrieval.readers.base import Entry
from retrieval.types import Paper

BATCH = 50
MOST_FAILURES = 3
"""Failures in a row after which nothing is looked up any more in this run."""
MOST_LOOKED_UP = 10_000
"""Papers of one run that are completed: with 50 at a time, and some seconds between, this takes half an hour."""
OFFLINE = "only its id is known: have it looked up online (--online) to add it"
GIVEN_UP = "It was not looked up, as the servers did not answer."


class Completed(Protocol):
    """A paper with what it lacked and the servers know, and what went wrong, in sentences."""

    @property
    def paper(self) -> Paper: ...
    @property
    def problems(self) -> tuple[str, ...]: ...


class Lookups(Protocol):
    """The servers of papers, as `retrieval.online` has them."""

    def arxiv(self, ids: Sequence[str]) -> Iterator[Entry]:
        """An entry for each of those arXiv ids, in order. Raises `OnlineError`."""
        ...

    def doi(self, doi: str) -> Entry:
        """The work of that DOI. Raises `OnlineError`."""
        ...

    def all_completed(self, papers: Iterable[Paper]) -> Iterator[Completed]:
        """Each paper with what it lacked, in order."""
        ...

    def pdf(self, paper: Paper) -> Path | None:
        """arXiv's PDF of the paper, None where it has none. Raises `OnlineError`."""
        ...


@dataclass(frozen=True, slots=True)
class IsThere:
    """A work that was named by its id and is in the collection."""

    place: str
    paper_id: str


class Looker:
    """Looks up what is asked for, while the servers answer; without any it says what that would have been for."""

    def __init__(self, lookups: Lookups | None, pdfs: bool, go_on: Callable[[], None]) -> None:
        self._lookups = lookups
        self._pdfs = pdfs
        self._go_on = go_on
        self._failures = 0
        self._looked_up = 0

    def _asked(self) -> Lookups | None:
        """The servers, while they answer."""
        return self._lookups if self._failures < MOST_FAILURES else None

    def resolved(self, items: Iterable[Item], there: There) -> Iterator[Item | IsThere]:
        """The items, with what is known of works in place of their ids, and what papers lack; nothing is looked up of
        what the collection has already."""
        for kind, group in groupby(items, key=_kind):
            if kind == "reference" and self._lookups:
                while batch := [item for item in islice(group, BATCH) if isinstance(item, Reference)]:
                    yield from self._all_completed(batch, there)
            elif kind in ("arxiv", "doi"):
                while batch := [item for item in islice(group, BATCH) if isinstance(item, WantedId)]:
                    yield from self._wanted(batch, there)
            else:
                yield from group

    def _wanted(self, batch: Sequence[WantedId], there: There) -> Iterator[Item | IsThere]:
        unknown: list[WantedId] = []
        for item in batch:
            found = there.by_key(f"{item.kind}:{item.id}")
            if found and not (self._asked() and self._wants_more(found.paper)):
                yield IsThere(item.place, found.paper.id)
            else:
                unknown.append(item)
        if self._lookups is None:
            yield from (Nothing(item.place, OFFLINE) for item in unknown)
            return
        arxiv = [item for item in unknown if item.kind == "arxiv"]
        yield from map(_as_item, arxiv, self._entries_of_arxiv([item.id for item in arxiv]))
        for item in unknown:
            if item.kind == "doi":
                self._go_on()
                yield _as_item(item, self._entry_of_doi(item.id))

    def _wants_more(self, paper: Paper) -> bool:
        return lacks_something(paper) or (self._pdfs and paper.text is None)

    def _entries_of_arxiv(self, ids: Sequence[str]) -> list[Entry]:
        """An entry for each of the ids."""
        found: list[Entry] = []
        problem = GIVEN_UP
        if ids and (online := self._asked()):
            try:
                found = list(online.arxiv(ids))[: len(ids)]
                self._failures = 0
            except OnlineError as error:
                self._failures += 1
                problem = str(error)
        return [*found, *(Entry("", problem=problem) for _ in ids[len(found) :])]

    def _entry_of_doi(self, doi: str) -> Entry:
        online = self._asked()
        if online is None:
            return Entry("", problem=GIVEN_UP)
        try:
            entry = online.doi(doi)
        except OnlineError as error:
            self._failures += 1
            return Entry("", problem=str(error))
        self._failures = 0
        return entry

    def _all_completed(self, batch: Sequence[Reference], there: There) -> Iterator[Reference]:
        wanting = [item for item in batch if self._may_be_completed(item.paper, there)]
        completed = dict(zip(map(id, wanting), self._completions([item.paper for item in wanting]), strict=False))
        for item in batch:
            paper, said = completed.get(id(item), (item.paper, ""))
            yield replace(item, paper=paper, said=" ".join(filter(None, (item.said, said))))

    def _may_be_completed(self, paper: Paper, there: There) -> bool:
        found = there.find(paper)
        return found is None or lacks_something(merged(found.paper, paper))

    def _completions(self, papers: Sequence[Paper]) -> Iterator[tuple[Paper, str]]:
        """Each paper with what it lacked, and what there is to tell of that."""
        self._looked_up += len(papers)
        online = self._asked()
        if online is None or self._looked_up > MOST_LOOKED_UP:
            yield from ((paper, "" if online else GIVEN_UP) for paper in papers)
            return
        for paper, completed in zip(papers, online.all_completed(papers), strict=False):
            self._go_on()
            failed = bool(completed.problems) and completed.paper == paper
            self._failures = self._failures + 1 if failed else 0
            yield completed.paper, " ".join(completed.problems)
            if self._asked() is None:
                return

    def of_document(self, paper: Paper, text: FullText, there: There) -> tuple[Paper, str]:
        """A document's paper with what is known of the DOI or arXiv id on its first page, where that is its own, and
        what there is to tell of that."""
        if self._asked() is None or not self._may_be_completed(paper, there):
            return paper, ""
        entry = None
        if paper.arxiv_id:
            entry = self._entries_of_arxiv([paper.arxiv_id])[0]
        elif paper.doi:
            entry = self._entry_of_doi(paper.doi)
        if entry is None:
            return paper, ""
        if entry.paper is None or not speaks_of(text.text, entry.paper.title):
            return paper, entry.problem
        known = merged(entry.paper, paper)
        return next(self._completions([known]), (known, "")) if lacks_something(known) else (known, "")

    def pdf(self, paper: Paper) -> tuple[Path | None, str]:
        """arXiv's PDF of a paper that has no text, where PDFs were asked for, and why there is none."""
        online = self._asked()
        if not self._pdfs or online is None or paper.text is not None or not paper.arxiv_id:
            return None, ""
        try:
            path = online.pdf(paper)
        except OnlineError as error:
            self._failures += 1
            return None, str(error)
        self._failures = 0
        return path, ""


def _kind(item: Item) -> str | None:
    if isinstance(item, WantedId):
        return item.kind
    return "reference" if isinstance(item, Reference) else None


def _as_item(item: WantedId, entry: Entry) -> Item:
    if entry.paper:
        return Reference(entry.paper, item.place, entry.attached, entry.problem)
    return Nothing(item.place, entry.problem)


def lacks_something(paper: Paper) -> bool:
    """Whether there is something of a paper that servers may know."""
    return not (paper.abstract and paper.authors and paper.published)
