"""Papers that are being added, one job after the other, on a thread of their own."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.notices.notice import Notice
from app.surfaces.collections import CrowdedError, JobState, Running, UploadRoom
from retrieval.adding.report import AddReport, Became
from retrieval.adding.request import AddRequest
from retrieval.errors import PaperbackedError

MOST_WAITING = 20
MOST_BECAME = 10_000
"""Entries of one job that are told; its report has no more either."""
KEPT_SECONDS = 3_600.0
"""How long after its end a job is still known …"""
MOST_KEPT_ENTRIES = 100_000
"""… unless those that ended later have so many entries together."""
IDLE_SECONDS = 5.0
"""How long the thread waits for another job before it ends."""
_ID_BYTES = 16
_log = logging.getLogger("paperbacked.adding")


@dataclass(eq=False)
class Job:
    """One request to add papers to a collection, or to remove some, and how far it is.

    Written by the thread that does it, read by any.
    """

    collection: str
    request: AddRequest
    room: UploadRoom | None = None
    visitor: str | None = None
    client: str = ""
    """Who sent it, as clients are counted."""
    removes: tuple[str, ...] = ()
    """Ids of papers that are removed instead."""
    id: str = field(default_factory=lambda: secrets.token_hex(_ID_BYTES))
    state: Running = "running"
    doing: str = ""
    total: int = 0
    done: int = 0
    report: AddReport | None = None
    error: str | None = None
    ended_at: float | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    removed: int = 0
    new: int = 0
    """Papers that were not there before."""
    became: list[Became] = field(default_factory=list)
    too_much: str | None = None
    """Why it is stopped, once it is; what stops it is for whoever runs it to say."""

    def told(self, became: Became) -> None:
        """An entry was decided."""
        if len(self.became) < MOST_BECAME:
            self.became.append(became)
        self.done += 1

    def progress(self, label: str, done: int, total: int) -> None:
        """A `Progress`: what is being done now."""
        self.doing = label

    def told_after(self, after: int) -> JobState:
        """How far it is, with what became of the entries after that number."""
        became = tuple(self.became[after:])
        total = self.done if self.ended_at is not None else max(self.total, self.done)
        return JobState(self.state, self.done, total, became, after, self.doing, self.report, self.error)


class AddingJobs:
    """A queue of jobs and the thread that runs them; safe from any thread.

    `run` does one and gives its report. A job's room is discarded at its end, whatever that is. Jobs are not kept
    over a restart: what was not complete has changed nothing.
    """

    def __init__(self, run: Callable[[Job], AddReport | None], now: Callable[[], float] = time.monotonic) -> None:
        self._run = run
        self._now = now
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._jobs: dict[str, Job] = {}
        self._thread: threading.Thread | None = None

    def begin(self, job: Job) -> str:
        """Put it at the end of the queue; gives its id. Raises `CrowdedError` where too many wait."""
        with self._changed:
            self._forget()
            if len(self._waiting) >= MOST_WAITING:
                raise CrowdedError(Notice("adding_crowded"))
            self._jobs[job.id] = job
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="adding", daemon=True)
                self._thread.start()
            self._changed.notify()
            return job.id

    def get(self, job_id: str) -> Job | None:
        """The job of that id, None where there is none any more."""
        with self._changed:
            self._forget()
            return self._jobs.get(job_id)

    def pending(self, collection: str) -> bool:
        """Whether papers of a job are being added to that collection, or wait to be."""
        with self._changed:
            return any(job.collection == collection for job in self._busy())

    def waiting_of(self, visitor: str | None) -> int:
        """How many jobs of that visitor are under way or wait."""
        with self._changed:
            return sum(job.visitor == visitor for job in self._busy())

    def waiting_from(self, client: str) -> int:
        """How many jobs that client has sent, whoever it says that it is, are under way or wait."""
        with self._changed:
            return sum(job.client == client for job in self._busy())

    def _busy(self) -> tuple[Job, ...]:
        return (*((self._running,) if self._running else ()), *self._waiting)

    def _forget(self) -> None:
        ended_before = self._now() - KEPT_SECONDS
        ended = [(job.ended_at, job) for job in self._jobs.values() if job.ended_at is not None]
        entries = 0
        for at, job in sorted(ended, key=lambda one: one[0], reverse=True):
            if at < ended_before or entries > MOST_KEPT_ENTRIES:
                del self._jobs[job.id]
            entries += len(job.became)

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting and not self._changed.wait_for(lambda: self._waiting, IDLE_SECONDS):
                    self._thread = None  # The next job has another one.
                    return
                job = self._running = self._waiting.popleft()
            self._do(job)
            with self._changed:
                self._running = None

    def _do(self, job: Job) -> None:
        try:
            job.report = self._run(job)
        except PaperbackedError as error:
            job.error = job.too_much or error.message
        # Whatever it is, whoever waits is told, and the next job is done.
        except BaseException:
            _log.exception("Papers could not be added.")
            job.error = Notice("inside")
        finally:
            if job.room:
                job.room.discard()
            job.request = replace(job.request, text="")  # It may be megabytes, and the job is known for an hour.
            job.ended_at = self._now()
            job.state = "failed" if job.error else "done"
            job.ended.set()
