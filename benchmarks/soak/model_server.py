"""A model server that writes a short answer, word by word, as slowly as a model does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "soak"
WORDS = "The papers say so in these very words [1]. They also say what was tried and what it led to [2]."
WORD_SECONDS = 0.04


@contextmanager
def model_server(word_seconds: float = WORD_SECONDS) -> Iterator[str]:
    """Its address for --llm-url, while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            try:
                for word in WORDS.split():
                    self.wfile.write(record({"content": f"{word} "}))
                    self.wfile.flush()
                    time.sleep(word_seconds)
                self.wfile.write(record({}, "stop") + b"data: [DONE]\n\n")
            except OSError:
                pass  # The reader has left, and with it whoever asked here.

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listener.server_address[1]}/v1"
        listener.shutdown()


def record(delta: dict[str, str], finish: str | None = None) -> bytes:
    """One chunk of a chat completion as the OpenAI protocol streams it."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "s", "object": "chat.completion.chunk", "created": 0, "model": NAME, "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()
