"""One answer being made, which any number may read, each at its own pace.

The chain goes forward on the threads of a pool, a turn at a time, so that many answers
share few threads. Readers wait on their event loop and hold nobody up.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass

from app.answering.events import Done, Event, Failed, Quotes, Status
from app.notices.notice import Notice
from retrieval.errors import PaperbackedError

TURN_SECONDS = 0.05
"""After so long, and the event that is then being made, an answer leaves its thread to the next one."""

log = logging.getLogger("paperbacked.answers")


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where an answer waits for a thread: until its quotes are found, and from then on.

    They are apart because the second may wait for a language model for long, and nobody's quotes should.
    """

    finding: Executor
    writing: Executor


class AnswerRun:
    """The events of one answer, numbered from 1.

    `linger_s` is how long the work goes on after the last reader has left; `closed` is called
    once the work has ended. `outcome` is the last event once there is one; `broken` says that
    it failed for no reason of the user's, which the log then tells.
    """

    def __init__(
        self,
        events: Generator[Event],
        lanes: Lanes,
        linger_s: float = 0.0,
        closed: Callable[[AnswerRun], None] = lambda run: None,
    ) -> None:
        self.outcome: Done | Failed | None = None
        self.broken = False
        self.ended_at: float | None = None
        self._events = events
        self._lanes = lanes
        self._lane = lanes.finding
        self._linger_s = linger_s
        self._closed = closed
        self._lock = threading.Lock()
        self._told: list[Event] = []
        self._status: Status | None = None
        self._readers: set[EventReader] = set()
        self._left_at: float | None = None
        self._cancelled = False

    @property
    def ended(self) -> bool:
        """Whether no more events will come."""
        return self.ended_at is not None

    @property
    def cancelled(self) -> bool:
        """Whether it was given up before its end, because nobody read it any more."""
        return self._cancelled

    def start(self) -> None:
        """Put the next turn in the line for a thread; each turn puts the one after it there."""
        try:
            self._lane.submit(self._turn)
        except RuntimeError:  # the program is ending
            self.break_off()
            self._close()

    def break_off(self) -> None:
        """End it for its readers, now; the work is closed as soon as it can be reached."""
        self._tell(Failed(Notice("stopped")))

    def join(self, after: int = 0) -> EventReader | None:
        """A reader of the events after that number, on the running event loop; None where the run has been given up."""
        reader = EventReader(self, after)
        with self._lock:
            if self._cancelled:
                return None
            self._readers.add(reader)
            self._left_at = None
            return reader

    def leave(self, reader: EventReader) -> None:
        with self._lock:
            self._readers.discard(reader)
            if not self._readers:
                self._left_at = time.monotonic()

    def after(self, number: int) -> tuple[list[Event], bool]:
        """The events after that number, and whether no more will come."""
        with self._lock:
            return self._told[number:], self.ended

    def _turn(self) -> None:
        lane, until = self._lane, time.monotonic() + TURN_SECONDS
        while not self._over():
            self._go_on()
            if self._lane is not lane or time.monotonic() >= until:
                break
        if self.ended:
            self._close()
        else:
            self.start()

    def _over(self) -> bool:
        """Whether it has ended; where nobody has read it for too long, it has now."""
        with self._lock:
            left = self._left_at
            if not self.ended and left is not None and time.monotonic() - left >= self._linger_s:
                self._cancelled, self.ended_at = True, time.monotonic()
                self._told.clear()
            return self.ended

    def _go_on(self) -> None:
        try:
            event = next(self._events)
        except PaperbackedError as error:
            self._tell(Failed(error.message))
        # Whatever it is, the readers must not wait for ever.
        except Exception:
            log.exception("An answer broke off.")
            self._tell(Failed(Notice("inside")), broken=True)
        else:
            self._tell(event)

    def _tell(self, event: Event, *, broken: bool = False) -> None:
        with self._lock:
            # A waiting chain says the same again and again, so that it can be stopped; once is enough to read.
            if self.ended or event == self._status:
                return
            self._told.append(event)
            match event:
                case Status():
                    self._status = event
                case Quotes():
                    self._lane = self._lanes.writing
                case Done() | Failed():
                    self.outcome, self.broken, self.ended_at = event, broken, time.monotonic()
            readers = tuple(self._readers)
        for reader in readers:
            reader.wake()

    def _close(self) -> None:
        try:
            self._events.close()
        except Exception:
            log.exception("An answer could not be closed.")
        self._closed(self)


class EventReader:
    """One who reads a run on the running event loop; leaves it at the end of the `with`. `AnswerRun.join` makes it."""

    def __init__(self, run: AnswerRun, after: int = 0) -> None:
        self.run = run
        self.at = after
        """The number of the last event that was read."""
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._stopped = False

    def __enter__(self) -> EventReader:
        return self

    def __exit__(self, *failure: object) -> None:
        self.run.leave(self)

    def wake(self) -> None:
        """Called by the run, from any thread."""
        with suppress(RuntimeError):  # its loop is closed, so it has gone
            self._loop.call_soon_threadsafe(self._news.set)

    async def more(self, patience_s: float | None = None) -> list[Event] | None:
        """What has come since the last call; empty where nothing does within that time, None after the end."""
        events, ended = self.run.after(self.at)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                # More than once, because a wake can be late and tell of what has been read.
                while not (events or ended or self._stopped):
                    await self._news.wait()
                    self._news.clear()
                    events, ended = self.run.after(self.at)
        if self._stopped or (ended and not events):
            return None
        self.at += len(events)
        return events

    def stop(self) -> None:
        """Read no more; a call that waits for news returns."""
        self._stopped = True
        self._news.set()
