"""The page where there is no room or no light: printed, on a low screen, on a narrow one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
EGG = "How long should I boil an egg?"


def test_on_paper_are_the_answers_with_their_quotes_and_where_they_stand_on_white(visit) -> None:
    seen = visit(color_scheme="dark")
    seen.ask(BACKDOOR)
    seen.ask(EGG)
    page = seen.page
    page.emulate_media(media="print")
    for selector in ("#masthead", "#composer", ".actions", ".next", ".also"):
        expect(page.locator(selector).first).to_be_hidden()
    for selector in (".question", ".answer", "mark", ".card-title"):
        expect(page.locator(selector).first).to_be_visible()
    # Of both answers, though on the screen only one has its papers beside it.
    assert page.locator(".evidence >> visible=true").count() == 2
    colour = "node => getComputedStyle(node).backgroundColor"
    for selector in ("body", ".gradio-container", "mark"):
        assert page.locator(selector).first.evaluate(colour) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    link = page.locator(".card-links a").first
    address = link.evaluate("node => getComputedStyle(node, '::after').content")
    assert address == f'"{link.get_attribute("href")}"'
