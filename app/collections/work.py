"""What a job does: papers into a collection or out of it, within what a visitor may have."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from app.adding import add_papers, remove_papers
from app.collection import bytes_in
from app.collections.about import note_use
from app.collections.jobs import Job
from app.collections.leftovers import drop_leftovers
from app.collections.quota import MEGABYTE, Quota
from app.notices.notice import Notice
from app.settings import Settings
from retrieval.adding.report import AddReport, Became
from retrieval.errors import PaperbackedError
from retrieval.models.embedder import Embedder
from retrieval.papers.papers import open_papers

_NEW = ("added", "no_abstract")
"""Outcomes of a paper that was not there before."""
_LARGER = (*_NEW, "updated")
_log = logging.getLogger("paperbacked.collections")
Had = Callable[[str | None], tuple[int, int]]
"""How many papers a visitor has, and how many bytes."""


class Work:
    """Does jobs. `quota` is what one visitor may have, None for no bound; `had` says what they have. `after` is called
    after each job, whatever became of it."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        had: Had,
        quota: Quota | None,
        after: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._embedder = embedder
        self._had = had
        self._quota = quota
        self._after = after

    def __call__(self, job: Job) -> AddReport | None:
        """Do the job; gives the report of one that adds. Raises `PaperbackedError`, and then nothing was changed."""
        settings = self._settings.model_copy(update={"collection": job.collection})
        note_use(settings.collection_folder)
        try:
            if not job.removes:
                return self._added(job, settings)
            if papers := open_papers(settings.collection_folder):
                papers.close()
                job.removed = remove_papers(settings, job.removes, note=_log.info)
            return None
        except PaperbackedError as error:
            raise self._without_home(error) from error
        finally:
            self._after()

    def _added(self, job: Job, settings: Settings) -> AddReport:
        bounds = _Bounds(job, settings, self._quota, self._had) if self._quota else None

        def told(became: Became) -> None:
            job.told(became)
            if bounds:
                bounds.look(became)

        def stop() -> bool:
            return bounds is not None and bounds.passed()

        try:
            return add_papers(
                settings, job.request, job.progress, _log.info, told=told, stop=stop, embedder=self._embedder
            )
        except BaseException:
            if self._quota:
                drop_leftovers(settings, self._embedder)
            raise

    def _without_home(self, error: PaperbackedError) -> PaperbackedError:
        """The same error, without where on its disk this server has its files."""
        home = str(self._settings.home)
        return PaperbackedError(error.message.replace(f"{home}/", "")) if home in error.message else error


class _Bounds:
    """What a visitor's job may take. The first bound that it passes is why it is stopped."""

    def __init__(self, job: Job, settings: Settings, quota: Quota, had: Had) -> None:
        self._job = job
        self._folder = settings.collection_folder
        self._quota = quota
        papers, size = had(job.visitor)
        self._papers = quota.papers - papers
        self._bytes = quota.bytes - size + bytes_in(self._folder)
        """What the collection may have, beside the visitor's others."""
        self._until = time.monotonic() + quota.seconds

    def look(self, became: Became) -> None:
        """An entry was decided."""
        job = self._job
        job.new += became.outcome in _NEW
        if job.new > self._papers:
            job.too_much = job.too_much or Notice("visitor_papers", limit=self._quota.papers)
        elif became.outcome in _LARGER and bytes_in(self._folder) > self._bytes:
            job.too_much = job.too_much or Notice("visitor_bytes", limit=self._quota.bytes // MEGABYTE)

    def passed(self) -> bool:
        """Whether one was passed, the time too."""
        if self._job.too_much is None and time.monotonic() >= self._until:
            self._job.too_much = Notice("adding_long", limit=round(self._quota.seconds / 60))
        return self._job.too_much is not None
