"""Take the pictures that README and docs show: `python -m benchmarks.shots`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from benchmarks.serving import CHROMIUM, running_server
from tests.support.made_papers import made_paper
from tests.support.owl_pdf import QUESTION as OWL_QUESTION
from tests.support.owl_pdf import owl_pdf

FOLDER = Path(__file__).parents[1] / "docs" / "images"
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ANSWERED: dict[str, dict[str, Any]] = {
    "page-desktop": DESKTOP | {"color_scheme": "light"},
    "page-dark": DESKTOP | {"color_scheme": "dark"},
    "page-phone": PHONE | {"color_scheme": "light"},
}
# A question of each kind, and what of its answer the picture begins with.
KINDS: dict[str, tuple[str, str]] = {
    "definition": ("What is superposition?", ".question"),
    "verdict": ("Does RLHF even work?", ".question"),
    "list": ("Which papers are about jailbreaking?", ".question"),
    "table": ("Compare RLHF and RLAIF", ".comparison"),
    "in-short": ("tl;dr of Sleeper Agents", ".question"),
    "refusal": ("How long should I boil an egg?", ".question"),
}
COLOURS = 64
# A page of somebody's, with the widget as its maker would put it there.
HOST_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A reading list</title>
<style>body {{ font: 18px/1.6 Georgia, serif; color: #333; max-width: 640px; margin: 48px 64px }}</style>
<h1>A reading list on AI safety</h1>
<p>What do models learn that nobody asked them to, and does training take it out again? Twelve papers, in the order
in which they are best read.</p>{widget}<p>Begin with the shortest.</p>"""
LAUNCHER = '<script async src="/widget.js" data-title="Ask the papers"></script>'
INLINE = '<script async src="/widget.js"></script><paperbacked-answer title="Ask the papers"></paperbacked-answer>'
_ASKED = """async ([open, question]) => {
  const widget = document.querySelector("paperbacked-answer");
  if (open) widget.open();
  await widget.ask(question);
}"""


def main() -> None:
    """Save every picture, named after its file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_server(Path(home)) as (_, address),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for name, options in ANSWERED.items():
            take_answer(browser, address, FOLDER / f"{name}.png", options)
        for name, (question, begins) in KINDS.items():
            for screen, options in (("desktop", DESKTOP), ("phone", PHONE)):
                file = FOLDER / "answers" / f"{name}-{screen}.png"
                take_kind(browser, address, file, question, begins, options | {"color_scheme": "light"})
        take_library(browser, address, FOLDER / "library.png")
        take_own_papers(browser, address, FOLDER / "own-library.png")
        for screen, options in (("desktop", DESKTOP), ("phone", PHONE)):
            take_page_view(browser, address, FOLDER / f"own-page-{screen}.png", options)
        take_widget(browser, address, FOLDER / "widget-launcher.png", LAUNCHER, opened=True)
        take_widget(browser, address, FOLDER / "widget-inline.png", INLINE, opened=False)
        browser.close()


def take_answer(browser: Browser, address: str, file: Path, options: dict[str, Any]) -> None:
    """One picture of the answered question."""
    page = _opened(browser, address, options)
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .provenance")
    # Without a caret, and with the marker's quote lit where the cards stand beside the answer.
    page.evaluate("document.activeElement.blur()")
    if not options.get("has_touch"):
        page.click(".answer .marker >> nth=0")
    _save(page, file)


def take_kind(browser: Browser, address: str, file: Path, question: str, begins: str, options: dict[str, Any]) -> None:
    """One picture of the answer to a question of its kind, scrolled to where it `begins`."""
    page = _opened(browser, address, options)
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:not([aria-busy]) .provenance")
    page.evaluate("document.activeElement.blur()")
    below = page.locator("#masthead").bounding_box()
    room = 12 + (below["height"] if below else 0)
    page.locator(f".turn {begins}").first.evaluate(
        "(node, room) => scrollBy(0, node.getBoundingClientRect().top - room)", room
    )
    file.parent.mkdir(exist_ok=True)
    _save(page, file)
    fewer_colours(file)


def fewer_colours(file: Path, most: int = COLOURS) -> None:
    """Saves the picture anew: text on plain ground needs few colours, and a third of the room."""
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(most, dither=Image.Dither.NONE).save(file, optimize=True)


def take_library(browser: Browser, address: str, file: Path) -> None:
    """The picture of the collection with the table below it."""
    page = _opened(browser, f"{address}#library", DESKTOP)
    page.wait_for_selector("#library svg", state="visible")
    page.wait_for_selector("#library .adding-zone")
    _save(page, file)


def take_own_papers(browser: Browser, address: str, file: Path) -> None:
    """The library of a reader's own papers, with the report of what became of each."""
    page = _opened(browser, f"{address}#library", DESKTOP)
    broken = _pdf("broken.pdf", b"%PDF-1.7 nothing")
    _choose(page, [_pdf("owls.pdf", owl_pdf()), _pdf("made.pdf", made_paper(3).pdf), broken])
    _save(page, file)


def take_page_view(browser: Browser, address: str, file: Path, options: dict[str, Any]) -> None:
    """A quote of a reader's own paper, lit on its page."""
    page = _opened(browser, f"{address}#library", options)
    _choose(page, [_pdf("owls.pdf", owl_pdf())])
    page.click(".adding-foot button >> nth=0")
    page.fill("#question textarea", OWL_QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .provenance")
    page.click("#sources a.place >> nth=0")
    page.wait_for_function("() => document.querySelector('#pages .leaf img')?.naturalWidth > 0")
    _save(page, file)


def _pdf(name: str, pdf: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/pdf", "buffer": pdf}


def _choose(page: Page, files: list[Any]) -> None:
    """Adds files to a new collection, and waits for the end of its report."""
    page.set_input_files(".adding-acts input >> nth=0", files)
    page.wait_for_selector(".adding-foot button", timeout=120_000)


def take_widget(browser: Browser, address: str, file: Path, widget: str, *, opened: bool) -> None:
    """The widget with an answer in it, on a plain page."""
    context = browser.new_context(reduced_motion="reduce", **DESKTOP)
    page = context.new_page()
    html = HOST_PAGE.format(widget=widget)
    page.route("**/reading-list", lambda route: _fulfil(route, html))
    page.goto(f"{address}reading-list")
    page.wait_for_function("customElements.get('paperbacked-answer') && document.querySelector('paperbacked-answer')")
    page.evaluate(_ASKED, [opened, QUESTION])
    page.locator("paperbacked-answer .marker").first.wait_for()
    _save(page, file)


def _fulfil(route: Route, html: str) -> None:
    route.fulfill(body=html, content_type="text/html")


def _opened(browser: Browser, address: str, options: dict[str, Any]) -> Page:
    page = browser.new_context(reduced_motion="reduce", **options).new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea", state="attached")
    return page


def _save(page: Page, file: Path) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    page.context.close()
    print(file.relative_to(FOLDER.parents[1]))


if __name__ == "__main__":
    main()
