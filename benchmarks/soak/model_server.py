"""Model servers without a model: one that writes a short answer, word by word, as slowly as a model does, and others by
what they do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "soak"
WORDS = "The papers say so in these very words [1]. They also say what was tried and what it led to [2]."
WORD_SECONDS = 0.04
DONE = b"data: [DONE]\n\n"
Write = Callable[[BaseHTTPRequestHandler], None]
"""Writes an answer's records to `wfile`; a reader who leaves ends it by an `OSError`."""


@contextmanager
def model_server(word_seconds: float = WORD_SECONDS) -> Iterator[str]:
    """Its address for --llm-url, while it runs."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        for word in WORDS.split():
            handler.wfile.write(record({"content": f"{word} "}))
            time.sleep(word_seconds)
        handler.wfile.write(record({}, "stop") + DONE)

    with served(write) as address:
        yield f"{address}/v1"


@contextmanager
def served(write: Write) -> Iterator[str]:
    """A server that lists one model and has every question answered by `write`; its address, without a path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.begin("application/json")
            self.wfile.write(json.dumps({"data": [{"id": NAME}]}).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.begin("text/event-stream")
            with suppress(OSError):  # The reader has left, and with it whoever asked here.
                write(self)

        def begin(self, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.server_address[1]}"
        finally:
            listener.shutdown()


def record(delta: dict[str, str], finish: str | None = None) -> bytes:
    """One chunk of a chat completion as the OpenAI protocol streams it."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "s", "object": "chat.completion.chunk", "created": 0, "model": NAME, "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()
