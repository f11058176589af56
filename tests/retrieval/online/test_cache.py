"""What is kept of servers' answers, for how long, and how much."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from retrieval.errors import OnlineError
from retrieval.online.cache import Cache, Kept

DAY = 86_400


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def test_what_is_kept_for_a_month_and_nothing_for_a_day(tmp_path: Path) -> None:
    clock = Clock()
    cache = Cache(tmp_path, now=clock)
    assert cache.get("a") is None
    cache.keep("a", "ünïcode \ud800")
    cache.keep("b", None)
    assert cache.get("a") == Kept("ünïcode ?") and cache.get("b") == Kept(None)
    clock.now += 1.5 * DAY
    assert Cache(tmp_path, now=clock).get("a") == Kept("ünïcode ?") and cache.get("b") is None
    clock.now += 29 * DAY
    assert cache.get("a") is None
    clock.now -= 60 * DAY  # A clock that is set back makes nothing last for ever.
    assert cache.get("a") is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"asked": "b", "at": 1, "text": ""}', b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path)
    cache.keep("a", "text")
    next(tmp_path.glob("*/*.json")).write_bytes(damage)
    assert cache.get("a") is None
    cache.keep("a", "again")
    assert cache.get("a") == Kept("again")


def test_a_file_that_was_not_filled_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def half(draft: Path) -> None:
        draft.write_bytes(b"%PDF-1.7 half")
        raise OnlineError("broken off")

    with pytest.raises(OnlineError, match=r"^broken off$"):
        cache.fill("a", half)
    assert cache.file("a") is None and not [path for path in tmp_path.rglob("*") if path.is_file()]

    def whole(draft: Path) -> None:
        draft.write_bytes(b"whole")

    path = cache.fill("a", whole)
    assert cache.file("a") == path and path.read_bytes() == b"whole"
    os.utime(path, (0, 0))
    assert cache.file("a") is None


def test_the_oldest_go_where_it_is_too_much(tmp_path: Path) -> None:
    cache = Cache(tmp_path, most_bytes=20_000)
    for number in range(15):
        cache.keep(str(number), "x" * 2_000)
        for path in tmp_path.glob("*/*"):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 60))
    kept = [number for number in range(15) if cache.get(str(number))]
    assert kept == list(range(kept[0], 15)) and 5 < len(kept) < 11
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 20_000
    # A later run counts what an earlier one left.
    Cache(tmp_path, most_bytes=5_000).keep("last", "y")
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 5_000


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OnlineError, match="The cache of papers from the web cannot be written"):
        Cache(tmp_path / "file" / "cache").keep("a", "text")
