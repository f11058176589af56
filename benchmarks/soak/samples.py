"""What a server has of the machine, looked at again and again, and whether it stays as it was."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import psutil


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process had `seconds` after the beginning: memory in megabytes, threads and open handles."""

    seconds: float
    megabytes: float
    threads: int
    handles: int


@dataclass(frozen=True, slots=True)
class Bound:
    """By how much the last third may be above the first: a share of it, and as much more whatever it is."""

    share: float
    more: float

    def limit(self, first: float) -> float:
        """The most that the last third may have."""
        return first * (1 + self.share) + self.more


TIME = "answer, median s"
BOUNDS = {
    "memory, MB": Bound(0.03, 25),
    "threads": Bound(0, 4),
    "handles": Bound(0, 8),
    TIME: Bound(0.5, 0.2),
}
"""Memory: what the allocator keeps for threads that come and go is 20 MB more or less. Time: other work beside it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The median of the first and of the last third, and what the last may be."""

    what: str
    first: float
    last: float
    limit: float

    @property
    def flat(self) -> bool:
        return self.last <= self.limit


@contextmanager
def sampling(process: psutil.Process, every_s: float) -> Iterator[list[Sample]]:
    """Samples of the process, more of them as time goes by, until the block ends."""
    samples: list[Sample] = []
    over = threading.Event()
    began = time.monotonic()

    def look() -> None:
        while not over.wait(every_s):
            try:
                with process.oneshot():
                    memory, threads = process.memory_info().rss / 1e6, process.num_threads()
                handles = process.num_fds()
            except psutil.NoSuchProcess:
                return
            samples.append(Sample(time.monotonic() - began, memory, threads, handles))

    looking = threading.Thread(target=look, name="sampling", daemon=True)
    looking.start()
    try:
        yield samples
    finally:
        over.set()
        looking.join()


def judged(samples: Sequence[Sample], took: Sequence[tuple[float, float]], warm_s: float) -> list[Verdict]:
    """A verdict on each of `BOUNDS`; what was before `warm_s` seconds does not count."""
    series: dict[str, list[tuple[float, float]]] = {
        "memory, MB": [(one.seconds, one.megabytes) for one in samples],
        "threads": [(one.seconds, one.threads) for one in samples],
        "handles": [(one.seconds, one.handles) for one in samples],
        TIME: sorted(took),
    }
    verdicts: list[Verdict] = []
    for what, bound in BOUNDS.items():
        values = [value for seconds, value in series[what] if seconds >= warm_s]
        third = len(values) // 3
        if not third:
            raise ValueError(f"There are only {len(values)} values of {what}: run it longer.")
        first, last = median(values[:third]), median(values[-third:])
        verdicts.append(Verdict(what, first, last, bound.limit(first)))
    return verdicts
