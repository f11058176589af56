"""The library as a reader meets it: found, ordered, narrowed and opened, by mouse, finger and keyboard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app
from retrieval.types import Paper

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ROWS = "#library .entry:not([hidden])"
TITLES = f"{ROWS} th button"
MARKS = "#library .lane-marks a"
COUNT = "#library .library-count"
SEARCH = "#library [type=search]"
SLEEPERS = "In “Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training”: "
# What the library tells the rest of the page, noted in the order it is told.
NOTE_EVENTS = """window.__told = []; for (const name of ["draft", "filter"])
  document.addEventListener(`paperbacked:${name}`, (event) => window.__told.push([name, event.detail]))"""


@pytest.fixture(scope="module")
def server(built_full: Any) -> Iterator[str]:
    """The app over all papers with the hash embedder: nothing here needs meaning."""
    answerer = LocalAnswerer(built_full.retriever, LanguageModel)
    running = uvicorn.Server(uvicorn.Config(create_app(answerer), log_level="error", timeout_graceful_shutdown=2))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.should_exit = True
        thread.join(10)


@pytest.fixture
def library(visit: Any) -> Any:
    """`library(width, height, …)`: a visit that has gone on to the library."""

    def opened(*size: int, **options: object) -> Any:
        seen = visit(*size, **options)
        seen.page.click(".sections a[href='#library']")
        expect(seen.page.locator("#library h1")).to_be_visible()
        seen.page.evaluate(NOTE_EVENTS)
        return seen

    return opened


def texts(page: Page, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


def test_sections_follow_the_address_and_leave_the_conversation_alone(visit: Any) -> None:
    seen = visit()
    page = seen.page
    seen.ask("Do safety techniques remove a backdoor that was trained in?")
    page.fill("#question textarea", "half a question")
    answer = seen.text(".answer")
    page.click(".sections a[href='#library']")
    expect(page.locator("#library h1")).to_be_focused()
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator(".sections [aria-current=page]")).to_have_text("Library")
    page.evaluate("scrollTo(0, 900)")
    page.dispatch_event(".sections a[href='#about']", "click")  # a click of the driver's would scroll by itself
    expect(page.locator("#about h1")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.locator("#library h1")).to_be_focused()
    assert page.evaluate("scrollY") == 900
    page.go_back()
    expect(page.locator(".turn .question")).to_be_focused()
    expect(page.locator("#library")).to_be_hidden()
    assert seen.text(".answer") == answer and page.input_value("#question textarea") == "half a question"
    page.click(".sections a[href='#about']")
    page.click(".wordmark")
    assert seen.text(".answer") == answer and page.evaluate("location.hash") == "#ask"


@pytest.mark.parametrize("opening", [{"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}])
def test_a_new_tab_leaves_the_section_of_this_one_open(library: Any, opening: dict[str, Any]) -> None:
    page = library().page
    with page.context.expect_page() as opened:
        page.click(".wordmark", **opening)
    opened.value.close()
    expect(page.locator("#library h1")).to_be_visible()
    assert page.evaluate("location.hash") == "#library"


def test_similar_papers_that_cannot_be_fetched_are_asked_for_again(library: Any) -> None:
    page = library().page
    page.fill(SEARCH, "sleeper")
    page.locator(TITLES).first.click()
    page.route("**/similar?*", lambda route: route.fulfill(status=200, body="<html>Not found</html>"), times=1)
    opener = page.locator("#library .more:not([hidden])").get_by_role("button", name="Similar papers")
    opener.click()
    expect(page.locator("#library .similar [role=status]")).to_contain_text("could not be fetched")
    opener.click()
    expect(page.locator("#library .similar li")).to_have_count(5)
    opener.click()  # once is enough
    expect(page.locator("#library .similar ul")).to_have_count(1)


def test_an_address_leads_straight_to_a_section(visit: Any) -> None:
    seen = visit()
    seen.page.goto(f"{seen.server}/#about")
    seen.page.reload()
    expect(seen.page.locator("#about h1")).to_be_visible()
    expect(seen.page.locator(".sections [aria-current=page]")).to_have_text("About")
    expect(seen.page.locator("#spread")).to_be_hidden()


def test_every_column_sorts_both_ways_and_what_is_missing_stays_last(library: Any) -> None:
    page = library().page
    for column, name in enumerate(("title", "organisation", "date", "category", "language", "link")):
        button = page.locator(f"[data-sort={name}]")
        cells = f"{ROWS} > :nth-child({column + 1})"
        orders: list[list[str]] = []
        for _ in range(2):
            button.click()
            head = page.locator("#library th[aria-sort=ascending], #library thead th[aria-sort=descending]")
            expect(head).to_have_count(1)
            values = texts(page, f"{cells} time") if name == "date" else texts(page, cells)
            if name == "date":
                values = [time.get_attribute("datetime") or "" for time in page.locator(f"{cells} time").all()]
                assert not page.locator(f"{ROWS} .cell-date").last.inner_text()
            given = [value for value in values if value]
            assert values[: len(given)] == given
            ordered = page.evaluate("v => [...v].sort(new Intl.Collator('en', {numeric: true}).compare)", given)
            down = head.get_attribute("aria-sort") == "descending"
            if name != "title":  # what is set beside a label is not part of what is sorted by
                assert given == (ordered[::-1] if down else ordered)
            orders.append(given)
        assert orders[0] != orders[1] and len(set(orders[0])) > 1


def test_searching_as_one_types(library: Any, all_papers: tuple[Paper, ...]) -> None:
    page = library().page
    page.fill(SEARCH, "SLEEPER ágents")
    expect(page.locator(COUNT)).to_have_text("1 of 94 papers")
    assert texts(page, TITLES) == ["Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training"]
    assert page.locator(f"{MARKS}:not(.away)").count() == 1
    page.fill(SEARCH, "openai")
    expect(page.locator(COUNT)).to_have_text("11 of 94 papers")
    page.fill(SEARCH, "no such words anywhere")
    expect(page.locator(COUNT)).to_contain_text("No paper fits")
    expect(page.locator(".library-empty")).to_be_visible()
    page.click(".library-clear")
    expect(page.locator(COUNT)).to_have_text(f"{len(all_papers)} papers")
    expect(page.locator(SEARCH)).to_be_focused()


def test_the_picture_narrows_the_list_and_the_question(library: Any, all_papers: tuple[Paper, ...]) -> None:
    page = library().page
    page.click("#library .lane-name:has-text('DeepMind')")
    page.click("#library .years button:has-text('2023')")
    page.click("#library .legend button:has-text('Robustness')")
    wanted = [
        paper
        for paper in all_papers
        if (paper.organisation, paper.category) == ("Google DeepMind", "Robustness")
        and paper.published
        and paper.published.year == 2023
    ]
    assert wanted
    expect(page.locator(COUNT)).to_have_text(f"{len(wanted)} of 94 papers")
    assert set(texts(page, TITLES)) == {" ".join(paper.name.split()) for paper in wanted}
    assert page.locator(f"{MARKS}:not(.away)").count() == len(wanted)
    assert page.locator("#library [aria-pressed=true]").count() == 3
    expect(page.locator(".library-means")).to_contain_text("Google DeepMind · Robustness · 2023 only")
    page.click(".library-ask")
    expect(page.locator("#composer")).to_be_visible()
    detail = {"organisations": ["Google DeepMind"], "categories": ["Robustness"], "since": 2023, "until": 2023}
    assert page.evaluate("window.__told") == [["filter", detail]]
    expect(page.locator("#chosen")).to_contain_text("Google DeepMind")


def test_what_is_not_given_can_be_read_but_not_asked_for(library: Any) -> None:
    page = library().page
    page.select_option("[data-field=year]", label="Not given")
    expect(page.locator(COUNT)).to_have_text("16 of 94 papers")
    expect(page.locator(".library-ask")).to_be_hidden()
    expect(page.locator(".library-means")).to_contain_text("cannot be limited")


def test_a_paper_opens_and_leads_on(library: Any, all_papers: tuple[Paper, ...]) -> None:
    page = library().page
    page.fill(SEARCH, "sleeper")
    title = page.locator(TITLES).first
    title.click()
    assert title.get_attribute("aria-expanded") == "true"
    (paper,) = [paper for paper in all_papers if paper.id == "sleeper-agents"]
    more = page.locator("#library .more:not([hidden])")
    expect(more.locator(".summary")).to_have_text(paper.summary)
    expect(more.locator(".abstract")).to_have_text(paper.abstract)
    assert more.get_by_text("Read the paper ↗").get_attribute("rel") == "noopener noreferrer nofollow"
    more.get_by_text("Similar papers").click()
    expect(more.locator(".similar li")).to_have_count(5)
    name = more.locator(".similar button").first.inner_text()
    more.locator(".similar button").first.click()
    expect(page.locator(f"{TITLES}[aria-expanded=true]:focus")).to_contain_text(name)
    page.locator("#library .more:not([hidden])").get_by_text("Ask about this paper").last.click()
    expect(page.locator("#composer")).to_be_visible()


def test_asking_about_a_paper_begins_the_question(library: Any) -> None:
    page = library().page
    page.fill(SEARCH, "sleeper")
    page.locator(TITLES).first.click()
    page.get_by_text("Ask about this paper").click()
    assert page.evaluate("window.__told") == [["draft", {"text": SLEEPERS}]]
    expect(page.locator("#question textarea")).to_have_value(SLEEPERS)
    expect(page.locator("#question textarea")).to_be_focused()


def test_a_server_that_is_gone_gets_one_sentence(library: Any) -> None:
    seen = library()
    page = seen.page
    page.route("**/api/v1/papers/**", lambda route: route.abort())
    page.locator(TITLES).first.click()
    expect(page.locator(".paper-abstract")).to_have_text("This could not be fetched from the server. Try once more.")
    page.unroute("**/api/v1/papers/**")
    seen.errors.clear()
    page.locator(TITLES).first.click()
    page.locator(TITLES).first.click()
    expect(page.locator("#library .abstract")).to_be_visible()


def test_the_keyboard_alone_is_enough(library: Any) -> None:
    page = library().page
    tab, press = (lambda: page.keyboard.press("Tab")), page.keyboard.press
    focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"
    tab()
    assert page.evaluate(focused).startswith("Google DeepMind")
    press("Enter")
    expect(page.locator(COUNT)).to_have_text("42 of 94 papers")
    press("Enter")
    tab()
    first = page.evaluate(focused)
    press("ArrowRight")
    second = page.evaluate(focused)
    assert first != second and page.locator(".picture-pointed").inner_text() == second
    press("End")
    last = page.evaluate(focused)
    press("Enter")
    opened = page.locator(f"{TITLES}[aria-expanded=true]")
    expect(opened).to_be_focused()
    assert last.startswith(" ".join(opened.inner_text().split()))
    # The three lanes cost six stops, the years three: not one for each of 78 papers.
    page.locator("#library .lane-name").first.focus()
    stops = 0
    while stops < 40 and not page.evaluate("document.activeElement.matches('[type=search]')"):
        tab()
        stops += 1
    assert stops == 6 - 1 + 3 + 10 + 1
    page.keyboard.type("sleeper")
    expect(page.locator(COUNT)).to_have_text("1 of 94 papers")


def test_another_language_renews_the_library_and_keeps_what_was_chosen(library: Any) -> None:
    page = library().page
    page.select_option("[data-field=organisation]", label="OpenAI")
    expect(page.locator(COUNT)).to_have_text("11 of 94 papers")
    page.click("[data-language-toggle]")
    expect(page.locator("#library h1")).to_have_text("文献库")
    expect(page.locator(COUNT)).to_have_text("显示 11 / 94 篇论文")
    expect(page.locator(".sections [aria-current=page]")).to_have_text("文献库")
    assert page.locator(ROWS).count() == 11


@pytest.mark.parametrize("width", [360, 768, 1024, 2560])
def test_no_width_scrolls_sideways(library: Any, width: int) -> None:
    page = library(width, 800).page
    page.locator(TITLES).nth(3).click()
    expect(page.locator("#library .abstract")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click(".sections a[href='#about']")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("width", "scheme", "name"),
    [(1280, "light", "library"), (1280, "dark", "library-dark"), (360, "light", "library-phone")],
)
def test_axe_finds_nothing_serious(library: Any, shoot: Any, width: int, scheme: str, name: str) -> None:
    seen = library(width, 860, color_scheme=scheme)
    page = seen.page
    shoot(seen, name)
    page.locator(TITLES).nth(3).click()
    expect(page.locator("#library .abstract")).to_be_visible()
    page.click("#library .legend button >> nth=0")
    for section in ("library", "about"):
        page.click(f".sections a[href='#{section}']")
        found = Axe().run(page).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in serious]
