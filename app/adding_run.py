"""One run of `app.adding`: what is to be added is read, decided and let take its place, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.collection import DEFAULT, OWN, drop_unfinished, readings_of
from app.settings import Settings
from retrieval.adding.adding import Adding, AtEnd, Told, Tools, never, nobody
from retrieval.adding.beforehand import FIRST_PAGE, Remembered, look_up_before
from retrieval.adding.collection_known import PapersKnown
from retrieval.adding.pool import DocumentPool
from retrieval.adding.report import AddReport, keep_report
from retrieval.adding.request import AddingStoppedError, AddRequest
from retrieval.adding.sources import ZOTERO
from retrieval.errors import InputError, PaperbackedError
from retrieval.ingest import Reading, Report
from retrieval.papers.database import FILE as DATABASE
from retrieval.papers.files import CollectionFiles
from retrieval.papers.papers import Papers, open_papers
from retrieval.readers.base import Entry
from retrieval.types import Paper, Progress

if TYPE_CHECKING:
    from retrieval.adding.lookups import Lookups
    from retrieval.online.zotero import ZoteroLibrary
    from retrieval.papers.known import Known

LOOKUPS_FOLDER = "online"
GUARDED_COUNT = 25
GUARDED_SHARE = 0.25
"""To remove so many papers of a source, and so large a part of them, has to be said yes to, and so has to remove all
papers of a source that is empty: it may be gone by mistake."""
Updates = Callable[[Sequence[Reading], Progress], tuple[Papers, Report]]
"""Brings the collection up to date with what is read."""
MayRemove = Callable[[int, int], bool]
"""Whether so many papers of so many may be removed."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of a source's papers, and how many were removed as it has them no longer."""

    report: AddReport
    removed: int


class _NothingToAddError(Exception):
    """There is nothing to put into the collection: it stays as it is, and is not made where it is not there."""


@dataclass(frozen=True, slots=True)
class Run:
    """How papers are added: where to, and who is told of it."""

    settings: Settings
    update: Updates
    progress: Progress
    told: Told = nobody
    stop: Callable[[], bool] = never

    def add(self, request: AddRequest) -> AddReport:
        """Add what is asked for; see `app.adding.add_papers`."""
        check_changeable(self.settings)
        if not (request.sources or request.text.strip()):
            raise InputError("There is nothing to add: name a file, a folder, an arXiv id or a DOI.")
        with self._tools(request) as tools, self._papers() as there:
            if request.strict or request.dry_run:
                report = self._looked_at(request, tools, there)
                if request.dry_run:
                    return report
            elif tools.lookups:
                self._look_up(request, tools, tools.lookups, there)
            adding = self._adding(request, tools, there)
            return self._updated(adding, [Reading(OWN, within=adding.papers)], there)

    def sync(self, source: str, may_remove: MayRemove) -> Synced:
        """Bring the collection up to date with a folder or a library; see `app.adding.sync_papers`."""
        check_changeable(self.settings)
        request = AddRequest((source,), local_files=True)
        origin = f"sync:{_name_of(source)}"
        with self._tools(request) as tools, self._papers() as there:
            leaving = _Leaving(there, origin, may_remove)
            adding = self._adding(request, tools, there, leaving.staying)
            apart = _OwnApart(there)
            followed = Reading(
                origin,
                within=lambda known: apart.others(adding.papers(known)),
                whole=True,
                signature=self._signature(source),
            )
            report = self._updated(adding, [followed, Reading(OWN, lambda: apart.changed)], there)
        return Synced(report, leaving.count)

    @contextmanager
    def _papers(self) -> Iterator[Papers | None]:
        """The papers that answer when the run begins."""
        papers = open_papers(self.settings.collection_folder)
        with nullcontext() if papers is None else closing(papers):
            yield papers

    def _looked_at(self, request: AddRequest, tools: Tools, there: Papers | None) -> AddReport:
        """What would become of it all. Nothing is changed."""
        told = self.told if request.dry_run else nobody
        looked = Adding(request, replace(tools, keep=None), told, self.stop, self._watched)
        for _ in looked.papers(PapersKnown(there)):
            pass
        return looked.tally.report(self.settings.collection)

    def _look_up(self, request: AddRequest, tools: Tools, lookups: Lookups, there: Papers | None) -> None:
        """Ask the servers before the lock is taken: they may take minutes, and others wait for it."""
        with DocumentPool(1, FIRST_PAGE) as first_pages:
            look_up_before(
                request, lookups, tools.zotero, first_pages.read, PapersKnown(there), self._go_on, self._watched
            )

    def _go_on(self) -> None:
        if self.stop():
            raise AddingStoppedError("Adding was stopped: nothing was changed.")

    def _adding(self, request: AddRequest, tools: Tools, there: Papers | None, at_end: AtEnd | None = None) -> Adding:
        answers = there.__contains__ if there else lambda paper_id: False
        return Adding(request, tools, self.told, self.stop, self._watched, at_end, answers)

    def _updated(self, adding: Adding, readings: Sequence[Reading], there: Papers | None) -> AddReport:
        """Let the run's papers take their place, all at once, and keep what became of everything."""
        tally = adding.tally
        # Of an earlier run that was broken off there may be papers that the next one need not read again.
        begun_before = (self.settings.collection_folder / DATABASE).exists()
        nothing = Reading(OWN, partial(_refuse_if, lambda: there is None and tally.nothing_came))
        with suppress(_NothingToAddError):
            self.update((*readings_of(self.settings), *readings, nothing), self._watched)
            report = tally.report(self.settings.collection)
            keep_report(self.settings.collection_folder, report)
            return report
        if not begun_before:
            with suppress(OSError, PaperbackedError):  # What cannot be removed is no collection all the same.
                drop_unfinished(self.settings)
        return tally.report(self.settings.collection)

    def _watched(self, label: str, done: int, total: int) -> None:
        """A `Progress` that ends the run where that is wanted: embedding takes longest."""
        self._go_on()
        self.progress(label, done, total)

    @contextmanager
    def _tools(self, request: AddRequest) -> Iterator[Tools]:
        with DocumentPool() as documents:
            keep = CollectionFiles(self.settings.collection_folder).keep
            yield Tools(
                self._zotero_entries, documents.read, keep, self._lookups() if request.online or request.pdfs else None
            )

    def _lookups(self) -> Lookups:
        from retrieval.online.online import Online

        return Remembered(Online(self.settings.home / LOOKUPS_FOLDER, self.settings.contact))

    def _zotero_entries(self, name: str) -> Iterator[Entry]:
        from retrieval.online.zotero import Zotero

        return Zotero(self._library(name), self.settings.contact).entries()

    def _library(self, name: str) -> ZoteroLibrary:
        from retrieval.online.zotero import ZoteroLibrary

        key = self.settings.zotero_key
        return ZoteroLibrary.named(f"{ZOTERO}{name}", key.get_secret_value() if key else None)

    def _signature(self, source: str) -> str:
        """What tells whether a library on the web has changed; empty for what is read whole each time."""
        from retrieval.online.zotero import Zotero

        if not source.casefold().startswith(ZOTERO):
            return ""
        library = self._library(source[len(ZOTERO) :])
        return "" if library.here else str(Zotero(library, self.settings.contact).version)


