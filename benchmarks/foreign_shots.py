"""Take the pictures of the widget on other people's pages: `python -m benchmarks.foreign_shots`.

Needs npm, Chromium and Firefox.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import CHROMIUM, running_server
from benchmarks.shots import FOLDER, QUESTION, fewer_colours
from tests.support.firefox import open_firefox
from tests.support.foreign_pages import foreign_pages
from tests.support.guests import serving_site

_ASKED = """async ([within, question]) => {
  await customElements.whenDefined("paperbacked-answer");
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
    with tempfile.TemporaryDirectory() as name, serving_site() as site:
        folder = Path(name)
        with running_server(folder / "home", widget_origins=site.allowed) as (_, address):
            site.pages.update(foreign_pages(address.rstrip("/"), folder / "foreign"))
            take_all(site.allowed, folder / "firefox")


def take_all(site: str, firefox_home: Path) -> None:
    """The pictures of the pages at that address; the folder is made."""
    firefox_home.mkdir()
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        firefox = open_firefox(driver, firefox_home)
        for shot in SHOTS:
            take(firefox if shot.in_firefox else chromium, site, shot)
        firefox.close()
        chromium.close()


def take(browser: Browser, site: str, shot: Shot) -> None:
    """One picture, with an answer in the widget and a quote over its marker."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto(site + shot.path)
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
