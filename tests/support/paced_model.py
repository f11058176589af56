"""A model server that says a few words and waits until it is told to go on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PATIENCE_SECONDS = 60


@dataclass
class PacedModel:
    """Its port, and `go_on`, for which every answer waits after its first words."""

    port: int = 0
    words: tuple[str, ...] = ("Safety training leaves", " such backdoors in place [1].")
    go_on: threading.Event = field(default_factory=threading.Event)

    def write(self, handler: BaseHTTPRequestHandler) -> None:
        """One answer, as server-sent events of chat completions."""
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for at, piece in enumerate(self.words):
            if at:
                self.go_on.wait(_PATIENCE_SECONDS)
            choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
            self._tell(handler, {"id": "1", "object": "chat.completion.chunk", "created": 1, "choices": [choice]})
        handler.wfile.write(b"data: [DONE]\n\n")

    def _tell(self, handler: BaseHTTPRequestHandler, record: dict[str, object]) -> None:
        handler.wfile.write(f"data: {json.dumps(record | {'model': 'm'})}\n\n".encode())
        handler.wfile.flush()


@contextmanager
def paced_model() -> Iterator[PacedModel]:
    """One that runs in a thread of this process."""
    model = PacedModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with suppress(OSError):  # where the reader has left
                model.write(self)

        def do_GET(self) -> None:
            body = json.dumps({"data": [{"id": "m"}], "status": "ok"}).encode()
            self.send_response(200 if self.path in ("/v1/models", "/health") else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        model.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield model
        finally:
            model.go_on.set()
            server.shutdown()
