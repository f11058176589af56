"""Model servers as bad as they come, each under a path of its own: silent, endless, nonsense, huge, cut off."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.soak.model_server import record

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

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with suppress(OSError):  # hung up on
                BEHAVIOURS[self.path.split("/")[1]](self, over)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listener.server_address[1]}"
        over.set()
        listener.shutdown()
