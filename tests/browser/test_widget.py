"""The widget on other people's pages: real browser, real server, and pages that may ask and may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.answering.question import Question
from app.surfaces.page.permalink import question_of_link
from retrieval.facets import facets_of
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file
from retrieval.types import Filters

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
EGG = "How long should I boil an egg?"
WIDGET = "paperbacked-answer"
Visiting = Callable[..., Any]


def in_widget(page: Page) -> str:
    """What has the focus within the widget, as its tag and class."""
    return page.evaluate(
        """() => { const node = document.querySelector("paperbacked-answer").shadowRoot.activeElement;
        return node ? `${node.localName}.${node.className}` : "" }"""
    )


def test_an_answer_on_an_allowed_page(guest: Visiting, page_of: Callable[..., str], server: str) -> None:
    seen = guest(page_of('data-title="Ask the papers"'))
    page = seen.page
    seen.launch.click()
    seen.ask(BACKDOOR)
    (_, asked), (_, answered) = [each for each in seen.told() if each[0] in ("ask", "answer")]
    assert [name for name, _ in seen.told()] == ["open", "ask", "answer"]
    assert asked == {"question": BACKDOOR}
    cited = answered["answer"]["citations"]
    assert "Sleeper Agents" in cited[0]["paper"]["title"]
    page.locator(".marker").first.hover()
    expect(page.locator(".popover .words")).to_have_text(f"“{cited[0]['quote']}”")
    expect(page.locator(".popover .paper")).to_contain_text("Sleeper Agents")
    assert cited[0]["quote"] in cited[0]["paper"]["abstract"]
    page.locator(".marker").first.click()
    expect(page.locator("blockquote[data-lit] .words")).to_have_text(f"“{cited[0]['quote']}”")
    expect(page.locator("blockquote[data-lit]")).to_be_in_viewport()
    expect(page.locator(".about")).to_contain_text("word for word · answers the question")
    others = {source["paper"]["id"] for source in answered["answer"]["sources"]} - {
        each["paper"]["id"] for each in cited
    }
    expect(page.locator(".also summary")).to_have_text(f"Also found ({len(others)})")
    link = page.locator(".card-title a").first
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert page.locator(".foot a").get_attribute("href") == f"{server}/?{urlencode({'q': BACKDOOR})}"
    assert {request.url.split("/")[2] for request in seen.sent} == {page.url.split("/")[2], server.split("/")[2]}


def test_the_whole_page_is_asked_the_same(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("data-organisation='Anthropic | Google DeepMind' data-since='2023'"))
    seen.launch.click()
    seen.ask(BACKDOOR)
    seen.ask("Why?")
    answer = [detail for name, detail in seen.told() if name == "answer"][1]["answer"]
    assert answer["question"] == "Why?" != answer["standalone_question"]
    link = parse_qs(urlsplit(seen.page.locator(".foot a").get_attribute("href")).query)
    facets = facets_of(read_papers(default_papers_file()))
    asked, _ = question_of_link({**link, "q": link["q"][0], "since": link["since"][0]}, facets)
    filters = Filters(("Anthropic", "Google DeepMind"), since=date(2023, 1, 1))
    assert asked == Question(answer["standalone_question"], (), filters)


def test_a_collection_is_asked_by_its_name_and_so_is_the_page(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("data-collection='default'"))
    seen.launch.click()
    seen.ask(BACKDOOR)
    [body] = seen.bodies("/api/v1/ask")
    assert body == {"question": BACKDOOR, "history": [], "filters": {}, "collection": "default"}
    link = parse_qs(urlsplit(seen.page.locator(".foot a").get_attribute("href")).query)
    assert link == {"q": [BACKDOOR], "collection": ["default"]}


def test_what_the_owners_filter_hides_is_named_with_its_title_set_off(
    guest: Visiting, page_of: Callable[..., str]
) -> None:
    seen = guest(page_of("data-organisation='OpenAI'"))
    seen.launch.click()
    seen.ask("tl;dr of Sleeper Agents")
    expect(seen.page.locator(".answer")).to_contain_text("Outside your filter, Anthropic's Sleeper Agents")
    expect(seen.page.locator(".answer em")).to_contain_text("Training Deceptive LLMs")


def test_a_page_that_is_not_allowed_is_told_so(guest: Visiting, page_of: Callable[..., str], other_site: Any) -> None:
    address = page_of().replace(other_site.allowed, other_site.stranger)
    seen = guest(address, fails=True)
    seen.launch.click()
    seen.ask(BACKDOOR)
    expect(seen.page.locator(".failure")).to_have_text(re.compile("cannot be reached just now"))
    expect(seen.page.get_by_role("button", name="Retry")).to_be_visible()
    assert [name for name, _ in seen.told()] == ["open", "ask", "error"]
    assert not seen.page.locator(".answer, .card").count()


def test_it_works_under_the_strictest_policy(guest: Visiting, page_of: Callable[..., str]) -> None:
    policy = "default-src 'none'; script-src HOST; connect-src HOST; require-trusted-types-for 'script'"
    seen = guest(page_of('data-launcher="on"', f"<{WIDGET} accent='#a30'></{WIDGET}>", Content_Security_Policy=policy))
    page = seen.page
    assert page.locator(".inline .panel").evaluate("node => getComputedStyle(node).borderRadius") == "12px"
    assert page.locator(".inline .send").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(170, 51, 0)"
    seen.ask(BACKDOOR)
    page.locator(".marker").first.hover()
    expect(page.locator(".inline .popover")).to_be_visible()
    seen.launch.click()
    expect(seen.panel).to_be_visible()


def test_the_page_below_an_open_launcher_can_be_clicked(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("", "<button onclick='this.textContent=\"clicked\"'>One</button>"))
    seen.launch.click()
    seen.page.get_by_role("button", name="One").click()
    expect(seen.page.get_by_role("button", name="clicked")).to_be_visible()


def test_the_keyboard_is_enough(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("", "<button>Before</button>"))
    page = seen.page
    page.get_by_role("button", name="Before").focus()
    page.keyboard.press("Tab")
    assert in_widget(page) == "button.launch"
    expect(seen.launch).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Ask the papers")).to_be_visible()
    expect(seen.launch).to_have_attribute("aria-expanded", "true")
    assert in_widget(page) == "textarea."
    seen.ask(BACKDOOR)
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stops.append(in_widget(page))
    assert all(stops) and "button.launch" not in stops, "Tab left the dialog"
    assert {"span.marker", "textarea.", "button.send"} <= set(stops) and stops.count("span.marker") > 1
    while in_widget(page) != "span.marker":
        page.keyboard.press("Shift+Tab")
    expect(page.locator(".popover")).to_be_visible()
    assert page.locator(".marker:focus").get_attribute("aria-describedby") == "quote"
    page.keyboard.press("Escape")
    expect(page.locator(".popover")).to_be_hidden()
    expect(seen.panel).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("blockquote[data-lit]")).to_be_in_viewport()
    assert in_widget(page) == "li.card"
    page.keyboard.press("Escape")
    expect(seen.panel).to_be_hidden()
    assert in_widget(page) == "button.launch"
    expect(seen.launch).to_have_attribute("aria-expanded", "false")


def test_focus_goes_back_to_where_it_came_from(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of("", "<button>Mine</button>"))
    seen.page.evaluate("document.querySelector('main button').focus()")
    seen.page.evaluate(f"document.querySelector('{WIDGET}').open()")
    assert in_widget(seen.page) == "textarea."
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("document.activeElement.textContent") == "Mine"
    assert [name for name, _ in seen.told()] == ["open", "close"]


def test_keys_typed_into_it_are_no_shortcuts_of_the_page(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of())
    seen.page.evaluate("document.addEventListener('keydown', (event) => { told.push(['key', event.key]) })")
    seen.page.keyboard.press("j")
    seen.launch.click()
    seen.page.keyboard.type("jk/")
    assert [key for name, key in seen.told() if name == "key"] == ["j"]
    expect(seen.page.locator("textarea")).to_have_value("jk/")


def test_a_follow_up_and_a_thumb(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of('data-organisation="Anthropic" data-since="2023" data-model="x" data-prompt="y"'))
    seen.launch.click()
    expect(seen.page.locator(".scope")).to_have_text("Only Anthropic · from 2023")
    seen.ask(BACKDOOR)
    seen.page.locator(".next button").first.click()
    expect(seen.page.locator(".turn .actions")).to_have_count(2)
    first, second = seen.bodies("/api/v1/ask")
    assert first == {"question": BACKDOOR, "history": [], "filters": {"organisation": ["Anthropic"], "since": "2023"}}
    [(_, one), (_, two)] = [each for each in seen.told() if each[0] == "answer"]
    assert second["question"] == two["question"] == two["answer"]["question"]
    assert second["history"] == [
        {"role": "user", "content": BACKDOOR},
        {"role": "assistant", "content": one["answer"]["answer"]},
    ]
    seen.page.get_by_role("button", name="Not helpful").last.click()
    expect(seen.page.locator(".thanks")).to_have_text("Thank you.")
    [vote] = seen.bodies("/api/v1/feedback")
    assert vote == {
        "id": two["answer"]["id"],
        "verdict": "down",
        "question": two["question"],
        "models": two["answer"]["models"],
        "surface": "widget",
    }


def test_ask_by_script_and_change_its_attributes(guest: Visiting, page_of: Callable[..., str]) -> None:
    seen = guest(page_of())
    page = seen.page
    answer = page.evaluate(f"(question) => document.querySelector('{WIDGET}').ask(question)", BACKDOOR)
    assert answer["status"] == "answered"
    expect(seen.panel).to_be_visible()
    page.evaluate(
        f"""() => {{ const widget = document.querySelector('{WIDGET}');
        widget.setAttribute("language", "zh"); widget.setAttribute("theme", "dark"); widget.title = "问" }}"""
    )
    expect(page.get_by_role("dialog", name="问")).to_be_visible()
    expect(page.locator(".about")).to_contain_text("一字未改 · 回答了此问")
    assert page.locator(".panel").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(21, 23, 26)"
    assert page.evaluate(f"document.querySelector('{WIDGET}').ask('  ')") is None


def test_a_frame_on_an_allowed_page_only(
    guest: Visiting, page_of: Callable[..., str], server: str, other_site: Any
) -> None:
    frame = f'<iframe src="{server}/widget/frame?title=Ask" title="Ask" width="480" height="640"></iframe>'
    address = page_of('data-launcher="on"', frame)
    allowed = guest(address)
    inner = allowed.page.frame_locator("iframe")
    inner.locator("textarea").fill(BACKDOOR)
    inner.locator("textarea").press("Enter")
    expect(inner.locator(".about")).to_contain_text("word for word · answers the question")
    allowed.launch.click()  # the launcher beside it keeps its own conversation
    expect(allowed.panel.locator(".turn")).to_have_count(0)
    refused = guest(address.replace(other_site.allowed, other_site.stranger), fails=True)
    expect(refused.page.frame_locator("iframe").locator(WIDGET)).to_have_count(0)
    assert any("frame-ancestors" in error for error in refused.errors)
