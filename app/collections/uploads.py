"""Where files lie that are being uploaded: in folders with random names, each process's own, none left behind."""

from __future__ import annotations

import secrets
import shutil
import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import CorpusError
from retrieval.files import not_written

_LOCK = "in-use.lock"


class Uploads:
    """The uploads of one process. What another that is no more has left is removed as this one begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Path | None = None
        self._lock: FileLock | None = None
        self._making = threading.Lock()
        with suppress(OSError):
            for left in [*folder.iterdir()] if folder.exists() else []:
                _remove_if_left(left)

    @property
    def rooms(self) -> int:
        """How many folders of this process are there now."""
        try:
            return sum(1 for folder in self._own.iterdir() if folder.is_dir()) if self._own else 0
        except OSError:
            return 0

    def room(self) -> Path:
        """A new, empty folder that nobody can guess. Raises `CorpusError` where none can be made."""
        try:
            with self._making:
                if self._own is None or not self._own.exists():
                    own = self._folder / secrets.token_hex(8)
                    own.mkdir(parents=True, mode=0o700)
                    self._lock = FileLock(own / _LOCK, timeout=0)
                    self._lock.acquire()
                    self._own = own
                made = self._own / secrets.token_hex(16)
            made.mkdir(mode=0o700)
        except (OSError, Timeout) as error:
            raise CorpusError(not_written(f"The folder {self._folder.name}", error)) from error
        return made


def _remove_if_left(folder: Path) -> None:
    """Remove another process's folder, unless it still runs."""
    try:
        with FileLock(folder / _LOCK, timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except (Timeout, OSError):
        return
    shutil.rmtree(folder, ignore_errors=True)
