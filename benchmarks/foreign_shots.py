"""Take the pictures of the widget on other people's pages: `python -m benchmarks.foreign_shots`.

Needs npm, Chromium and Firefox. The site stands at SITE_PORT, as the server has to know it before it starts.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import CHROMIUM, running_server
from benchmarks.shots import FOLDER, QUESTION, fewer_colours
from tests.support.firefox import open_firefox
from tests.support.foreign_pages import Page, foreign_pages

SITE_PORT = 7852
SITE = f"http://localhost:{SITE_PORT}"


_ASKED = """async ([within, question]) => {
  const widget = document.querySelector(within);
  widget.open();
  await widget.ask(question);
}"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture by its file's name: the page, the widget that is asked, and whether Firefox shows it."""

    name: str
    path: str
    within: str
    in_firefox: bool = False


SHOTS = (
    Shot("widget-theme", "/theme/", "paperbacked-answer[launcher]"),
    Shot("widget-react", "/react/", "paperbacked-answer"),
    Shot("widget-vue", "/vue/", "paperbacked-answer", in_firefox=True),
    Shot("widget-arabic", "/arabic/", "paperbacked-answer[launcher]", in_firefox=True),
)


def main() -> None:
    """Save every picture, named after its file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, {"PAPERBACKED_WIDGET_ORIGINS": SITE}),
        running_server(Path(folder) / "home") as (_, address),
    ):
        take_all(address.rstrip("/"), Path(folder))


def take_all(papers: str, folder: Path) -> None:
    """The pictures of a widget whose server is `papers`; the pages are built in `folder`."""
    with site(foreign_pages(papers, folder / "foreign")), sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        (folder / "firefox").mkdir()
        firefox = open_firefox(driver, folder / "firefox")
        for shot in SHOTS:
            take(firefox if shot.in_firefox else chromium, shot)
        firefox.close()
        chromium.close()


@contextmanager
def site(pages: dict[str, Page]) -> Iterator[None]:
    """Serves the pages at SITE while it is open."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text, headers = pages.get(self.path.split("?")[0], ("", {}))
            self.send_response(200 if text else 204)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", SITE_PORT), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            listener.shutdown()


def take(browser: Browser, shot: Shot) -> None:
    """One picture, with an answer in the widget and a quote over its marker."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto(SITE + shot.path)
    widget = page.locator(shot.within)
    widget.wait_for(state="attached", timeout=30_000)
    page.evaluate(_ASKED, [shot.within, QUESTION])
    page.evaluate("scrollTo(0, 0)")
    widget.locator(".marker").first.hover()
    page.wait_for_timeout(600)
    file = FOLDER / f"{shot.name}.png"
    page.screenshot(path=file)
    fewer_colours(file, 256)  # every page has some of its own
    context.close()
    print(file.relative_to(FOLDER.parents[1]))


if __name__ == "__main__":
    main()
