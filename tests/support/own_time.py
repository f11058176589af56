"""A thread's own work in seconds of the machine that bounds of time are meant for, however slow or busy this one is."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable

YARDSTICK_SECONDS = 0.02
_WORD = re.compile(r"\w+ ")


def yardstick() -> float:
    """Seconds that this machine takes, now, for work that takes the machine meant by all bounds `YARDSTICK_SECONDS`."""
    began = time.thread_time()
    for n in range(100_000):
        _WORD.match("one two", n % 7)
    return time.thread_time() - began


def own_seconds() -> Callable[[], float]:
    """Begins now; what comes back tells the seconds since.

    Neither other processes count nor sweeping up after earlier tests, and a machine half as fast has twice the time.
    """
    gc.collect()
    gc.freeze()
    before = yardstick()
    began = time.thread_time()

    def took() -> float:
        own = time.thread_time() - began
        return own * YARDSTICK_SECONDS / max(YARDSTICK_SECONDS, before, yardstick())

    return took
