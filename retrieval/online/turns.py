"""One request after the other to a server that wants it so, among all processes of this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import OnlineError
from retrieval.files import writing

MOST_WAIT_SECONDS = 180.0
"""Longer than another process's request with all its tries takes, most of the time."""


class Turns:
    """Turns of a server, at least `seconds` apart; two processes with the same `file` share them."""

    def __init__(self, file: Path, seconds: float, pause: Callable[[float], None] = time.sleep) -> None:
        self._file = file
        self._seconds = seconds
        self._pause = pause

    @contextmanager
    def turn(self, name: str) -> Generator[None, None, None]:
        """Within it nobody else asks the server, and its last request ended at least `seconds` ago.

        Raises `OnlineError` where the turn does not come, or where the file cannot be written.
        """
        with writing("The turns of " + name, OnlineError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(f"{self._file}.lock", timeout=MOST_WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout as error:
            raise OnlineError(f"{name} is being asked by another program all the time: wait for it to end.") from error
        try:
            if (wait := self._wait()) > 0:
                self._pause(wait)
            yield
        finally:
            self._ended()
            lock.release()

    def _wait(self) -> float:
        try:
            passed = time.time() - self._file.stat().st_mtime
        except FileNotFoundError:
            return 0.0
        # A clock that was set back must not make anybody wait for hours.
        return min(self._seconds, self._seconds - passed)

    def _ended(self) -> None:
        with writing("The turns of a server", OnlineError):
            self._file.touch()
