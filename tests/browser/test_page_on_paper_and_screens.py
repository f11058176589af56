"""The page where there is no room or no light: printed, on a low screen, on a narrow one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
EGG = "How long should I boil an egg?"
NO_CLIPBOARD = """() => {
  Object.defineProperty(navigator, "clipboard", { value: undefined });
  window.copies = [];
  document.addEventListener("copy", () => copies.push(document.activeElement.value ?? ""));
}"""


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


@pytest.mark.parametrize("size", [(640, 360), (320, 256), (1280, 480)])
def test_on_a_low_screen_the_question_box_covers_nothing(visit, shoot, size: tuple[int, int]) -> None:
    seen = visit(*size)
    page = seen.page
    for question in (BACKDOOR, EGG):
        seen.ask(question)
        expect(page.locator(".question").last).to_be_in_viewport()
    shoot(seen, f"low-{size[0]}")
    answer = page.locator(".answer").last
    answer.evaluate("node => node.scrollIntoView({ block: 'start', behavior: 'instant' })")
    still = """() => [...document.querySelectorAll("#composer, #masthead")].filter(
      (node) => ["fixed", "sticky"].includes(getComputedStyle(node).position)).map((node) => node.id)"""
    assert page.evaluate(still) == []
    covering = "node => !node.contains(document.elementFromPoint(innerWidth / 4, node.getBoundingClientRect().top + 8))"
    assert not answer.evaluate(covering)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("#question textarea")
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport()


def test_on_a_phone_that_stands_the_question_box_stays_under_the_thumb(visit) -> None:
    seen = visit(390, 844)
    assert seen.page.locator("#composer").evaluate("node => getComputedStyle(node).position") == "fixed"


def test_the_theme_button_says_what_it_will_do(visit) -> None:
    seen = visit(color_scheme="light")
    page = seen.page
    toggle = page.locator("[data-theme-toggle]")
    for theme in ("dark", "light", "dark"):
        expect(toggle).to_have_attribute("aria-label", f"Show this page in {theme} colours")
        expect(toggle).to_have_attribute("title", f"Show this page in {theme} colours")
        toggle.click()
    page.click("[data-language-toggle]")
    expect(toggle).to_have_attribute("aria-label", "用浅色显示本页")


@pytest.mark.parametrize("width", [320, 390])
def test_copy_works_on_a_narrow_screen_also_without_the_clipboard_api(visit, width: int) -> None:
    seen = visit(width, 844, has_touch=True, is_mobile=True, reduced_motion="reduce")
    seen.ask(EGG)
    page = seen.page
    # As on plain http from another host.
    page.evaluate(NO_CLIPBOARD)
    copy = page.locator("[data-copy]")
    copy.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    copy.tap()
    expect(copy).to_have_text("Copied")
    assert page.evaluate("scrollY") == before
    assert EGG in page.evaluate("copies.join()")
