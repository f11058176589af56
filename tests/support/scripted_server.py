"""A server that answers the widget as it is told: in bytes, too late, not at all, or with hostile words."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page, expect

from app.answering.events import Status, as_json
from app.notices.notice import Notice
from app.surfaces.widget.script import widget_script

XSS = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'"]]>'
QUESTION = "Do safety techniques remove a backdoor?"
PAPER = {
    "id": "p1", "title": "Sleeper Agents", "abstract": "It stays. 安全性 matters.", "language": "en",
    "organisation": "Anthropic", "published": "2024-01-10", "category": "Robustness", "url": "https://example.org/p1",
}  # fmt: skip
CITATION = {"number": 1, "paper": PAPER, "quote": "It stays.", "start": 0, "end": 9, "score": 0.7}
OTHER = {
    "rank": 2,
    "paper": {**PAPER, "id": "p2", "title": "Debate"},
    "passage": "x",
    "start": 0,
    "end": 1,
    "score": 0.2,
}
SENTENCES = [
    {"text": "Backdoors stay: “It stays.” [1]", "citations": [1], "support": "supported", "score": 0.9},
    {"text": "They always do.", "citations": [], "support": "uncited", "score": 0},
    {"text": "Cats 安全性 🙂 fly [1].", "citations": [1], "support": "unsupported", "score": 0.1},
]
# As they are read out: a number says nothing to the ear.
SPOKEN = ["Backdoors stay: “It stays.”", "They always do.", "Cats 安全性 🙂 fly."]


def answer(**changes: Any) -> dict[str, Any]:
    return {
        "id": "a1", "question": QUESTION, "standalone_question": QUESTION, "status": "answered", "mode": "generated",
        "answer": " ".join(each["text"] for each in SENTENCES), "confidence": 0.9, "sentences": SENTENCES,
        "citations": [CITATION], "sources": [{**OTHER, "rank": 1, "paper": PAPER}, OTHER], "followups": ["And then?"],
        "timings": {"total_ms": 84.2}, "models": {"llm": "scripted"}, "note": None, **changes,
    }  # fmt: skip


def events(whole: dict[str, Any]) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = [
        ("status", as_json(Status(Notice("searching")))),
        ("sources", {"sources": whole["sources"]}),
        ("quotes", {"citations": whole["citations"]}),
    ]
    for sentence in whole["sentences"]:
        told += [("token", {"text": part}) for part in re.findall(r".{1,5}", sentence["text"] + " ")]
        told.append(("sentence", sentence))
    return [*told, ("followups", {"questions": whole["followups"]}), ("done", whole)]


def stream(told: list[tuple[str, Any]], numbered: bool = True) -> bytes:
    return "".join(
        (f"id: {number}\n" if numbered else "") + f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        for number, (name, data) in enumerate(told, start=1)
    ).encode()


Script = Callable[["Server", BaseHTTPRequestHandler, int], None]


@dataclass
class Server:
    """Answers each POST by `script(server, handler, n)`, the n-th from 0; `asked` is what came."""

    port: int
    script: Script = lambda server, handler, n: None
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> set[str]:
        return {headers["idempotency-key"] for headers, _ in self.asked}


CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "content-type, idempotency-key, last-event-id",
    "Access-Control-Expose-Headers": "Retry-After",
}


def begin(handler: BaseHTTPRequestHandler, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
    handler.send_response(status)
    for name, value in {
        "Content-Type": kind,
        **CORS,
        **{key.replace("_", "-"): text for key, text in more.items()},
    }.items():
        handler.send_header(name, value)
    handler.end_headers()


def says(*streams: bytes) -> Script:
    """The n-th question gets the n-th stream, the last one again and again; a stream that ends too early is cut off."""

    def script(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(streams[min(n, len(streams) - 1)])

    return script


@contextmanager
def scripted_server() -> Iterator[Server]:
    """A page with the widget at /, or at /PORT with the server of that port; its own answers at the API's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            begin(self, 204)

        def do_GET(self) -> None:
            if self.path == "/widget.js":
                begin(self, kind="text/javascript; charset=utf-8")
                self.wfile.write(widget_script().plain)
                return
            begin(self, kind="text/html; charset=utf-8")
            wishes = "" if self.path == "/" else f' server="http://127.0.0.1:{self.path[1:]}"'
            widget = f'<paperbacked-answer language="en"{wishes}></paperbacked-answer>'
            page = f'<title>A page</title><script src="{told.address}/widget.js"></script>{widget}'
            self.wfile.write(f'<!doctype html><html lang="en">{page}</html>'.encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
            try:
                told.script(told, self, len(told.asked) - 1)
            except (BrokenPipeError, ConnectionResetError):
                told.hung_up.set()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        told = Server(listener.server_address[1])
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield told
        told.go_on.set()
        listener.shutdown()


def reached(page: Page, server: Server, questions: int) -> None:
    """Wait until so many questions have come to the server."""
    deadline = time.monotonic() + 20
    while len(server.asked) < questions:
        assert time.monotonic() < deadline
        page.evaluate("0")


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("textarea").fill(question)
    page.locator("textarea").press("Enter")


def whole_text(page: Page) -> str:
    """All that the finished turn says."""
    expect(page.locator(".turn .actions")).to_be_visible()
    return page.locator(".turn").inner_text()
