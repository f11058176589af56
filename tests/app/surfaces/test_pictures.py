"""Pictures of pages: drawn once, two at a time, kept as long as there is room."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.surfaces.collections import CrowdedError
from app.surfaces.pictures import AT_ONCE, MOST_WAITING, PagePictures, rounded
from retrieval.errors import DocumentError

FILE = Path(f"{'a' * 64}.pdf")


class Pencil:
    """Draws as slowly as it is told to, and remembers what."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.drawn: list[tuple[int, int]] = []
        self.most_at_once = 0
        self.go = threading.Event()
        self.go.set()
        self._lock = threading.Lock()
        self._now = 0

    def __call__(self, file: Path, page: int, width: int) -> bytes:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.drawn.append((page, width))
        assert self.go.wait(10)
        with self._lock:
            self._now -= 1
        return bytes(self.size)


def test_a_page_is_drawn_once_for_all_who_want_it(tmp_path: Path) -> None:
    pencil = Pencil()
    pictures = PagePictures(pencil, tmp_path / "pages")

    async def wanted() -> None:
        await asyncio.gather(*(pictures.picture(FILE, 1, width) for width in (401, 450, 500)))
        await pictures.picture(FILE, 1, 500)

    asyncio.run(wanted())
    assert pencil.drawn == [(1, 500)]
    # Another server over the same home has it, too.
    other = Pencil()
    asyncio.run(PagePictures(other, tmp_path / "pages").picture(FILE, 1, 500))
    assert other.drawn == []


def test_two_are_drawn_at_once_and_twenty_wait() -> None:
    pencil = Pencil()
    pencil.go.clear()
    pictures = PagePictures(pencil)

    async def crowd() -> list[bytes]:
        waiting = [asyncio.create_task(pictures.picture(FILE, page, 500)) for page in range(AT_ONCE + MOST_WAITING)]
        await asyncio.sleep(0.1)
        with pytest.raises(CrowdedError):
            await pictures.picture(FILE, 99, 500)
        # Who wants what is being drawn takes no place.
        also = asyncio.create_task(pictures.picture(FILE, 0, 500))
        await asyncio.sleep(0)
        pencil.go.set()
        return await asyncio.gather(*waiting, also)

    assert len(asyncio.run(crowd())) == AT_ONCE + MOST_WAITING + 1
    assert pencil.most_at_once == AT_ONCE


def test_a_reader_who_leaves_takes_it_from_nobody() -> None:
    pencil = Pencil()
    pencil.go.clear()
    pictures = PagePictures(pencil)

    async def one_leaves() -> bytes:
        leaving = asyncio.create_task(pictures.picture(FILE, 1, 500))
        staying = asyncio.create_task(pictures.picture(FILE, 1, 500))
        await asyncio.sleep(0.05)
        leaving.cancel()
        await asyncio.sleep(0)
        pencil.go.set()
        return await staying

    assert asyncio.run(one_leaves()) == bytes(10)


def test_a_failure_is_told_and_not_kept(tmp_path: Path) -> None:
    def fails(file: Path, page: int, width: int) -> bytes:
        raise DocumentError("The page cannot be drawn.")

    pictures = PagePictures(fails, tmp_path)
    for _ in range(2):
        with pytest.raises(DocumentError):
            asyncio.run(pictures.picture(FILE, 1, 500))
    assert list(tmp_path.iterdir()) == [] and not pictures._drawing


def test_the_longest_unseen_go_first_where_there_is_no_room(tmp_path: Path) -> None:
    pictures = PagePictures(Pencil(1_000), tmp_path, most_bytes=5_000)

    async def look(page: int) -> None:
        await pictures.picture(FILE, page, 500)

    for number in range(5):
        asyncio.run(look(number))
        for age, file in enumerate(sorted(tmp_path.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)):
            long_ago = time.time() - 10 * (age + 1)
            os.utime(file, (long_ago, long_ago))
    asyncio.run(look(0))  # seen again
    asyncio.run(look(5))
    kept = {file.name.split("-")[1] for file in tmp_path.iterdir()}
    assert "0" in kept and "5" in kept and "1" not in kept
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 5_000


def test_without_a_folder_that_can_be_written_to_it_is_drawn_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert asyncio.run(PagePictures(Pencil(), blocked / "pages").picture(FILE, 1, 500)) == bytes(10)


@pytest.mark.parametrize(("asked", "drawn"), [(200, 200), (201, 300), (1, 200), (2_000, 2_000), (9_999, 2_000)])
def test_there_are_few_widths(asked: int, drawn: int) -> None:
    assert rounded(asked) == drawn


class AtOnce(ThreadPoolExecutor):
    """Has everything done before it says that it will be."""

    def submit(self, fn: Any, /, *args: Any, **more: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **more))
        return done


def test_a_picture_that_is_drawn_at_once_holds_nothing_up() -> None:
    """A small page may be drawn before its request has noted who waits for it."""
    pictures = PagePictures(Pencil())
    pictures._threads = AtOnce(1)
    drawn: list[bytes] = []

    def ask() -> None:
        drawn.append(asyncio.run(pictures.picture(FILE, 1, 500)))

    for _ in range(2):
        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(5)
    assert drawn == [bytes(10)] * 2 and not pictures._drawing
