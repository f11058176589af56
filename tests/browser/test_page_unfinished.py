"""What a reload and a lost connection must not lose: the question under way, and what is typed and not sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
WEAKER = "Can a weaker model supervise a stronger one?"
BUSY = ".turn[aria-busy]"
ANSWERED = ".turn:not([aria-busy]) .provenance"
LISTED = "JSON.parse(localStorage.getItem('paperbacked-conversations') ?? '[]')"


class Held(LocalAnswerer):
    """Answers wait after their first event while `go` is not set."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.go = threading.Event()
        self.asked: list[Any] = []

    def stream(self, *arguments: Any, **options: Any) -> Any:
        self.asked.append(arguments[0])
        events = super().stream(*arguments, **options)
        yield next(events)
        self.go.wait(30)
        yield from events


@pytest.fixture(scope="module")
def answerer(built_full: Any) -> Held:
    return Held(built_full.retriever, LanguageModel)


@pytest.fixture(scope="module")
def server(served: Any, answerer: Held) -> Iterator[str]:
    with served(create_app(answerer)) as address:
        yield address


@pytest.fixture(autouse=True)
def _let_go(answerer: Held) -> Iterator[None]:
    answerer.go.set()
    answerer.asked.clear()
    yield
    answerer.go.set()


def held_question(seen: Any, answerer: Held, question: str) -> None:
    answerer.go.clear()
    seen.page.fill("#question textarea", question)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(f"{BUSY} .question")).to_have_text(question)


def reload_midway(seen: Any) -> None:
    """A reload while an answer streams, of which Gradio says in the console that it was cut off."""
    seen.page.reload()
    gradio = ("AbortError", "Unexpected error Connection errored out", "TypeError: network error")
    seen.errors[:] = [error for error in seen.errors if not error.startswith(gradio)]


def test_a_reload_in_the_middle_asks_again_after_what_stood_before(visit, answerer: Held) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    page.click("#filters > button")
    page.click("#filters label:has-text('OpenAI')")
    expect(page.locator("#chosen [data-unfilter]")).to_have_text(["OpenAI"])
    held_question(seen, answerer, WEAKER)
    reload_midway(seen)
    expect(page.locator(f"{BUSY} .question")).to_have_text(WEAKER)
    answerer.go.set()
    expect(page.locator(ANSWERED)).to_have_count(2)
    assert page.locator(".question").all_text_contents() == [BACKDOOR, WEAKER]
    first, again = answerer.asked[-2:]
    assert (first.text, first.filters, first.history) == (again.text, again.filters, again.history)
    assert len(answerer.asked) == 3 and again.filters.organisations == ("OpenAI",) and again.history
    expect(page.locator("#chosen [data-unfilter]")).to_have_text(["OpenAI"])  # what is asked next, too
    assert [one["count"] for one in page.evaluate(LISTED)] == [2]
    page.reload()  # what was answered is not asked any more
    expect(page.locator(ANSWERED)).to_have_count(2)
    assert len(answerer.asked) == 3


def test_a_question_that_is_cut_off_twice_is_put_back_and_not_asked_for_ever(visit, answerer: Held) -> None:
    seen = visit()
    page = seen.page
    held_question(seen, answerer, WEAKER)
    reload_midway(seen)
    expect(page.locator(BUSY)).to_have_count(1)
    for _ in range(2):
        reload_midway(seen)
        expect(page.locator("#question textarea")).to_have_value(WEAKER)
    assert len(answerer.asked) == 2 and page.locator(".turn").count() == 0
    answerer.go.set()
    page.press("#question textarea", "Enter")
    expect(page.locator(ANSWERED)).to_have_count(1)


def test_a_retry_that_is_cut_off_takes_the_place_of_the_older_answer(visit, answerer: Held) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    seen.ask(WEAKER)
    answerer.go.clear()
    page.click("[data-retry]")
    expect(page.locator(BUSY)).to_have_count(1)
    reload_midway(seen)
    answerer.go.set()
    expect(page.locator(ANSWERED)).to_have_count(2)
    assert page.locator(".question").all_text_contents() == [BACKDOOR, WEAKER] and len(answerer.asked) == 4
    assert [one["count"] for one in page.evaluate(LISTED)] == [2]


def test_what_the_reader_stopped_or_left_is_not_asked_again(visit, answerer: Held) -> None:
    seen = visit()
    page = seen.page
    held_question(seen, answerer, WEAKER)
    page.click(".wordmark")
    expect(page.locator(".intro")).to_be_visible()
    reload_midway(seen)
    page.wait_for_selector(".masthead[data-ready]")
    page.wait_for_timeout(300)
    assert page.locator(".turn").count() == 0 and len(answerer.asked) == 1
    assert page.input_value("#question textarea") == ""


def test_a_draft_survives_a_reload_and_is_gone_once_it_was_asked(visit) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)  # asked before the page has begun, it is no draft
    expect(page.locator("#question textarea")).to_have_value("")
    page.click(".masthead-actions [data-new]")
    expect(page.locator(".intro")).to_be_visible()
    draft = "Half a question\nwith <b>two</b> lines"
    page.fill("#question textarea", draft)
    page.reload()
    expect(page.locator("#question textarea")).to_have_value(draft)
    page.press("#question textarea", "Enter")
    expect(page.locator(ANSWERED)).to_have_count(1)
    page.reload()
    expect(page.locator(ANSWERED)).to_have_count(1)
    expect(page.locator("#question textarea")).to_have_value("")


@pytest.mark.parametrize(("locale", "said"), [("en", "The connection to the server is lost."), ("zh-CN", "连接已中断")])
def test_a_lost_connection_is_said_in_the_page_s_words_and_what_was_typed_stays(
    visit, locale: str, said: str, shoot
) -> None:
    seen = visit(locale=locale)
    page = seen.page
    page.wait_for_selector(".masthead[data-ready]")
    page.route("**/gradio_api/queue/**", lambda route: route.abort())
    page.route("**/gradio_api/app_id", lambda route: route.abort())
    page.fill("#question textarea", WEAKER)
    page.keyboard.press("Enter")
    expect(page.locator("#notice [role=alert]")).to_contain_text(said)
    expect(page.locator(".toast-wrap")).to_be_hidden()
    expect(page.locator("#question textarea")).to_have_value(WEAKER)
    shoot(seen, f"page-lost-{locale}")
    page.unroute("**/gradio_api/queue/**")
    page.unroute("**/gradio_api/app_id")
    # Gradio loads the page anew.
    expect(page.locator("html[data-lost]")).to_have_count(0, timeout=20_000)
    expect(page.locator("#question textarea")).to_have_value(WEAKER)
    seen.errors.clear()  # the browser's own of what was refused
