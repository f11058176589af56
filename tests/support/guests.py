"""Fixtures for the widget: somebody else's site, visits to it, and a page whose server answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.support.scripted_server import Server, scripted_server

_WIDGET = "paperbacked-answer"
# What the page's listeners were told, in order.
_LISTEN = """() => {
  window.told = [];
  for (const name of ["open", "close", "ask", "answer", "error"])
    document.addEventListener(`paperbacked:${name}`, (event) => told.push([name, event.detail]));
}"""


@dataclass
class OtherSite:
    """Somebody else's pages, `pages[path]` as (HTML, headers): `allowed` may ask our server, `stranger` not."""

    port: int
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def allowed(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def stranger(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving_site() -> Iterator[OtherSite]:
    """A site without pages, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, headers = site.pages.get(self.path.split("?")[0], ("", {}))
            self.send_response(200 if page else 204)  # a browser asks for an icon by itself
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        site = OtherSite(listener.server_address[1])
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield site
        finally:
            listener.shutdown()


@pytest.fixture(scope="session")
def other_site() -> Iterator[OtherSite]:
    with serving_site() as site:
        yield site


@dataclass
class Guest:
    """A page with the widget on it, what went wrong, and what was sent to the server."""

    page: Page
    errors: list[str] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)

    @property
    def launch(self) -> Locator:
        return self.page.locator(".launch")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".floating .panel")

    def ask(self, question: str) -> None:
        """Type it into the open panel and wait until its answer is whole."""
        answers = self.page.locator(".turn").count()
        self.page.locator("textarea").first.fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".turn").nth(answers).locator(".actions")).to_be_visible(timeout=30_000)

    def told(self) -> list[tuple[str, Any]]:
        return [(name, detail) for name, detail in self.page.evaluate("told")]

    def posts(self, path: str) -> int:
        """How often something was sent there."""
        return len(self.bodies(path))

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [
            json.loads(request.post_data or "null")
            for request in self.sent
            if request.url.endswith(path) and request.method == "POST"
        ]


@pytest.fixture
def guest(browser: Browser) -> Iterator[Callable[..., Guest]]:
    """`guest(address, …)`: that page in a fresh context; a console error fails the test unless `fails`."""
    with visits(browser) as visit:
        yield visit


@contextmanager
def visits(browser: Browser) -> Iterator[Callable[..., Guest]]:
    """What the fixture `guest` gives, in a browser of one's choice."""
    opened: list[tuple[Guest, bool]] = []

    def visit(address: str, width: int = 1280, height: int = 860, fails: bool = False, **options: Any) -> Guest:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(20_000)
        seen = Guest(page)
        opened.append((seen, fails))
        page.on("console", lambda line: seen.errors.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("request", lambda request: seen.sent.append(request))
        page.goto(address)
        page.evaluate(_LISTEN)
        page.locator(_WIDGET).first.wait_for(state="attached")
        return seen

    yield visit
    for seen, fails in opened:
        seen.page.context.close()
        assert fails or not seen.errors, seen.errors


def html(server: str, script: str = "", body: str = "", root: str = 'lang="en"') -> str:
    return (
        f'<!doctype html><html {root}><head><meta name="viewport" content="width=device-width"><title>A page</title>'
        f'<script async src="{server}/widget.js" {script}></script></head>'
        f"<body><h1>A page</h1><main>{body}</main></body></html>"
    )


@pytest.fixture
def page_of(server: str, other_site: OtherSite) -> Callable[..., str]:
    """`page_of(script, body, root, headers)`: the address of an allowed page with these on it."""

    def put(script: str = "", body: str = "", root: str = 'lang="en"', **headers: str) -> str:
        path = f"/page-{len(other_site.pages)}"
        named = {name.replace("_", "-"): value.replace("HOST", server) for name, value in headers.items()}
        other_site.pages[path] = (html(server, script, body, root), named)
        return f"{other_site.allowed}{path}"

    return put


@pytest.fixture
def scripted() -> Iterator[Server]:
    """The server behind `scripted_page`; its `script` says how it answers."""
    with scripted_server() as server:
        yield server


@pytest.fixture
def scripted_page(browser: Browser, scripted: Server) -> Iterator[Page]:
    """A page of another origin with the widget in its text."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(scripted.address.replace("127.0.0.1", "localhost"))
    yield page
    context.close()
    assert not errors
