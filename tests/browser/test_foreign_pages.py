"""The widget on pages as sites have them, in Chromium and in Firefox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.foreign_pages import foreign_pages
from tests.support.guests import Guest, OtherSite, visits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

QUESTION = "Do safety techniques remove a backdoor that was trained in?"
Visiting = Callable[..., Guest]
Styles = dict[str, dict[str, str]]
INLINE = "paperbacked-answer:not([launcher])"
# Every computed style of every node in the widget's shadow tree, by the way that leads there.
STYLES = """(selector) => {
  const styled = {};
  const take = (node, way) => {
    const style = getComputedStyle(node);
    styled[way] = Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]));
    [...node.children].forEach((child, at) => take(child, `${way} > ${at}:${child.localName}.${child.className}`));
  };
  take(document.querySelector(selector).shadowRoot.querySelector(".root"), "root");
  return styled;
}"""
# The same of the page's own nodes, without those that hold or follow the widget in the text.
OWN_STYLES = """() => [...document.querySelectorAll("body *:not(paperbacked-answer, script)")].map((node) => {
  const style = getComputedStyle(node);
  return [node.localName, ["color", "font", "display", "padding", "margin", "background-color", "letter-spacing",
    "text-transform", "direction"].map((name) => style.getPropertyValue(name))];
})"""


@pytest.fixture(scope="session")
def foreign(server: str, other_site: OtherSite, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the site that has them, which may ask our server."""
    other_site.pages.update(foreign_pages(server, tmp_path_factory.mktemp("foreign")))
    return other_site.allowed


@pytest.fixture(params=["chromium", "firefox"])
def visit(request: pytest.FixtureRequest, foreign: str) -> Iterator[Visiting]:
    browser: Browser = request.getfixturevalue({"chromium": "browser", "firefox": "firefox"}[request.param])
    with visits(browser) as open_page:
        yield lambda path, **options: open_page(foreign + path, **options)


def ask(page: Page, within: str) -> None:
    """Types the question into that widget and waits for its whole answer."""
    widget = page.locator(within)
    turns = widget.locator(".turn").count()
    widget.locator("textarea").fill(QUESTION)
    widget.locator("textarea").press("Enter")
    expect(widget.locator(".turn").nth(turns).locator(".actions")).to_be_visible(timeout=30_000)


def has_answered(page: Page, within: str) -> None:
    """A cited answer stands there, and a marker shows and lights its quote."""
    widget = page.locator(within)
    marker = widget.locator(".marker").first
    marker.scroll_into_view_if_needed()
    marker.hover()
    expect(widget.locator(".popover .words")).to_contain_text("“")
    expect(widget.locator(".popover .paper")).to_contain_text("Sleeper Agents")
    marker.click()
    expect(widget.locator("blockquote[data-lit]")).to_be_in_viewport()
    expect(widget.locator(".about")).to_contain_text("answers the question")


def test_a_blogs_theme(visit: Visiting, page_of: Callable[..., str], foreign: str) -> None:
    # As long as the other, so that both have a scroll bar or none.
    long = page_of('data-launcher="on" data-title="Ask the papers"', '<div style="height: 300vh"></div>')
    launcher = "paperbacked-answer[launcher]"
    # One after the other, as only one window has the focus.
    plain = styles_of_an_answer(visit(long.removeprefix(foreign)), launcher)
    seen = visit("/theme/")
    assert not different(plain, styles_of_an_answer(seen, launcher))
    assert seen.posts("/api/v1/ask") == 1
    # Firefox does not tell what was sent.
    assert seen.bodies("/api/v1/ask")[0] in (None, {"question": QUESTION, "history": [], "filters": {}})
    has_answered(seen.page, launcher)
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("Escape")
    ask(seen.page, INLINE)
    has_answered(seen.page, INLINE)
    # A key that is a shortcut of the page's is a letter in the box, and the page's own boxes are left alone.
    box = seen.page.locator(f"{INLINE} textarea")
    box.focus()
    seen.page.keyboard.type("s/")
    expect(box).to_have_value("s/")


def styles_of_an_answer(seen: Guest, within: str) -> Styles:
    """Asks in the launcher's panel, and takes the styles of all that stands in it."""
    seen.launch.click()
    ask(seen.page, within)
    seen.page.mouse.move(2, 2)
    return seen.page.evaluate(STYLES, within)


def different(here: Styles, there: Styles) -> list[str]:
    """Every style of the widget that the page's own rules have reached: on an empty page, and there."""
    assert list(here) == list(there)
    return [
        f"{way}: {name} is {there[way][name]}, not {value}"
        for way, styles in here.items()
        for name, value in styles.items()
        if there[way][name] != value
    ]


