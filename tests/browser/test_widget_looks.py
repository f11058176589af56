"""How the widget looks and what it leaves alone, on pages that make it hard: styles, sizes, themes, directions."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
EGG = "How long should I boil an egg?"
WIDGET = "paperbacked-answer"
Visiting = Callable[..., Any]
# What the shadow tree's styles come to, wherever the element stands.
LOOKS = """(selectors) => {
  const tree = document.querySelector("paperbacked-answer[launcher]").shadowRoot;
  return selectors.map((selector) => {
    const node = tree.querySelector(selector);
    const style = getComputedStyle(node);
    const { width, height, right, bottom } = node.getBoundingClientRect();
    const kept = ["display", "visibility", "color", "backgroundColor", "fontFamily", "fontSize", "fontWeight",
      "fontStyle", "lineHeight", "letterSpacing", "textTransform", "textAlign", "cursor", "float", "boxSizing",
      "padding", "margin", "wordBreak", "borderTopWidth", "opacity", "direction", "writingMode", "pointerEvents"];
    const place = [width, height, innerWidth - right, innerHeight - bottom].map(Math.round);
    return [selector, place, ...kept.map((name) => style[name])];
  });
}"""
# What a finger could miss.
SMALL = """(panel) => [...panel.querySelectorAll("button, .box textarea, summary, .foot a, .card-title a")]
  .map((node) => [node.className || node.textContent, node.getBoundingClientRect()])
  .filter(([, { width, height }]) => width && (height < 43.9 || width < 43.9))
  .map(([name, { width, height }]) => [name, width, height])"""
# What pages really do to their widgets, all at once.
HOSTILE = (Path(__file__).parents[1] / "support" / "hostile.css").read_text(encoding="utf-8")
PARTS = [".launch", ".panel", ".head h2", ".scroll", ".lead", ".next button", "textarea", ".send", ".foot a", "svg"]


def test_hostile_styles_change_nothing(guest: Visiting, page_of: Callable[..., str]) -> None:
    script = (
        'data-title="Ask the papers" data-examples="Do safety techniques remove a backdoor that was trained in? |'
        ' Why do models flatter the people they talk to?"'
    )
    looks = []
    for address in (page_of(script), page_of(script, f"<style>{HOSTILE}</style>")):
        seen = guest(address, reduced_motion="reduce")
        seen.launch.click()
        seen.page.mouse.move(0, 0)
        looks.append(seen.page.evaluate(LOOKS, PARTS))
    for plain, hostile in zip(*looks, strict=True):
        assert plain == hostile
    seen.panel.get_by_role("textbox").fill(EGG)
    seen.page.keyboard.press("Enter")
    expect(seen.panel.locator(".closest li")).to_have_count(3)
    expect(seen.panel.locator(".answer")).to_have_text("The papers do not answer this.")


def test_the_page_is_left_as_it_was(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("", "<p>Text</p><button>One</button>"))
    state = """() => JSON.stringify([document.styleSheets.length, document.adoptedStyleSheets.length, document.cookie,
      localStorage.length, sessionStorage.length, document.body.style.cssText, document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
      ...[...document.querySelectorAll("h1, p, button")].map((node) => node.getBoundingClientRect())])"""
    globals_with = set(seen.page.evaluate("Object.getOwnPropertyNames(window)"))
    with_widget = seen.page.evaluate(state)
    seen.launch.click()
    assert seen.page.evaluate(state) == with_widget
    seen.page.route("**/widget.js", lambda route: route.abort())
    seen.page.reload()
    assert seen.page.evaluate(state) == with_widget
    assert globals_with - set(seen.page.evaluate("Object.getOwnPropertyNames(window)")) == {"told"}
    seen.errors.clear()  # the script that was kept away


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(guest: Visiting, page_of: Callable[..., str], theme: str) -> None:
    wishes = f'accent="#ff8800" theme="{theme}" examples="Why do models flatter people?"'
    inline = guest(page_of("", f"<{WIDGET} {wishes}></{WIDGET}>"), reduced_motion="reduce")
    assert serious(inline.page) == []
    inline.ask(BACKDOOR)
    inline.page.locator(".also summary").click()
    assert serious(inline.page) == []
    floating = guest(page_of(f'data-theme="{theme}"'), reduced_motion="reduce")
    assert serious(floating.page) == []
    floating.launch.click()
    floating.ask(BACKDOOR)
    floating.page.locator(".marker").first.click()
    assert serious(floating.page) == []
    floating.ask(EGG)
    assert serious(floating.page) == []


def test_axe_finds_nothing_on_demo_and_frame(guest: Visiting, server: str) -> None:
    demo = guest(f"{server}/demo", reduced_motion="reduce")
    assert serious(demo.page) == []
    demo.launch.click()
    assert serious(demo.page) == []
    frame = guest(f"{server}/widget/frame?title=Ask")
    frame.ask(BACKDOOR)
    assert serious(frame.page) == []


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844)])
def test_a_phone(guest: Visiting, page_of: Callable[..., str], width: int, height: int) -> None:
    body = f"<{WIDGET} title='Inline' examples='Why do models flatter people?'></{WIDGET}>"
    seen = guest(
        page_of('data-launcher="on"', body), width, height, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = seen.page
    fits = "document.documentElement.scrollWidth <= innerWidth"
    seen.ask(BACKDOOR)  # inline
    assert page.evaluate(fits)
    seen.launch.tap()
    box = seen.panel.bounding_box()
    assert box and [round(side) for side in box.values()] == [0, 0, width, height]
    seen.panel.get_by_role("textbox").fill(BACKDOOR)
    seen.panel.get_by_role("button", name="Ask", exact=True).tap()
    expect(seen.panel.locator(".actions")).to_be_visible()
    assert page.evaluate(fits)
    assert seen.panel.locator(".scroll").evaluate("node => node.scrollWidth <= node.clientWidth")
    assert seen.panel.evaluate(SMALL) == []
    seen.panel.locator(".marker").first.tap()
    popover = seen.panel.locator(".popover")
    expect(popover).to_be_visible()
    place = popover.bounding_box()
    assert place and place["x"] >= 0 and place["x"] + place["width"] <= width and place["y"] + place["height"] <= height
    popover.get_by_role("button").tap()
    expect(seen.panel.locator("blockquote[data-lit]")).to_be_in_viewport()
    seen.panel.get_by_role("button", name="Close").tap()
    expect(seen.panel).to_be_hidden()


def test_a_page_from_right_to_left(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("", "<p>نص</p>", 'lang="ar" dir="rtl"'), reduced_motion="reduce")
    seen.launch.click()
    for part in (seen.launch, seen.panel):
        box = part.bounding_box()
        assert box and box["x"] == 24
    close = seen.page.get_by_role("button", name="Close").bounding_box()
    heading = seen.page.locator(".head h2").bounding_box()
    assert close and heading and close["x"] < heading["x"]
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("position", "left"), [("bottom-left", True), ("bottom-start", True), ("bottom-right", False), ("nowhere", False)]
)
def test_the_launcher_stands_where_it_should(
    guest: Visiting, page_of: Callable[..., str], position: str, left: bool
) -> None:
    box = guest(page_of(f'data-position="{position}"')).launch.bounding_box()
    assert box and (box["x"] == 24 if left else round(box["x"] + box["width"]) == 1256)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_any_accent_can_be_read(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("", f"<{WIDGET}></{WIDGET}>"))
    looks = """async ([accent, theme]) => {
      const widget = document.querySelector("paperbacked-answer");
      widget.setAttribute("accent", accent); widget.setAttribute("theme", theme);
      await new Promise(requestAnimationFrame);
      const style = (selector) => getComputedStyle(widget.shadowRoot.querySelector(selector));
      const { backgroundColor, color } = style(".send");
      return [backgroundColor, color, style(".foot a").color, style(".panel").backgroundColor];
    }"""
    own = {theme: seen.page.evaluate(looks, ["", theme]) for theme in ("light", "dark")}
    for accent in (
        "white",
        "black",
        "#ffff00",
        "#777",
        "rebeccapurple",
        "rgb(255 0 0)",
        "hsl(120 100% 50%)",
        "oklch(0.7 0.1 80)",
    ):
        for theme in ("light", "dark"):
            button, words, link, paper = seen.page.evaluate(looks, [accent, theme])
            assert contrast(button, words) >= 4.5 and contrast(link, paper) >= 4.5, (accent, theme)
    for wrong in (
        "nonsense",
        "red; background: url(https://elsewhere.example)",
        "rgba(0,0,0,.1)",
        "var(--x)",
        "inherit",
    ):
        assert {theme: seen.page.evaluate(looks, [wrong, theme]) for theme in ("light", "dark")} == own, wrong