class _OwnApart:
    """Papers that were added by themselves, kept apart from those that a source is followed for: whatever the source
    fills in, they do not go with it."""

    def __init__(self, there: Papers | None) -> None:
        self._there = there
        self._own = frozenset(there.ids_of(OWN) if there else ())
        self.changed: list[Paper] = []

    def others(self, papers: Iterable[Paper]) -> Iterator[Paper]:
        """All that are not among them; of these the ones that have changed are in `changed` then."""
        for paper in papers:
            if paper.id not in self._own:
                yield paper
            elif self._there and not _as_it_is(paper, self._there.get(paper.id)):
                self.changed.append(paper)


def _as_it_is(paper: Paper, there: Paper | None) -> bool:
    digests = [one.text.digest if one and one.text else None for one in (paper, there)]
    return paper == there and digests[0] == digests[1]


def _refuse_if(is_nothing: Callable[[], bool]) -> tuple[Paper, ...]:
    """No papers, read after all others. Raises `_NothingToAddError` where none were before it."""
    if is_nothing():
        raise _NothingToAddError
    return ()


class _Leaving:
    """The papers of a source that it has no longer."""

    def __init__(self, there: Papers | None, origin: str, may_remove: MayRemove) -> None:
        self._before = there.ids_of(origin) if there else ()
        self._may_remove = may_remove
        self.count = 0

    def staying(self, known: Known, named: frozenset[str], broken: int) -> Iterable[Paper]:
        """The papers that stay though the source did not name them: all, where something of it could not be read.

        Raises `InputError` where too many would go and nobody says that they may.
        """
        before = self._before
        gone = [paper_id for paper_id in before if paper_id not in named]
        if broken:
            return filter(None, map(known.by_id, gone))
        many = len(gone) >= GUARDED_COUNT and len(gone) >= GUARDED_SHARE * len(before)
        # A source of nothing at all is rather a disk that is not there.
        if (many or (gone and not named)) and not self._may_remove(len(gone), len(before)):
            raise InputError(
                f"The source has {len(gone):,} of {len(before):,} papers no longer, and nothing was changed: look "
                "whether it is all there, and say --yes to remove them."
            )
        self.count = len(gone)
        return ()


def check_changeable(settings: Settings) -> None:
    """Raises `InputError` for the collection that ships with the program."""
    if settings.collection == DEFAULT:
        raise InputError("The collection default is that of the program: choose another name with --collection.")


def _name_of(source: str) -> str:
    """What a source is called whatever folder one is in. Raises `InputError` for what cannot be followed."""
    if source.casefold().startswith(ZOTERO):
        return source.casefold()
    folder = Path(source)
    if not folder.is_dir():
        raise InputError(f"{source[:200]!r} is no folder: a folder, zotero: or zotero:USER_ID can be followed.")
    return folder.resolve().as_posix()
