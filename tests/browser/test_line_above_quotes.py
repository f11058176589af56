"""The quotes can be read at once; the line that a model writes comes above them, and nothing read moves away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.answering.checking.direct_check import FEATURES, DirectCheck, DirectThreshold
from app.answering.checking.support import MODEL_FILE, SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.logistic import Logistic
from app.answering.models.language_model import DIRECT_PROMPT
from app.answering.models.scripted import ScriptedLLM
from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.options import ServingOptions
from retrieval.shipped import shipped_file
from tests.support.word_reader import WordReader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
LINE = "No, standard safety training techniques do not remove such backdoor behavior."
WORDS = f"In short, in a language model's words: {LINE}"
READ_OUT = ".read-out[role=status] p"
LINE_HEIGHT = 34


@pytest.fixture(scope="module")
def server(served: Any, built_full: Any) -> Iterator[str]:
    """The app with a model that takes two seconds over its line."""
    llm = ScriptedLLM(replies=[LINE], piece=4, delay_s=0.1)
    model = LanguageModel(llm, "scripted", prompt=DIRECT_PROMPT)
    answerer = LocalAnswerer(built_full.retriever, lambda: model)
    vocabulary = vocabulary_of(built_full.papers)
    support = SupportCheck(read_support(shipped_file(MODEL_FILE)), vocabulary, built_full.embedder)
    weights = dict.fromkeys(FEATURES, 0.0) | {"supported": 1.0}
    threshold = DirectThreshold(Logistic(weights, 0.0), 0.5)
    answerer.collection.chain.teller._direct_check = DirectCheck(WordReader(), support, threshold)
    with served(create_app(answerer, options=ServingOptions(client_limit=0))) as address:
        yield address


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
def test_quotes_first_then_the_line_and_nothing_jumps(visit, shoot, width: int) -> None:
    seen = visit(width)
    page = seen.page
    page.fill("#question textarea", BACKDOOR)
    page.keyboard.press("Enter")
    quote = page.locator(".turn[aria-busy] .answer .quoted").first
    expect(quote).to_be_in_viewport()
    expect(page.locator(".answer .line-coming")).to_be_visible()
    words, before = quote.text_content(), quote.bounding_box()
    shoot(seen, f"line-coming-{width}")
    expect(page.locator(".turn .provenance")).to_be_visible()
    expect(page.locator(".answer .line-coming")).to_have_count(0)
    after = page.locator(".answer .quoted").first.bounding_box()
    assert page.locator(".answer p").first.text_content().startswith(WORDS)
    assert page.locator(".answer .quoted").first.text_content() == words
    # The place of two lines was kept; a longer line moves what is below it by what it has more.
    assert before and after and abs(after["y"] - before["y"]) <= (LINE_HEIGHT if width > 600 else 4 * LINE_HEIGHT)
    shoot(seen, f"line-above-{width}")


def test_it_is_read_out_once_and_in_order(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    page = seen.page
    expect(page.locator(READ_OUT).filter(has_text=LINE)).to_have_count(1)
    read = page.locator(READ_OUT).all_text_contents()
    line = next(place for place, text in enumerate(read) if LINE in text)
    assert any("such backdoor behavior can be made persistent" in text for text in read[line + 1 :])
    assert not [found for found in Axe().run(page).response["violations"] if found["impact"] in ("serious", "critical")]


def test_stop_leaves_the_quotes(visit) -> None:
    seen = visit()
    page = seen.page
    page.fill("#question textarea", BACKDOOR)
    page.keyboard.press("Enter")
    expect(page.locator(".answer .line-coming")).to_be_visible()
    page.click("#stop")
    expect(page.locator(".turn")).to_contain_text("Stopped before it was finished.")
    expect(page.locator(".answer .quoted").first).to_be_visible()
    expect(page.locator(".answer .line-coming")).to_have_count(0)
