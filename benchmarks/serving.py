"""The command from outside: start-up, memory, and the first evidence on the page."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import psutil

from benchmarks.answering import dev_questions
from benchmarks.figures import Figure

COMMAND = [sys.executable, "-m", "app"]
START_SECONDS = 120
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def serving_figures(home: Path) -> list[Figure]:
    """Figures of the command and of a server with a cached index in `home`."""
    figures = [Figure("`paperbacked --help`, median of 5", _help_seconds(), "s", 0.5)]
    began = time.perf_counter()
    with running_server(home) as (process, address):
        figures.append(Figure("page served, cached index", time.perf_counter() - began, "s", 5))
        for question in dev_questions()[:40]:
            _ask(address, question.text)
        memory = psutil.Process(process.pid).memory_info().rss / 1e9
        if shutil.which("chromium"):
            figures.append(Figure("first evidence on the page, median of 8", _first_evidence(address), "ms", 300))
        figures.append(Figure("resident memory, quotes mode, after 40 questions", memory, "GB", 0.45))
    return figures


def _help_seconds() -> float:
    took = []
    for _ in range(6):
        began = time.perf_counter()
        subprocess.run([*COMMAND, "--help"], check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return float(np.median(took[1:]))


@contextmanager
def running_server(
    home: Path, log: IO[bytes] | None = None, **settings: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A served page on a free port, given once it answers; what it says goes to `log`, or where all else goes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # One client asks here what many readers would.
    environment = os.environ | {"PAPERBACKED_HOME": str(home), "PAPERBACKED_CLIENT_LIMIT": "0"}
    environment |= {f"PAPERBACKED_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=environment, stderr=log)
    address = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The server did not start.")
            time.sleep(0.05)
        yield process, address
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.status == 200
    except OSError:
        return False


def _ask(address: str, question: str) -> bool:
    """Whether the question was answered."""
    body = json.dumps({"question": question}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{address}api/v1/ask", data=body), timeout=60) as response:
        return json.load(response)["status"] == "answered"


def _first_evidence(address: str) -> float:
    from playwright.sync_api import sync_playwright

    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for question in [asked for asked in dev_questions()[:40] if _ask(address, asked.text)][:9]:
            # A page of its own: a reload would bring back the conversation before it.
            page = browser.new_page()
            page.goto(address)
            box = page.get_by_role("textbox").first
            box.fill(question.text)
            page.evaluate(_WATCH)
            box.press("Enter")
            page.wait_for_function("window.firstEvidence !== undefined")
            took.append(float(page.evaluate("window.firstEvidence")))
            page.close()
        browser.close()
    return float(np.median(took[1:]))


# From the key press to the first highlighted quote in the page, by the page's own clock.
_WATCH = """() => {
    window.firstEvidence = undefined;
    let pressed;
    document.addEventListener("keydown", () => { pressed ??= performance.now(); }, true);
    new MutationObserver((_, watcher) => {
        if (pressed && document.querySelector("mark")) {
            window.firstEvidence = performance.now() - pressed;
            watcher.disconnect();
        }
    }).observe(document.body, {childList: true, subtree: true});
}"""
