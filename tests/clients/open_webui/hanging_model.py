"""A server of language models that begins to write and does not go on, and notes who stops waiting."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOST_SECONDS = 120
_DELTA = {"index": 0, "delta": {"role": "assistant", "content": "Safety "}, "finish_reason": None}
_CHUNK = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "hanging", "choices": [_DELTA]}


@dataclass
class HangingModel:
    """Its address; `asked` once it was asked, `left` once who asked hung up."""

    address: str
    asked: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


@contextmanager
def hanging_model() -> Iterator[HangingModel]:
    """Such a server, in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    model = HangingModel(f"http://127.0.0.1:{server.server_address[1]}")
    server.model = model  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._say("application/json", json.dumps({"object": "list", "data": [{"id": "hanging", "object": "model"}]}))

    def do_POST(self) -> None:
        model: HangingModel = self.server.model  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["Content-Length"]))
        model.asked.set()
        self._say("text/event-stream", f"data: {json.dumps(_CHUNK)}\n\n")
        self.connection.settimeout(MOST_SECONDS)
        if not self.connection.recv(1):
            model.left.set()

    def _say(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said of requests."""
