"""A real server over the real corpus, and a real browser that notes every host it is asked to call."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.support import guests
from tests.support.firefox import open_firefox
from tests.support.ports import free_port
from tests.support.started import wait_until_answered

# Fixtures of the widget's tests; the server below allows the other site to ask.
other_site, guest, page_of = guests.other_site, guests.guest, guests.page_of
scripted, scripted_page = guests.scripted, guests.scripted_page
# Read before the `home` fixture takes all PAPERBACKED_ variables away.
SHOTS = os.environ.get("PAPERBACKED_SHOTS")
_READY_SECONDS = 300
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# What a browser asks of its maker's hosts by itself is switched off, so that what is left is the page's.
_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_ANSWERED = "count => document.querySelectorAll('.turn').length === count && !document.querySelector('[aria-busy]')"


_ROOT = Path(__file__).parents[2]
Serving = Callable[..., AbstractContextManager[str]]


def _environment(home: Path, **more: str) -> dict[str, str]:
    """That of a command in a home folder of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PAPERBACKED_")}
    return kept | {"PAPERBACKED_HOME": str(home / "home")} | more


@contextmanager
def _serving(home: Path, *arguments: str, **environment: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = home / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", str(port), *arguments],
            cwd=_ROOT,
            # All tests together ask more in a minute than one reader may.
            env=_environment(home, PAPERBACKED_CLIENT_LIMIT="0", **environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_answered(process, f"{address}/health/ready", log, _READY_SECONDS)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="session")
def serving() -> Serving:
    """`with serving(home, "--collection", "mine") as address`: `paperbacked serve` in a home folder."""
    return _serving


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`command(home, "ingest", …)`: a command of the same home folder, which must succeed."""

    def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "app", *arguments]
        return subprocess.run(
            line, cwd=_ROOT, env=_environment(home), capture_output=True, text=True, timeout=_READY_SECONDS, check=True
        )

    return run


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, other_site: guests.OtherSite) -> Iterator[str]:
    """The address of `paperbacked serve` over the papers that ship."""
    with _serving(tmp_path_factory.mktemp("served"), PAPERBACKED_WIDGET_ORIGINS=other_site.allowed) as address:
        yield address


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """One for all browsers, as a thread can have no second."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=_CHROMIUM, args=_ARGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def firefox(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Firefox; a context of it plays neither light nor dark systems."""
    browser = open_firefox(driver, tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


@dataclass
class Visit:
    """A page with what was asked of other hosts and what went wrong on it."""

    page: Page
    server: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type the question, press Enter, and wait until its answer is whole."""
        turns = self.page.locator(".turn").count()
        self.page.fill("#question textarea", question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(_ANSWERED, arg=turns + 1)

    def text(self, selector: str) -> str:
        return " ".join(self.page.locator(selector).first.inner_text().split())


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visitor]:
    """`visit(width, height, …)`: the page in a fresh context; a call elsewhere or a console error fails the test."""
    with _visits(server, browser) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def one_visit(server: str, browser: Browser) -> Iterator[Visit]:
    """One page for tests that each begin a new conversation."""
    with _visits(server, browser) as open_page:
        yield open_page()


@contextmanager
def _visits(server: str, browser: Browser) -> Iterator[Visitor]:
    visits: list[Visit] = []

    def open_page(width: int = 1280, height: int = 860, **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(30_000)
        seen = Visit(page, server)
        visits.append(seen)
        context.on("request", lambda sent: _note_outside(seen, sent.url))
        page.on("console", lambda line: seen.errors.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(server)
        page.wait_for_selector(".intro")
        page.wait_for_selector("#question textarea")
        return seen

    yield open_page
    for seen in visits:
        seen.page.context.close()
        assert not seen.outside, "asked of other hosts"
        assert not seen.errors, "errors in the browser's console"


def _note_outside(seen: Visit, url: str) -> None:
    if not re.match(rf"{re.escape(seen.server)}(/|$)|data:|blob:|about:", url):
        seen.outside.append(url)


@pytest.fixture
def shoot() -> Callable[[Visit, str], None]:
    """`shoot(visit, name)` saves a picture where PAPERBACKED_SHOTS names a folder."""

    def save(seen: Visit, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            seen.page.screenshot(path=Path(SHOTS) / f"{name}.png")

    return save


Served = Callable[[Any], AbstractContextManager[str]]


@contextmanager
def _served(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def served() -> Served:
    """`with served(app) as address`: an app in a thread of this process, for what needs neither models nor meaning."""
    return _served
