"""What servers have said lately, kept in files so that nobody is asked the same thing twice."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import OnlineError
from retrieval.files import replacing, writing
from retrieval.json_lines import is_object

DAYS = 30
NOTHING_DAYS = 1
"""A work that a server does not know today may be registered tomorrow."""
MOST_BYTES = 500_000_000
_LEFT = 0.8
"""The share of `MOST_BYTES` that is left where it was too much, so that the oldest need not be looked for each time."""
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept for an address; `text` is None where the server had nothing there."""

    text: str | None


class Cache:
    """Answers in a folder, each in a file named by the hash of what was asked; the oldest go beyond `most_bytes`."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, now: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._now = now
        self._bytes: int | None = None

    def get(self, asked: str) -> Kept | None:
        """What was kept for it lately; None where nothing was, or where it cannot be read any more."""
        try:
            record = json.loads(self._file(asked, "json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        if not is_object(record) or record.get("asked") != asked:
            return None
        at, text = record.get("at"), record.get("text")
        if not isinstance(at, int | float) or not (text is None or isinstance(text, str)):
            return None
        days = NOTHING_DAYS if text is None else DAYS
        return Kept(text) if 0 <= self._now() - at < days * _DAY_SECONDS else None

    def keep(self, asked: str, text: str | None) -> None:
        """Keep what a server said. Raises `OnlineError` where it cannot be written."""
        record = json.dumps({"asked": asked, "at": self._now(), "text": text}, ensure_ascii=False)
        with self._written(), replacing(self._made(asked, "json")) as draft:
            draft.write_text(record, encoding="utf-8", errors="replace")
        self._count(len(record))

    def file(self, asked: str) -> Path | None:
        """A PDF that was fetched lately."""
        path = self._file(asked, "pdf")
        with suppress(OSError):
            if 0 <= self._now() - path.stat().st_mtime < DAYS * _DAY_SECONDS:
                return path
        return None

    def fill(self, asked: str, write: Callable[[Path], None]) -> Path:
        """The file that `write` has filled; what it raises leaves nothing behind."""
        path = self._made(asked, "pdf")
        with self._written(), replacing(path) as draft:
            write(draft)
        self._count(path.stat().st_size)
        return path

    def _written(self):
        return writing("The cache of papers from the web", OnlineError)

    def _file(self, asked: str, ending: str) -> Path:
        name = hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()
        return self.folder / name[:2] / f"{name}.{ending}"

    def _made(self, asked: str, ending: str) -> Path:
        path = self._file(asked, ending)
        with self._written():
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _count(self, added: int) -> None:
        """Count what came, and let the oldest go where it is too much."""
        if self._bytes is None:
            self._bytes = sum(size for _, size, _ in self._files())
        else:
            self._bytes += added
        if self._bytes <= self._most_bytes:
            return
        for _, size, path in sorted(self._files())[:-1]:
            if self._bytes <= _LEFT * self._most_bytes:
                break
            with suppress(OSError):  # Another process may be removing it too.
                path.unlink(missing_ok=True)
            self._bytes -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        """Time, size and path of all that is kept."""
        found: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("??/*"):
            with suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
        return found
