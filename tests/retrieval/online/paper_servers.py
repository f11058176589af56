"""Servers of papers on loopback: one that answers as it is told to, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from retrieval.online.addresses import Addresses

SHAPES = Path(__file__).parent / "shapes"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Reply:
    """A response as it goes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], "Reply | Callable[[BaseHTTPRequestHandler], None]"]


@dataclass
class PaperServers:
    """All servers of papers at one port, each under a path of its own; `answers` is looked up by the path's beginning.

    An answer is a `Reply`, or a function that writes to the connection as it likes.
    """

    url: str = ""
    answers: dict[str, Answering] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def addresses(self) -> Addresses:
        return Addresses(
            arxiv=f"{self.url}/arxiv/api/query",
            arxiv_pdf=f"{self.url}/arxiv/pdf",
            crossref=f"{self.url}/crossref/works",
            doi=f"{self.url}/doi",
            openalex=f"{self.url}/openalex/works",
            zotero=f"{self.url}/zotero",
            zotero_here=f"{self.url}/here/api",
            onward=(),
        )

    def at(self, path: str, *replies: Reply | Answering) -> None:
        """Answer requests below `path` so: with each reply in turn, and with the last from then on."""
        left = list(replies)

        def answer(asked: Asked) -> Any:
            reply = left.pop(0) if len(left) > 1 else left[0]
            return reply if isinstance(reply, Reply) else reply(asked)

        self.answers[path] = answer

    def paths(self, beginning: str = "") -> list[str]:
        """The paths that were asked for, those that begin so."""
        return [asked.path for asked in self.asked if asked.path.startswith(beginning)]

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(unquote(parts.path), query, headers, time.monotonic())
        self.asked.append(asked)
        found = [path for path in self.answers if asked.path.startswith(path)]
        reply = self.answers[max(found, key=len)](asked) if found else Reply(404)
        if not isinstance(reply, Reply):
            reply(handler)
            return
        handler.send_response(reply.status)
        for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body)


def as_json(value: Any, **headers: str) -> Reply:
    """A reply of JSON; an underscore in a header's name is a hyphen."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json"} | named)


def shape(name: str) -> bytes:
    """An answer as a server's documentation describes it."""
    return (SHAPES / name).read_bytes()


@contextmanager
def serving(wrap: Callable[[ThreadingHTTPServer], None] = lambda server: None) -> Iterator[PaperServers]:
    """The servers, until the block ends; `wrap` may change the listening socket, for TLS."""
    servers = PaperServers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                servers.reply(self)
            except OSError:  # The client has seen enough.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as server:
        wrap(server)
        servers.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield servers
        finally:
            server.shutdown()
            thread.join()
