"""The page where there is no room or no light: printed, on a low screen, on a narrow one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
EGG = "How long should I boil an egg?"
NEAR = "How much does OpenAI pay its red teamers?"
NO_CLIPBOARD = """() => {
  Object.defineProperty(navigator, "clipboard", { value: undefined });
  window.copies = [];
  document.addEventListener("copy", () => copies.push(document.activeElement.value ?? ""));
}"""


def test_on_paper_are_the_answers_with_their_quotes_and_where_they_stand_on_white(visit) -> None:
    seen = visit(color_scheme="dark")
    seen.ask(BACKDOOR)
    seen.ask(NEAR)
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


def test_a_papers_page_is_printed_with_what_it_says_and_on_a_low_screen_its_box_goes_with_the_page(visit) -> None:
    page = visit(640, 360).page
    page.evaluate("location.hash = '#paper=sleeper-agents'")
    box = page.locator(".paper-ask")
    expect(box).to_be_visible()
    assert box.evaluate("node => getComputedStyle(node).position") == "static"
    page.emulate_media(media="print")
    expect(page.locator(".paper-view .abstract").first).to_be_visible()
    assert page.locator(".paper-view .abstract").first.evaluate("node => getComputedStyle(node).fontSize") != "0px"
    expect(box).to_be_hidden()


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


MOST_REQUESTS = 54
GRADIO = "**/assets/index-*.js"
SHIFTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(0), 500);
})"""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_while_the_scripts_are_on_their_way_the_page_is_not_blank(server: str, browser, language: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=language, reduced_motion="reduce")
    page, asked, errors, held = context.new_page(), [], [], []
    page.on("request", lambda sent: asked.append(sent.url) if sent.url.startswith("http") else None)
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.route(GRADIO, lambda route: held.append(route))
    page.goto(server, wait_until="commit")
    front = page.locator("#front")
    expect(front.locator("h1")).to_be_visible()
    expect(front).to_contain_text("94")
    expect(front.locator(".front-late")).to_be_hidden()
    moving = "() => document.getAnimations().filter((one) => one.animationName === 'front-waits').length"
    assert page.evaluate(moving) == 0
    heading = front.locator("h1").bounding_box()
    page.wait_for_timeout(1000)
    expect(front).to_be_visible()
    assert held and page.locator(".masthead").count() == 0
    for route in held:
        route.continue_()
    page.unroute(GRADIO)
    expect(front).to_have_count(0)
    expect(page.locator(".intro h1")).to_be_visible()
    # What is drawn stands where its forerunner stood, and in the same language.
    drawn = page.locator(".intro h1").bounding_box()
    assert heading and drawn and abs(heading["y"] - drawn["y"]) < 8
    expect(page.locator(".masthead")).to_have_attribute("data-language", language[:2])
    page.wait_for_selector(".masthead[data-ready]")
    page.wait_for_timeout(2000)  # the network is never idle: Gradio's heart beats
    assert page.evaluate(SHIFTED) < 0.1
    assert page.title().startswith("paperbacked") and "94" in page.title()
    assert len(asked) <= MOST_REQUESTS, asked
    assert not errors
    context.close()
