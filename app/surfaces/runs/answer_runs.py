"""All answers that are being made for programs, on threads that they share."""

from __future__ import annotations

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

from app.answering.events import Event
from app.notices.notice import Notice
from app.surfaces.runs.answer_run import AnswerRun, EventReader, Lanes
from retrieval.errors import PaperbackedError

FINDING_THREADS = 8
"""Finding quotes is work for the processor: more of them at once would only get into each other's way."""
WRITING_THREADS = 32
"""Writing is mostly waiting for a language model."""


class AnswerRuns:
    """Starts answers, and breaks off those under way; safe from any thread. One serves the whole application."""

    def __init__(self, finding_threads: int = FINDING_THREADS, writing_threads: int = WRITING_THREADS) -> None:
        self._lanes = Lanes(
            ThreadPoolExecutor(finding_threads, thread_name_prefix="paperbacked-finding"),
            ThreadPoolExecutor(writing_threads, thread_name_prefix="paperbacked-writing"),
        )
        self._lock = threading.Lock()
        self._under_way: set[AnswerRun] = set()
        self._stopping = False

    def begin(self, events: Generator[Event], after: int = 0, linger_s: float = 0.0) -> EventReader:
        """A reader of a new answer, from the event after number `after`.

        The work ends `linger_s` seconds after its last reader has left. Raises
        `PaperbackedError` where the program is ending.
        """
        run = AnswerRun(events, self._lanes, linger_s, self._forget)
        reader = run.join(after)
        assert reader is not None, "a run that nobody has left is not given up"
        with self._lock:
            if self._stopping:
                events.close()
                raise PaperbackedError(Notice("stopped"))
            self._under_way.add(run)
        run.start()
        return reader

    def break_off(self) -> None:
        """End every answer under way with a `Failed` that says that the server is being stopped; begin no more."""
        with self._lock:
            self._stopping = True
            under_way = tuple(self._under_way)
        for run in under_way:
            run.break_off()

    @property
    def under_way(self) -> int:
        """How many answers are being made; one counts until its work has been closed."""
        with self._lock:
            return len(self._under_way)

    def _forget(self, run: AnswerRun) -> None:
        with self._lock:
            self._under_way.discard(run)