def test_the_pages_own_looks_are_left_alone(visit: Visiting, other_site: OtherSite, foreign: str) -> None:
    bare = re.sub(r"<script type=\"module\".*?</script>", "", other_site.pages["/theme/"][0])
    other_site.pages["/bare/"] = (bare, {})
    without, with_it = visit("/bare/"), visit("/theme/")
    expect(with_it.launch).to_be_visible()
    assert with_it.page.evaluate(OWN_STYLES) == without.page.evaluate(OWN_STYLES)
    globals_of = "Object.keys(window).filter((name) => name !== 'told' && !/^jQuery\\d/.test(name)).sort()"
    assert with_it.page.evaluate(globals_of) == without.page.evaluate(globals_of)


def test_react_in_its_strict_mode_with_a_router(visit: Visiting) -> None:
    seen = visit("/react/")
    page = seen.page
    expect(page.locator(INLINE)).to_have_count(1)
    page.get_by_role("button", name="Ask it").click()
    expect(page.locator(".heard")).to_contain_text("answered", timeout=30_000)
    has_answered(page, INLINE)
    for _ in range(2):
        page.get_by_role("button", name="Hide").click()
        expect(page.locator("paperbacked-answer")).to_have_count(0)
        page.get_by_role("button", name="Show").click()
        expect(page.locator(INLINE)).to_have_count(1)
    # Its place is a new component's, so it begins anew, and what was under way is asked no further.
    expect(page.locator(f"{INLINE} .turn")).to_have_count(0)
    page.get_by_role("button", name="Ask it").click()
    page.get_by_role("link", name="Contents").click()
    expect(page.get_by_role("heading", name="Contents")).to_be_visible()
    page.go_back()
    ask(page, INLINE)
    has_answered(page, INLINE)
    assert not page.locator("paperbacked-answer[launcher]").count(), "a script that came again made a launcher"


def test_vue_with_a_router_that_keeps_pages_alive(visit: Visiting) -> None:
    seen = visit("/vue/")
    page = seen.page
    ask(page, INLINE)
    expect(page.locator(".heard")).to_contain_text("answered")
    background = "node => getComputedStyle(node).backgroundColor"
    light = page.locator(f"{INLINE} .panel").evaluate(background)
    page.get_by_role("button", name="Lights").click()
    expect(page.locator(f"{INLINE} .root")).to_have_class(re.compile("dark"))
    assert page.locator(f"{INLINE} .panel").evaluate(background) != light
    # Taken out and put back, or moved: the conversation is still there.
    for leave in ("link", "order"):
        if leave == "link":
            page.get_by_role("link", name="Contents").click()
            expect(page.locator("paperbacked-answer")).to_have_count(0)
            page.get_by_role("link", name="Room").click()
        else:
            page.get_by_role("button", name="Other way round").click()
        expect(page.locator(f"{INLINE} .turn")).to_have_count(1)
        has_answered(page, INLINE)
    assert seen.posts("/api/v1/ask") == 1


def test_a_policy_of_nonces_and_trusted_types(visit: Visiting) -> None:
    seen = visit("/strict/")
    assert seen.page.evaluate("crossOriginIsolated")
    ask(seen.page, INLINE)
    has_answered(seen.page, INLINE)
    seen.launch.click()
    ask(seen.page, "paperbacked-answer[launcher]")
    has_answered(seen.page, "paperbacked-answer[launcher]")
    for within in (INLINE, "paperbacked-answer[launcher]"):
        assert seen.page.locator(f"{within} .panel").evaluate("node => getComputedStyle(node).borderRadius") == "12px"


def test_a_page_that_runs_from_right_to_left(visit: Visiting) -> None:
    seen = visit("/arabic/", width=1100)
    page = seen.page
    ask(page, INLINE)
    has_answered(page, INLINE)
    launch = box_of(seen.launch)
    assert launch["x"] == 24, "the end of a line is at the left"
    seen.launch.click()
    ask(page, "paperbacked-answer[launcher]")
    assert box_of(seen.panel)["x"] == 24
    widget = page.locator(INLINE)
    send, box = box_of(widget.locator(".send")), box_of(widget.locator("textarea"))
    assert send["x"] < box["x"], "the button stands where the line ends"
    # An English question reads from left to right all the same, and an Arabic heading from right to left.
    direction = "node => { const range = document.createRange(); range.selectNodeContents(node); "
    direction += "const [line] = range.getClientRects(); const box = node.getBoundingClientRect(); "
    direction += "return line.left - box.left < box.right - line.right ? 'left' : 'right' }"
    assert widget.locator(".head h2").evaluate(direction) == "right"
    assert widget.locator(".question").first.evaluate(direction) == "left"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing stands out of the window"


def box_of(locator: Any) -> dict[str, float]:
    box = locator.bounding_box()
    assert box
    return box
