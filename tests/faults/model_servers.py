"""Model servers as bad as they come, each under a path of its own: silent, endless, nonsense, huge, cut off."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from benchmarks.soak.model_server import record, served

HUGE = 10_000_000
OVER_SECONDS = 120.0
Behaviour = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def hangs(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    over.wait(OVER_SECONDS)


def never_ends(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    for number in itertools.count():
        if over.is_set():
            return
        handler.wfile.write(record({"content": f"word{number} "}))


def garbage(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.wfile.write(b"data: {\xff\xfe not json [[[\n\ndata: 17\n\n\x00\x01\x02")


def huge_token(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.wfile.write(record({"content": "a" * HUGE}))


def closes(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.wfile.write(record({"content": "The papers say"}))


BEHAVIOURS: dict[str, Behaviour] = {
    each.__name__.replace("_", "-"): each for each in (hangs, never_ends, garbage, huge_token, closes)
}


@contextmanager
def bad_model_servers() -> Iterator[str]:
    """Their common address; the one of a name is at `ADDRESS/NAME/v1`."""
    over = threading.Event()
    with served(lambda handler: BEHAVIOURS[handler.path.split("/")[1]](handler, over)) as address:
        try:
            yield address
        finally:
            over.set()
