"""A quote where it stands, and what opens below a card, over one paper whose abstract is hostile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.options import ServingOptions
from retrieval.types import Paper

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTION = "Do backdoors persist through standard safety training techniques?"
FAR = "Far away stands a sentence that nobody who looks at the quote needs to see."
BEFORE = "Before it an <img src=x onerror=window.__xss=1> was tried on each of the models that were there."
QUOTE = "We find that backdoors persist through standard safety training techniques."
AFTER = "After it came <script>window.__xss=1</script> and the <b>largest</b> of the models kept them best."
CARD = ".evidence:not([hidden]) .card"


@pytest.fixture(scope="module")
def server(served: Any, build: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    abstract = " ".join((FAR, BEFORE, QUOTE, AFTER, FAR))
    paper = Paper("hostile", "Backdoors", abstract, "en", authors=("Ada Lovelace",), url="https://example.org/a")
    other = Paper("other", "Cheese", "Cheese is made of milk, and the moon is not.", "en")
    built = build(tmp_path_factory.mktemp("place"), (paper, other))
    answerer = LocalAnswerer(built.retriever, LanguageModel)
    with served(create_app(answerer, options=ServingOptions(client_limit=0))) as address:
        yield address


def test_a_marker_shows_the_sentences_around_its_quote_as_text(visit) -> None:
    seen = visit()
    seen.ask(QUESTION)
    page = seen.page
    marker = page.locator(".answer .marker").first
    marker.hover()
    assert seen.text("#popover .popover-quote") == f"“{QUOTE}”"
    assert seen.text("#popover .popover-context") == f"{BEFORE} “{QUOTE}” {AFTER}"
    assert page.locator("#popover img, #popover script, #popover b").count() == 0
    assert page.evaluate("window.__xss") is None


@pytest.mark.parametrize("size", [(1280, 860), (390, 844)])
def test_what_is_opened_below_a_card_is_not_pushed_out_of_sight(visit, shoot, size: tuple[int, int]) -> None:
    seen = visit(*size)
    seen.ask(QUESTION)
    card, composer = seen.page.locator(CARD).first, seen.page.locator("#composer")
    before, opened = card.locator(".cite"), card.locator(".similar")
    for name in ("cite", "similar"):
        card.locator(f"[data-{name}]").click()
    expect(opened.locator("li")).to_have_count(1)
    shoot(seen, f"cite-{size[0]}")
    expect(before).to_be_visible()
    expect(opened.locator("li").first).to_be_in_viewport()
    new, old, below = opened.bounding_box(), before.bounding_box(), composer.bounding_box()
    assert new and old and below
    assert new["y"] + new["height"] <= old["y"]
    if size[0] < 1024:
        assert new["y"] + new["height"] <= below["y"]
