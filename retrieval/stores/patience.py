"""How long a server is waited for: Chroma's own client would wait for ever."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

CONNECT_SECONDS = 3.0
"""After this a server is not there."""
READ_SECONDS = 10.0
"""A question waits no longer for a server …"""
PATIENT_SECONDS = 300.0
"""… but writing takes its time, and so does a segment that a server reads from its disk for the first time."""

_seconds: ContextVar[float] = ContextVar("seconds", default=READ_SECONDS)


@contextmanager
def waiting(seconds: float) -> Generator[None, None, None]:
    """Within it each request of this thread is given so many seconds."""
    before = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(before)


def limit(request: httpx.Request) -> None:
    """Give a request the seconds that it has; for a session's hook on requests."""
    seconds = _seconds.get()
    request.extensions["timeout"] = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)).as_dict()
