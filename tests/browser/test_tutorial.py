"""The pages of docs/tutorials/embed.md in a browser: the widget is there, answers, and breaks no policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.printed import ROOT, Printed, blocks_of, printed_page
from tests.support.two_papers import write_two_papers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TUTORIAL = ROOT / "docs" / "tutorials" / "embed.md"
BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    """All of the tutorial, done."""
    folder = tmp_path_factory.mktemp("embed")
    papers = write_two_papers(folder / "papers.jsonl")
    quick = {"PAPERBACKED_PAPERS": str(papers), "PAPERBACKED_EMBEDDING": "hash", "PAPERBACKED_LLM": "none"}
    with printed_page(folder, **quick) as page:
        for block in blocks_of(TUTORIAL):
            page.run(block)
        (folder / "site" / "favicon.ico").touch()  # a browser asks for an icon by itself
        yield page


@pytest.mark.parametrize("name", ["", "text.html", "strict.html"])
def test_each_page_answers_with_a_quote(site: Printed, guest: Callable[..., Any], name: str) -> None:
    # The fixture fails the test for an error in the console, which a broken policy is.
    seen = guest(f"http://localhost:{site.ports['8000']}/{name}")
    if not name:
        assert seen.launch.inner_text() == "Ask the papers"
        seen.launch.click()
    seen.ask(BACKDOOR)
    seen.page.locator(".marker").first.hover()
    expect(seen.page.locator(".popover .words")).to_contain_text("such backdoor behavior can be made persistent")
    if name == "text.html":
        [body] = seen.bodies("/api/v1/ask")
        assert body["filters"] == {"since": "2023"}
        expect(seen.page.locator("paperbacked-answer")).to_have_attribute("accent", "#7a1f5c")


def test_the_other_name_of_the_machine_is_another_origin(site: Printed, guest: Callable[..., Any]) -> None:
    seen = guest(site.address("8000"), fails=True)
    seen.launch.click()
    seen.ask(BACKDOOR)
    expect(seen.page.locator(".failure")).to_contain_text("The papers cannot be reached just now")
