"""The widget against a server that dribbles, falls silent, breaks off, refuses, or says hostile things."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.surfaces.widget.script import widget_script

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTION = "Do safety techniques remove a backdoor?"
XSS = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'"]]>'
PAPER = {
    "id": "p1", "title": "Sleeper Agents", "abstract": "It stays. 安全性 matters.", "language": "en", "organisation": "Anthropic",
    "published": "2024-01-10", "category": "Robustness", "url": "https://example.org/p1",
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


def answer(**changes: Any) -> dict[str, Any]:
    return {
        "id": "a1", "question": QUESTION, "standalone_question": QUESTION, "status": "answered", "mode": "generated",
        "answer": " ".join(each["text"] for each in SENTENCES), "confidence": 0.9, "sentences": SENTENCES,
        "citations": [CITATION], "sources": [{**OTHER, "rank": 1, "paper": PAPER}, OTHER], "followups": ["And then?"],
        "timings": {"total_ms": 84.2}, "models": {"llm": "scripted"}, "note": None, **changes,
    }  # fmt: skip


def events(whole: dict[str, Any]) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = [
        ("status", {"text": "Searching the papers"}),
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


@pytest.fixture
def server() -> Iterator[Server]:
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
            page = f'<script src="{told.address}/widget.js"></script><paperbacked-answer language="en"{wishes}></paperbacked-answer>'
            self.wfile.write(f'<!doctype html><html lang="en"><title>A page</title>{page}</html>'.encode())

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


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of another origin with the widget in its text."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(server.address.replace("127.0.0.1", "localhost"))
    yield page
    context.close()
    assert not errors


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("textarea").fill(question)
    page.locator("textarea").press("Enter")


def whole_text(page: Page) -> str:
    """All that the finished turn says."""
    expect(page.locator(".turn .actions")).to_be_visible()
    return page.locator(".turn").inner_text()


def test_a_stream_in_single_bytes_gives_the_same_answer(page: Page, server: Server) -> None:
    told = stream(events(answer()))

    def dribble(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        for byte in told:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    server.script = says(told)
    ask(page)
    at_once = whole_text(page)
    page.reload()
    server.script = dribble
    ask(page)
    assert whole_text(page) == at_once
    assert "Cats 安全性 🙂 fly" in at_once and len(server.asked) == 2


def test_support_is_said_in_words_and_by_form(page: Page, server: Server) -> None:
    server.script = says(stream(events(answer())))
    ask(page)
    assert whole_text(page)
    expect(page.locator(".answer")).to_have_text(
        "Backdoors stay: “It stays.”1 They always do. (no quote behind this sentence)"
        " Cats 安全性 🙂 fly1. (the quoted text does not say this)"
    )
    style = "node => [getComputedStyle(node).textDecorationLine, getComputedStyle(node).textDecorationStyle]"
    assert page.locator(".uncited").first.evaluate(style) == ["underline", "dotted"]
    assert page.locator(".unsupported").first.evaluate("node => getComputedStyle(node).borderBottomStyle") == "dashed"
    expect(page.locator(".about")).to_have_text("1 of 3 sentences supported · written by scripted · 84 ms")


def test_quotes_stand_there_before_the_answer(page: Page, server: Server) -> None:
    told = events(answer())

    def waits(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(stream(told[:3]))
        server.go_on.wait(30)
        handler.wfile.write(stream(told).removeprefix(stream(told[:3])))

    server.script = waits
    ask(page)
    expect(page.locator(".status")).to_have_text("Searching the papers …")
    expect(page.locator(".evidence.running h4")).to_have_text("Quotes found")
    expect(page.locator(".card .words")).to_have_text("“It stays.”")
    assert not page.locator(".answer").count()
    server.go_on.set()
    expect(page.locator(".evidence h4")).to_have_text("Cited")
    expect(page.locator(".also summary")).to_have_text("Also found (1)")
    log = page.get_by_role("log").locator("p")
    assert log.all_text_contents() == [*(each["text"] for each in SENTENCES), "The answer is complete. Quotes: 1."]


def test_stop(page: Page, server: Server) -> None:
    told = events(answer())

    def endless(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(stream(told[:8]))
        while not server.go_on.wait(0.02):
            handler.wfile.write(b": still here\n")

    server.script = endless
    ask(page)
    expect(page.locator(".answer")).to_contain_text("Backdoors")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn .status")).to_have_text("Stopped before it was finished.")
    assert server.hung_up.wait(10), "the server was not told"
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    server.script = says(stream(told))
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".about")).to_be_visible()
    assert len(server.keys) == 2 and page.locator(".turn").count() == 1


@pytest.mark.parametrize("numbered", [True, False])
def test_a_broken_line_is_taken_up_again(page: Page, server: Server, numbered: bool) -> None:
    told = events(answer())
    first = stream(told, numbered)
    rest = b"".join(piece + b"\n\n" for piece in first.split(b"\n\n")[6:-1]) if numbered else first
    server.script = says(first[: len(stream(told[:6], numbered)) + 40], rest)
    ask(page)
    text = whole_text(page)
    assert text.count("Backdoors stay") == 1 and "And then?" in text
    (one, body), (two, again) = server.asked
    assert body == again and len(server.keys) == 1 and re.fullmatch(r"[A-Za-z0-9_-]{8,64}", *server.keys)
    assert "last-event-id" not in one
    assert two.get("last-event-id") == ("6" if numbered else None)


def test_events_that_were_read_already_do_not_count_twice(page: Page, server: Server) -> None:
    told = events(answer())
    server.script = says(
        stream(told[:8]), stream(told[:-1]), stream([*told[:-1], ("done", answer(answer="", sentences=[]))])
    )
    ask(page)
    expect(page.locator(".answer")).to_have_count(0)
    assert whole_text(page)
    assert [headers.get("last-event-id") for headers, _ in server.asked] == [None, "8", str(len(told) - 1)]


def test_a_dead_server_gives_one_sentence_and_a_retry(page: Page, server: Server) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        dead = listener.server_address[1]
    page.goto(f"http://localhost:{server.port}/{dead}")
    page.evaluate("document.addEventListener('paperbacked:error', (event) => { window.failed = event.detail })")
    ask(page)
    expect(page.locator(".status")).to_have_text("The connection was lost, trying again …")
    sentence = "The papers cannot be reached from here just now. Check your connection, or try again in a moment."
    expect(page.locator(".failure")).to_have_text(sentence, timeout=15_000)
    assert page.evaluate("failed") == {"question": QUESTION, "message": sentence, "status": 0}
    server.script = says(stream(events(answer())))
    page.evaluate(
        "(address) => document.querySelector('paperbacked-answer').setAttribute('server', address)", server.address
    )
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".about")).to_be_visible()
    assert not page.locator(".failure").count()


def test_a_server_that_says_nothing_is_not_waited_for(page: Page, server: Server) -> None:
    server.script = lambda server, handler, n: server.go_on.wait(60) and None
    page.clock.install()
    ask(page)
    for attempts in range(1, 5):
        while len(server.asked) < attempts:
            page.clock.run_for(1_000)
        page.clock.run_for(29_000)
    page.clock.run_for(5_000)
    expect(page.locator(".failure")).to_contain_text("cannot be reached")
    assert len(server.asked) == 4 and len(server.keys) == 1


@pytest.mark.parametrize(
    ("status", "headers", "detail", "words"),
    [
        (
            429,
            {"Retry_After": "40"},
            "Too many.",
            r"Too many questions at once\. Come back in 40 seconds, at \d\d:\d\d",
        ),
        (429, {"Retry_After": "600"}, "Too many.", r"Come back in 10 minutes, at \d\d:\d\d"),
        (422, {}, f"No organisation is called {XSS}.", re.escape(f"No organisation is called {XSS}.")),
        (403, {}, "Not from here.", r"Not from here\."),
        (503, {}, None, r"The papers could not be asked just now\. Try again in a moment\."),
    ],
)
def test_a_refusal_is_one_sentence(
    page: Page, server: Server, status: int, headers: dict[str, str], detail: str | None, words: str
) -> None:
    def refuse(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler, status, "application/problem+json", **headers)
        handler.wfile.write(json.dumps({"status": status, "detail": detail}).encode() if detail else b"<html>")

    server.script = refuse
    ask(page)
    expect(page.locator(".failure")).to_have_text(re.compile(words))
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    assert len(server.asked) == 1


def test_an_error_on_the_way_is_told(page: Page, server: Server) -> None:
    server.script = says(stream([*events(answer())[:8], ("error", {"message": f"The model {XSS} is not here."})]))
    ask(page)
    expect(page.locator(".failure")).to_have_text(f"The model {XSS} is not here.")
    assert not page.evaluate("window.hacked")
    expect(page.locator(".card")).to_have_count(1)


def test_hostile_text_stays_text(page: Page, server: Server) -> None:
    paper = {
        **PAPER,
        "id": XSS,
        "title": f"T {XSS}",
        "organisation": f"O {XSS}",
        "category": XSS,
        "url": "javascript:window.hacked=1",
    }
    bad = answer(
        answer=f"{XSS} “{XSS}” [1]\n\n{XSS}",
        sentences=[{"text": f"{XSS} “{XSS}” [1]", "citations": [1], "support": "uncited", "score": 0}],
        citations=[{**CITATION, "paper": paper, "quote": f"Q {XSS}", "gloss": f"G {XSS}"}],
        sources=[{**OTHER, "paper": paper}, {**OTHER, "paper": {**paper, "id": "x", "url": "data:text/html,<script>"}}],
        followups=[f"F {XSS}"],
        note=f"N {XSS}",
        standalone_question=f"S {XSS}",
        models={"llm": f"M {XSS}"},
    )
    server.script = says(stream(events(bad)))
    page.locator("paperbacked-answer").evaluate(
        "(node, text) => { node.title = text; node.setAttribute('examples', text) }", XSS
    )
    ask(page, f"A {XSS}")
    text = whole_text(page)
    page.locator(".marker").first.hover()
    shown = text + page.locator(".popover").inner_text() + page.locator(".head").inner_text()
    for letter in "ATOQGFNSM":
        assert f"{letter} {XSS}" in shown, letter
    tags = page.locator("paperbacked-answer").evaluate(
        "node => [...node.shadowRoot.querySelectorAll('img, script, iframe, [onerror], [style*=url]')].length"
    )
    links = page.locator("paperbacked-answer a").evaluate_all("nodes => nodes.map((node) => node.protocol)")
    assert tags == 0 and set(links) == {"http:"}
    page.locator(".next button").first.click()
    assert not page.evaluate("window.hacked")


def test_a_marker_without_a_quote_is_plain_text(page: Page, server: Server) -> None:
    whole = answer(answer="One [1], two [2], both [1, 2], year [2024].", sentences=[])
    server.script = says(stream(events(whole)))
    ask(page)
    assert whole_text(page)
    expect(page.locator(".answer")).to_have_text("One1, two [2], both [1, 2], year [2024].")
    assert page.locator(".marker").count() == 1


def test_a_new_question_takes_the_place_of_a_running_one(page: Page, server: Server) -> None:
    def first_hangs(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        if n:
            handler.wfile.write(stream(events(answer())))
        else:
            while not server.go_on.wait(0.02):
                handler.wfile.write(b": still here\n")

    server.script = first_hangs
    asking = "(question) => { window.came = document.querySelector('paperbacked-answer').ask(question) }"
    page.evaluate(asking, "First?")
    deadline = time.monotonic() + 10
    while not server.asked and time.monotonic() < deadline:
        page.wait_for_function("true")
    first = page.evaluate_handle("window.came")
    page.evaluate(asking, QUESTION)
    assert page.evaluate("window.came.then((answer) => answer.id)") == "a1"
    assert first.evaluate("came => came") is None
    assert server.hung_up.wait(10)
    assert server.asked[1][1]["history"] == []
    expect(page.locator(".turn").first).to_contain_text("Stopped before it was finished.")
