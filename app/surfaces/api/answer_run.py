"""One answer being made, which any number may read, each at its own pace.

The chain goes forward one event at a time on the threads of a pool, so that many
answers share few threads, and a new question gets its quotes while others are still
being written. Readers wait on their event loop and hold nobody up.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Generator
from concurrent.futures import Executor
from contextlib import suppress

from app.answering.events import Done, Event, Failed, Status
from app.surfaces.api.server_sent import frame
from app.surfaces.problems import INSIDE

log = logging.getLogger("paperbacked.api")


class AnswerRun:
    """The events of one answer, numbered from 1, kept as they go over the wire.

    `linger_s` is how long the work goes on after the last reader has left. `outcome`
    is the last event once there is one; `broken` says that it failed for no reason of the user's.
    """

    def __init__(self, events: Generator[Event], pool: Executor, linger_s: float = 0.0) -> None:
        self.outcome: Done | Failed | None = None
        self.broken = False
        self.ended_at: float | None = None
        self.size = 0
        self._events = events
        self._pool = pool
        self._linger_s = linger_s
        self._lock = threading.Lock()
        self._frames: list[bytes] = []
        self._status: Status | None = None
        self._readers: set[Reader] = set()
        self._left_at: float | None = None
        self._cancelled = False

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    @property
    def cancelled(self) -> bool:
        """Whether it was given up before its end, because nobody read it any more."""
        return self._cancelled

    def start(self) -> None:
        """Put the first step in the pool's line; each step puts the next one there."""
        try:
            self._pool.submit(self._step)
        except RuntimeError:  # the program is ending
            self._end()

    def join(self, reader: Reader) -> bool:
        """Whether the reader may read it: a run that has been given up has no end to offer."""
        with self._lock:
            if self._cancelled:
                return False
            self._readers.add(reader)
            self._left_at = None
            return True

    def leave(self, reader: Reader) -> None:
        with self._lock:
            self._readers.discard(reader)
            if not self._readers:
                self._left_at = time.monotonic()

    def after(self, number: int) -> tuple[list[bytes], bool]:
        """The events after that number, and whether no more will come."""
        with self._lock:
            return self._frames[number:], self.ended

    def _step(self) -> None:
        if self._given_up():
            self._end()
            return
        try:
            event = next(self._events, None)
            if event is not None:
                self._tell(event)
        # Whatever it is, the readers must not wait for ever.
        except Exception:
            log.exception("An answer broke off.")
            self.broken = True
            self._tell(Failed(INSIDE))
            event = None
        if event is None:
            self._end()
        else:
            self.start()

    def _given_up(self) -> bool:
        with self._lock:
            left = self._left_at
            self._cancelled = left is not None and time.monotonic() - left >= self._linger_s
            return self._cancelled

    def _tell(self, event: Event) -> None:
        if isinstance(event, Status):
            # A waiting chain says the same again and again, so that it can be stopped; once is enough to read.
            if event == self._status:
                return
            self._status = event
        if isinstance(event, Done | Failed):
            self.outcome = event
        told = frame(len(self._frames) + 1, event)
        with self._lock:
            self._frames.append(told)
            self.size += len(told)
        self._wake()

    def _end(self) -> None:
        try:
            self._events.close()
        except Exception:
            log.exception("An answer could not be closed.")
        with self._lock:
            self.ended_at = time.monotonic()
            if self._cancelled:
                self._frames.clear()
                self.size = 0
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            readers = tuple(self._readers)
        for reader in readers:
            reader.wake()


class Reader:
    """One who reads a run on the running event loop; leaves it at the end of the `with`."""

    def __init__(self, after: int = 0) -> None:
        self._at = after
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._run: AnswerRun | None = None
        self._stopped = False

    def reads(self, run: AnswerRun) -> bool:
        """Begin with this run; false where it has been given up."""
        joined = run.join(self)
        self._run = run if joined else None
        return joined

    @property
    def run(self) -> AnswerRun:
        assert self._run is not None, "a reader must have joined a run"
        return self._run

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *failure: object) -> None:
        self.run.leave(self)

    def wake(self) -> None:
        """Called by the run, from any thread."""
        with suppress(RuntimeError):  # its loop is closed, so it has gone
            self._loop.call_soon_threadsafe(self._news.set)

    async def more(self, patience_s: float) -> bytes | None:
        """What has come since the last call; empty where nothing does within that time, None after the end."""
        frames, ended = self.run.after(self._at)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                # More than once, because a wake can be late and tell of what has been read.
                while not (frames or ended or self._stopped):
                    await self._news.wait()
                    self._news.clear()
                    frames, ended = self.run.after(self._at)
        if self._stopped or (ended and not frames):
            return None
        self._at += len(frames)
        return b"".join(frames)

    def stop(self) -> None:
        """Read no more; a call that waits for news returns."""
        self._stopped = True
        self._news.set()
