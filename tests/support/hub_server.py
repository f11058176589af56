"""A hub of models on loopback: one repository, served from a folder by the hub's protocol."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

REVISION = "0123456789abcdef0123456789abcdef01234567"
_PIECE = 1 << 16


@dataclass
class Hub:
    """What is served, how slowly, and what was asked for."""

    repository: str
    folder: Path
    url: str = ""
    seconds_per_megabyte: float = 0.0
    damaged: bool = False
    fetched: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range header of every file that was asked for with GET."""

    @property
    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        if path == "/":
            self._send_json(handler, {})
        elif path == f"/api/models/{self.repository}/revision/main":
            self._send_json(handler, {"id": self.repository, "sha": REVISION, "siblings": []})
        elif path.startswith(f"/api/models/{self.repository}/tree/{REVISION}"):
            self._send_json(handler, [self._entry(name) for name in self.files])
        elif found := re.fullmatch(rf"/{self.repository}/resolve/{REVISION}/(.+)", path):
            self._send_file(handler, found[1])
        else:
            handler.send_response(404)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

    def _entry(self, name: str) -> dict[str, Any]:
        file = self.folder / name
        return {"type": "file", "path": name, "size": file.stat().st_size, "oid": _digest(file)[:40]}

    def _send_json(self, handler: BaseHTTPRequestHandler, value: Any) -> None:
        body = json.dumps(value).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(body)

    def _send_file(self, handler: BaseHTTPRequestHandler, name: str) -> None:
        data = (self.folder / name).read_bytes()
        wanted = handler.headers["Range"]
        start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        handler.send_response(206 if wanted else 200)
        handler.send_header("X-Repo-Commit", REVISION)
        digest = _digest(self.folder / name)
        # As on the hub: a large file is named after its SHA-256, a small one after its git blob.
        large = name.endswith(".safetensors")
        handler.send_header("X-Linked-Etag" if large else "ETag", f'"{digest if large else digest[:40]}"')
        if large:
            handler.send_header("X-Linked-Size", str(len(data)))
            data = data[:-1] + b"?" if self.damaged else data
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        if handler.command == "GET":
            self.fetched.append((name, wanted))
            for place in range(start, len(data), _PIECE):
                handler.wfile.write(data[place : place + _PIECE])
                time.sleep(self.seconds_per_megabyte * _PIECE / 1e6)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub at its `url`, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                hub.answer(self)
            except OSError:  # the client was killed
                self.close_connection = True

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
