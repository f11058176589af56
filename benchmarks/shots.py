"""Take the pictures of the page that the README shows: `python -m benchmarks.shots`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import CHROMIUM, running_server

FOLDER = Path(__file__).parents[1] / "docs" / "images"
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
PICTURES: dict[str, dict[str, Any]] = {
    "page-desktop": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "page-dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "page-phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}


def main() -> None:
    """Ask one question at each size and save what the reader then sees."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_server(Path(home)) as (_, address),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for name, options in PICTURES.items():
            take(browser, address, FOLDER / f"{name}.png", options)
            print(f"docs/images/{name}.png")
        browser.close()


def take(browser: Browser, address: str, file: Path, options: dict[str, Any]) -> None:
    """One picture of the answered question."""
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.goto(address)
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .provenance")
    # Without a caret, and with the marker's quote lit where the cards stand beside the answer.
    page.evaluate("document.activeElement.blur()")
    if not options.get("has_touch"):
        page.click(".answer .marker >> nth=0")
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()
