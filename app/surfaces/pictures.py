"""Pictures of the pages of PDFs: drawn in a process of their own, a few at once, and kept on the disk for a while."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from app.notices.notice import Notice
from app.surfaces.collections import CrowdedError
from retrieval.files import replacing

AT_ONCE = 2
MOST_WAITING = 20
MOST_BYTES = 500_000_000
STEP = 100
"""Widths are rounded up to a multiple of it, so that a page has few pictures."""
MIN_WIDTH, MAX_WIDTH = 200, 2_000
_SWEPT_TO = 0.8
"""Once too much is kept, the oldest goes until so much of the room is taken."""

Render = Callable[[Path, int, int], bytes]


def pictures_folder(home: Path) -> Path:
    """Where a home folder's pictures are."""
    return home / "cache" / "pages"


def rounded(width: int) -> int:
    """The width in which a page is drawn for who asks for `width` pixels."""
    return min(MAX_WIDTH, max(MIN_WIDTH, -(-width // STEP) * STEP))


class PagePictures:
    """Draws pages with `render` (file, page from 1, width in pixels: a PNG) and keeps them in `folder`, if any.

    Of the requests for one picture the first has it drawn; the others wait for it.
    """

    def __init__(self, render: Render, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._render = render
        self._folder = folder
        self._most_bytes = most_bytes
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="paperbacked-pages")
        # What is drawn at once is forgotten while its request still holds the lock.
        self._lock = threading.RLock()
        self._drawing: dict[str, Future[bytes]] = {}
        self._kept_bytes: int | None = None

    async def picture(self, file: Path, page: int, width: int) -> bytes:
        """The PNG of a page of a PDF that is named by its SHA-256.

        Raises `CrowdedError` where too many wait, and `PaperbackedError` where it cannot be drawn.
        """
        name = f"{file.stem}-{page}-{rounded(width)}.png"
        with self._lock:
            drawing = self._drawing.get(name)
            if drawing is None:
                if len(self._drawing) >= AT_ONCE + MOST_WAITING:
                    raise CrowdedError(Notice("pages_crowded"))
                drawing = self._drawing[name] = self._threads.submit(self._drawn, file, page, rounded(width), name)
                drawing.add_done_callback(lambda _: self._forget(name))
        # A reader who goes away must not take it from those who wait with them.
        return await asyncio.shield(asyncio.wrap_future(drawing))

    def _forget(self, name: str) -> None:
        with self._lock:
            self._drawing.pop(name, None)

    def _drawn(self, file: Path, page: int, width: int, name: str) -> bytes:
        kept = self._folder / name if self._folder else None
        if kept:
            with suppress(OSError):
                picture = kept.read_bytes()
                os.utime(kept)  # The one that nobody looks at goes first.
                return picture
        picture = self._render(file, page, width)
        if kept:
            # Without room, or a folder that can be written to, it is drawn again the next time.
            with suppress(OSError):
                self._keep(kept, picture)
        return picture

    def _keep(self, kept: Path, picture: bytes) -> None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with replacing(kept) as draft:
            draft.write_bytes(picture)
        with self._lock:
            before = self._kept_bytes
            self._kept_bytes = len(picture) + before if before is not None else _bytes_in(kept.parent)
            too_much = self._kept_bytes > self._most_bytes
        if too_much:
            self._sweep(kept.parent)

    def _sweep(self, folder: Path) -> None:
        """Remove the oldest pictures."""
        found = [(file.stat(), file) for file in folder.glob("*.png")]
        left = sum(state.st_size for state, _ in found)
        for state, file in sorted(found, key=lambda one: one[0].st_mtime_ns):
            if left <= _SWEPT_TO * self._most_bytes:
                break
            file.unlink(missing_ok=True)
            left -= state.st_size
        with self._lock:
            self._kept_bytes = left


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.png"))
