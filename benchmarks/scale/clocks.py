"""Where time, memory and disk go."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
BEGINNING = "beginning"
SHARES = (50, 95, 99)


class StageClock:
    """Seconds by stage of a long work, which tells its stages as it tells its progress."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._now = now
        self._stage, self._since, self._over = BEGINNING, now(), False

    def progress(self, label: str, done: int, total: int) -> None:
        """A `Progress`. A stage lasts until all of it is done; what comes then is part of the next one that tells."""
        if self._over:
            self._stage = label
        self.turn(label)
        self._over = done >= total

    def turn(self, stage: str) -> str:
        """From now on it is that stage; gives the one before."""
        now = self._now()
        self.seconds[self._stage] += now - self._since
        before, self._stage, self._since = self._stage, stage, now
        return before

    def reading(self, stage: str, source: Iterable[T]) -> Iterator[T]:
        """The same things; what it takes to get each of them is the stage, within whatever stage asks for them."""
        there = iter(source)
        while True:
            around = self.turn(stage)
            try:
                one = next(there)
            except StopIteration:
                return
            finally:
                self.turn(around)
            yield one


class Stopwatch:
    """Milliseconds by stage of many short works, each of which may come to a stage several times."""

    def __init__(self) -> None:
        self._within = threading.local()
        self._spent: dict[str, float] = defaultdict(float)
        self._watching: list[tuple[Any, str]] = []
        self.rounds: dict[str, list[float]] = defaultdict(list)

    def watch(self, owner: Any, methods: Sequence[str], stage: str) -> None:
        """From now on those methods of the object are the stage; what they call in turn is part of it."""
        for name in methods:
            setattr(owner, name, self._watched(getattr(owner, name), stage))
            self._watching.append((owner, name))

    def unwatch(self) -> None:
        """Leave all of them as they were: several threads at once are not told apart."""
        for owner, name in self._watching:
            delattr(owner, name)
        self._watching.clear()

    def _watched(self, method: Callable[..., T], stage: str) -> Callable[..., T]:
        def watched(*arguments: Any, **named: Any) -> T:
            if getattr(self._within, "stage", None):
                return method(*arguments, **named)
            self._within.stage = stage
            began = time.perf_counter()
            try:
                return method(*arguments, **named)
            finally:
                self._spent[stage] += 1000 * (time.perf_counter() - began)
                self._within.stage = None

        return watched

    def round(self, work: Callable[[], object]) -> float:
        """Do one of the works; gives its milliseconds."""
        self._spent.clear()
        took = milliseconds(work)
        for stage, spent in self._spent.items():
            self.rounds[stage].append(spent)
        return took


def milliseconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def percentiles(name: str, took: Sequence[float]) -> dict[str, float]:
    """Percentiles 50, 95 and 99, named after what was measured."""
    return {f"{name} p{share}": float(np.percentile(took, share)) for share in SHARES} if took else {}


def peak_gigabytes() -> float:
    """The most memory that this process has had. Not from `getrusage`, which counts that of who began it too."""
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) * 1024 / 1e9


def folder_bytes(path: Path) -> int:
    """What a file or a folder takes of the disk."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_blocks * 512 for each in files)


def out_of_memory(folder: Path) -> None:
    """Have the system forget what it holds of the folder's files, so that they are read from disk as after a boot."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
