"""How many papers collections have, looked at again only where their databases were written to."""

from __future__ import annotations

import threading
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.papers.database import FILE
from retrieval.papers.papers import open_papers

_State = tuple[tuple[int, int, int], ...]
MOST = 5_000
"""Collections whose counts are remembered."""


class PaperCounts:
    """Counts by folder; safe from any thread."""

    def __init__(self) -> None:
        self._counted: dict[Path, tuple[_State, int]] = {}
        self._lock = threading.Lock()

    def of(self, folder: Path) -> int:
        """How many papers the collection in `folder` has; 0 for one without any, or that is damaged."""
        state = _state(folder)
        with self._lock:
            known = self._counted.get(folder)
        if known and known[0] == state:
            return known[1]
        count = _counted(folder)
        with self._lock:
            if len(self._counted) >= MOST:
                self._counted.clear()
            self._counted[folder] = state, count
        return count


def _state(folder: Path) -> _State:
    """Of the database's files: which they are, how long, and when they were last written."""
    found: list[tuple[int, int, int]] = []
    for name in (FILE, f"{FILE}-wal"):
        try:
            state = (folder / name).stat()
        except OSError:
            continue
        found.append((state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(found)


def _counted(folder: Path) -> int:
    try:
        papers = open_papers(folder)
    except CorpusError:
        return 0  # Whoever asks it is told.
    if papers is None:
        return 0
    count = len(papers)
    papers.close()
    return count
