"""The collections of a home folder as a server has them: who sees which, and who may change what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.answering.answerer import Answerer
from app.build import LocalAnswerer, SharedParts
from app.collection import ABOUT_FILE, DEFAULT, bytes_in
from app.collections.about import about, note_use, write_about
from app.collections.access import Access
from app.collections.answerers import OpenAnswerers
from app.collections.counts import PaperCounts
from app.collections.jobs import AddingJobs, Job
from app.collections.names import belongs_to, clean_title, new_name, owner_of
from app.collections.places import check_place, in_the_way
from app.collections.quota import MEGABYTE, Quota, check_disk
from app.collections.trash import Trash
from app.collections.uploads import Uploads
from app.collections.work import Work
from app.ingredients import Ingredients
from app.notices.notice import Notice
from app.settings import COLLECTION_NAME, Settings
from app.surfaces.collections import (
    BusyError,
    CollectionError,
    CollectionInfo,
    CrowdedError,
    JobState,
    NoCollectionError,
    ReadOnlyError,
    Upload,
    UploadRoom,
)
from retrieval.adding.report import AddReport, kept_reports
from retrieval.adding.request import AddRequest
from retrieval.errors import PaperbackedError
from retrieval.papers.database import FILE as DATABASE
from retrieval.papers.files import CollectionFiles
from retrieval.stores.base import VectorStore
from retrieval.types import Progress, no_progress

FILES_A_REQUEST = 200
LIMITS_A_REQUEST = 5
"""A request may have so many times the bytes of one file."""
MOST_ROOMS = 30
"""Requests whose files are on the disk at once, those whose papers wait to be added too."""
JOBS_OF_A_VISITOR = 3
JOBS_OF_A_CLIENT = 8
"""Of all visitors at one address: many may share it, but who makes cookies there must leave places to others."""
REMOVING_SECONDS = 60.0


class HomeCollections:
    """The `Collections` of the home folder that the settings name, with `default` as the answerer of their own one.

    Whoever may see a collection is asked at each call, by its name alone: those of a visitor say in their names whose
    they are, and every other is shared by all, where it is served at all.
    """

    def __init__(
        self,
        settings: Settings,
        default: LocalAnswerer,
        shared: SharedParts,
        progress: Progress = no_progress,
        note: Callable[[str], None] = print,
    ) -> None:
        self._settings = settings
        self._default = default
        self._embedder = shared.embedder
        self._access = Access(settings)
        self._folder = settings.home / "collections"
        self._answerers = OpenAnswerers(settings, shared, progress, note)
        self._counts = PaperCounts()
        self._quota = Quota(settings.visitor_papers, settings.visitor_mb * MEGABYTE)
        self._uploads = Uploads(settings.home / "uploads")
        quota = self._quota if self._access.for_visitors else None
        self._jobs = AddingJobs(Work(settings, shared.embedder, self._had_by, quota, after=self._after_job))
        self._changing = threading.Lock()
        self.trash = Trash(settings.home, self._folder, self._store)

    @property
    def adding(self) -> bool:
        return self._access.adding

    @property
    def online(self) -> bool:
        at_home = self._settings.is_local and not self.for_visitors
        return self.adding and (self._settings.online or at_home)

    @property
    def for_visitors(self) -> bool:
        return self._access.for_visitors

    @property
    def default_grows(self) -> bool:
        return self._access.may_change(self._settings.collection)

    def answerer(self, name: str | None, visitor: str | None = None) -> Answerer:
        if name is None or name == self._settings.collection:
            return self._default
        self._look_up(name, visitor)
        note_use(self._folder / name)
        return self._answerers.of(name)

    def listed(self, visitor: str | None = None) -> tuple[CollectionInfo, ...]:
        own = self._own_info()
        others = map(self._info, self._names(lambda name: self._access.sees(name, visitor)))
        return (own, *sorted(others, key=lambda info: info.title.casefold()))

    def create(self, title: str, visitor: str | None = None) -> CollectionInfo:
        title = clean_title(title)
        owner = self._access.maker(visitor)
        with self._changing:
            there = self._of_owner(owner)
            check_place(there, owner)
            theirs = [*self._of_visitors()] if owner else []
            if goes := in_the_way(self._folder, theirs, self._jobs.pending):
                self.trash.throw(goes)
            taken = {DEFAULT, self._settings.collection, *there, *(one.name for one in self.trash.thrown())}
            name = new_name(title, taken, owner)
            write_about(self._folder / name, title)
        return self._info(name)

    def rename(self, name: str, title: str, visitor: str | None = None) -> CollectionInfo:
        title = clean_title(title)
        with self._changing:
            self._to_change(name, visitor)
            write_about(self._folder / name, title)
        return self._info(name)

    def delete(self, name: str, visitor: str | None = None) -> datetime:
        with self._changing:
            self._to_change(name, visitor)
            if name == self._settings.collection:
                raise ReadOnlyError(Notice("collection_served"))
            if self._jobs.pending(name):
                raise BusyError(Notice("collection_busy"))
            self._answerers.close(name)
            return self.trash.throw(name)

    def restore(self, name: str, visitor: str | None = None) -> CollectionInfo:
        with self._changing:
            mine = belongs_to(name, visitor) if self.for_visitors else owner_of(name) is None
            mine = mine and name != self._settings.collection
            if not (self.adding and COLLECTION_NAME.fullmatch(name) and mine):
                raise NoCollectionError(name)
            check_place(self._of_owner(owner_of(name)), owner_of(name))
            if not self.trash.restore(name):
                raise NoCollectionError(name)
        note_use(self._folder / name)
        return self._info(name)

    def room(self, name: str, visitor: str | None = None, client: str = "") -> UploadRoom:
        self._to_change(name, visitor)
        self._check_turn(visitor, client)
        file_bytes = self._settings.upload_limit_mb * MEGABYTE
        request_bytes = LIMITS_A_REQUEST * file_bytes
        if self.for_visitors:
            own = sum(bytes_in(self._folder / one) for one in self._names(lambda one: belongs_to(one, visitor)))
            theirs = (self._folder / one for one in self._of_visitors())
            every = sum(map(bytes_in, (*theirs, *(one.folder for one in self.trash.thrown()))))
            request_bytes = min(request_bytes, self._quota.room_for(own, every))
            file_bytes = min(file_bytes, request_bytes)
        if self._uploads.rooms >= MOST_ROOMS:
            raise CrowdedError(Notice("adding_crowded"))
        check_disk(self._settings.home, request_bytes)
        return UploadRoom(self._uploads.room(), FILES_A_REQUEST, file_bytes, request_bytes, client)

    def add(
        self,
        name: str,
        request: AddRequest,
        uploads: Sequence[Upload] = (),
        visitor: str | None = None,
        room: UploadRoom | None = None,
    ) -> str:
        with self._changing:  # so that nobody removes the collection between the look and the job
            self._to_change(name, visitor)
            client = room.client if room else ""
            self._check_turn(visitor, client)
            if (request.online or request.pdfs) and not self.online:
                raise CollectionError(Notice("online_off"))
            request = replace(
                request,
                # What a request names is never a path of this machine: only what it has sent is read.
                sources=tuple(str(upload.path) for upload in uploads),
                names={str(upload.path): upload.label for upload in uploads},
                local_files=False,
            )
            job = Job(name, request, room, visitor, client)
            job.total = len(uploads) + sum(1 for line in request.text.splitlines() if line.strip())
            return self._jobs.begin(job)

    def job(self, name: str, job_id: str, visitor: str | None = None, after: int = 0) -> JobState | None:
        self._look_up(name, visitor)
        job = self._jobs.get(job_id)
        return job.told_after(after) if job is not None and job.collection == name else None

    def reports(self, name: str, visitor: str | None = None) -> tuple[AddReport, ...]:
        self._look_up(name, visitor)
        return tuple(kept_reports(self._folder / name))

    def remove(self, name: str, paper_ids: Sequence[str], visitor: str | None = None, client: str = "") -> int:
        with self._changing:
            self._to_change(name, visitor)
            self._check_turn(visitor, client)
            job = Job(name, AddRequest(), visitor=visitor, client=client, removes=tuple(paper_ids))
            self._jobs.begin(job)
        if not job.ended.wait(REMOVING_SECONDS):
            raise CrowdedError(Notice("removing_waits"))
        if job.error:
            raise PaperbackedError(job.error)
        return job.removed

    def document(self, name: str | None, paper_id: str, visitor: str | None = None) -> Path | None:
        paper = self.answerer(name, visitor).paper(paper_id)
        file = paper.text.file if paper and paper.text else None
        return CollectionFiles(self._folder / (name or self._settings.collection)).path(file) if file else None

    def follow(self) -> None:
        """Have papers and filters be those of the newest index, also where no question asks for it."""
        # Where it cannot be had, each question says so.
        with suppress(PaperbackedError):
            self._default.follow()
        self._answerers.follow()

    def sweep(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Remove what is over: visitors' collections that nobody came for, and what is in the trash for a minute."""
        for name in [*self._of_visitors()]:
            expires = self._expires(name)
            if expires is None or expires > now():
                continue
            with self._changing, suppress(PaperbackedError):
                # Looked at again: somebody may have come meanwhile.
                still = self._expires(name)
                if still is not None and still <= now() and not self._jobs.pending(name):
                    self._answerers.close(name)
                    self.trash.throw(name)
        self.trash.sweep()

    def _names(self, wanted: Callable[[str], bool]) -> Iterator[str]:
        """The wanted ones of the collections with a folder of theirs, but for the server's own."""
        with suppress(OSError):
            for folder in sorted(self._folder.iterdir()):
                named = COLLECTION_NAME.fullmatch(folder.name) and folder.name != self._settings.collection
                if named and wanted(folder.name) and self._is_there(folder):
                    yield folder.name

    def _of_owner(self, owner: str | None) -> list[str]:
        return [*self._names(lambda name: owner_of(name) == owner)]

    def _of_visitors(self) -> Iterator[str]:
        return self._names(lambda name: owner_of(name) is not None)

    def _is_there(self, folder: Path) -> bool:
        return (folder / ABOUT_FILE).is_file() or (folder / DATABASE).is_file()

    def _look_up(self, name: str, visitor: str | None) -> None:
        """Raises `NoCollectionError` unless it is there and this visitor may ask it."""
        if name == self._settings.collection:
            return
        if not (self._access.sees(name, visitor) and self._is_there(self._folder / name)):
            raise NoCollectionError(name)

    def _to_change(self, name: str, visitor: str | None) -> None:
        """Raises `NoCollectionError` or `ReadOnlyError` unless this visitor may change it."""
        self._look_up(name, visitor)
        self._access.check_change(name)
        note_use(self._folder / name)

    def _check_turn(self, visitor: str | None, client: str) -> None:
        """Raises `CrowdedError` where visitors wait for each other, and this one or its address has enough waiting."""
        own, theirs = self._jobs.waiting_of(visitor), self._jobs.waiting_from(client)
        if self.for_visitors and (own >= JOBS_OF_A_VISITOR or (client and theirs >= JOBS_OF_A_CLIENT)):
            raise CrowdedError(Notice("adding_crowded"))

    def _own_info(self) -> CollectionInfo:
        """The server's own one; its title is its name where it has none of its readers'."""
        name = self._settings.collection
        title = about(self._folder / name).title
        return CollectionInfo(name, title, len(self._default.papers), self.default_grows, default=True)

    def _info(self, name: str) -> CollectionInfo:
        if name == self._settings.collection:
            return self._own_info()
        folder = self._folder / name
        return CollectionInfo(
            name, about(folder).title, self._counts.of(folder), self._access.may_change(name), self._expires(name)
        )

    def _expires(self, name: str) -> datetime | None:
        if owner_of(name) is None:
            return None
        return about(self._folder / name).used + timedelta(days=self._settings.visitor_days)

    def _store(self) -> VectorStore:
        return Ingredients(self._settings, self._embedder).store

    def _had_by(self, visitor: str | None) -> tuple[int, int]:
        """How many papers the visitor has, and how many bytes."""
        own = [self._folder / name for name in self._names(lambda name: belongs_to(name, visitor))]
        return sum(map(self._counts.of, own)), sum(map(bytes_in, own))

    def _after_job(self) -> None:
        """Papers are those of the newest index; and as a job holds the lock that sweeping needs, there is time now."""
        self.follow()
        with suppress(PaperbackedError, OSError):
            self.trash.sweep()
