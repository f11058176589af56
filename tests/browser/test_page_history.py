"""Conversations in the reader's browser: kept, reopened without asking, deleted, and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
WEAKER = "Can a weaker model supervise a stronger one?"
LISTED = "JSON.parse(localStorage.getItem('paperbacked-conversations') ?? '[]')"
# Fifty conversations as large as the page keeps them, the newest first.
FULL = """() => {
  const list = [];
  for (let place = 0; place < 50; place += 1) {
    localStorage.setItem(`paperbacked-conversation-old${place}`, "[]");
    list.push({ id: `old${place}`, at: 1000 - place, title: `Old ${place}`, count: 1, size: 39_000 });
  }
  localStorage.setItem("paperbacked-conversations", JSON.stringify(list));
}"""


class Counted(LocalAnswerer):
    """How often the chain was asked."""

    asked = 0

    def stream(self, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        return super().stream(*arguments, **options)


@pytest.fixture(scope="module")
def answerer(built_full: Any) -> Counted:
    return Counted(built_full.retriever, LanguageModel)


@pytest.fixture(scope="module")
def server(served: Any, answerer: Counted) -> Iterator[str]:
    with served(create_app(answerer)) as address:
        yield address


def test_a_reload_brings_the_conversation_back_without_asking(visit, answerer: Counted) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    seen.ask(WEAKER)
    page, asked = seen.page, answerer.asked
    answers = page.locator(".turn .answer").all_text_contents()
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    assert page.locator(".turn .answer").all_text_contents() == answers and answerer.asked == asked
    assert page.locator(".read-out[role=status] p").count() == 0  # what was read before is not read out again
    page.locator("#t1 .answer .marker").first.click()
    expect(page.locator("mark.lit").first).to_be_in_viewport()
    assert len(page.evaluate(LISTED)) == 1
    seen.ask("And how?")  # the conversation goes on where it was
    assert [one["count"] for one in page.evaluate(LISTED)] == [3]


def test_the_history_reopens_and_forgets(visit, answerer: Counted) -> None:
    seen = visit()
    page = seen.page
    for question in (BACKDOOR, WEAKER):
        if page.locator(".turn").count():
            page.click(".masthead-actions [data-new]")
            expect(page.locator(".intro")).to_be_visible()
        seen.ask(question)
    asked = answerer.asked
    page.click("[data-history]")
    titles = page.locator("#history .history-title")
    expect(titles).to_have_text([WEAKER, BACKDOOR])
    expect(page.locator("#history li button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#history")).to_have_count(0)
    expect(page.locator("[data-history]")).to_be_focused()
    page.click("[data-history]")
    titles.last.click()
    expect(page.locator(".question")).to_have_text(BACKDOOR)
    assert page.locator(".turn .answer .marker").count() >= 1 and answerer.asked == asked
    page.click("[data-history]")
    page.locator("#history li", has_text=WEAKER).get_by_role("button", name="Delete").click()
    expect(titles).to_have_text([BACKDOOR])
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Delete all, for good?").click()
    expect(page.locator("#history")).to_contain_text("None yet.")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('paperbacked-conv')).length") == 1


@pytest.mark.parametrize("opening", [{"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}])
def test_a_new_tab_leaves_the_conversation_of_this_one_open(visit, opening: dict[str, Any]) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    with page.context.expect_page() as opened:
        page.click(".wordmark", **opening)
    opened.value.close()
    seen.ask(WEAKER)
    assert page.locator(".turn").count() == 2
    assert [one["count"] for one in page.evaluate(LISTED)] == [2]


def test_the_oldest_make_room(visit) -> None:
    seen = visit()
    seen.page.evaluate(FULL)
    seen.ask(BACKDOOR)
    listed = seen.page.evaluate(LISTED)
    assert len(listed) == 50 and listed[0]["title"] == BACKDOOR and listed[-1]["id"] == "old48"
    assert seen.page.evaluate("localStorage.getItem('paperbacked-conversation-old49')") is None
    assert sum(one["size"] for one in listed) <= 2_000_000


def test_of_a_conversation_that_no_request_can_hold_the_last_turns_are_reopened_and_taken_along(visit) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    kept = page.evaluate(f"localStorage.getItem('paperbacked-conversation-' + {LISTED}[0].id)")
    (turn,) = json.loads(kept)
    long = turn["answer"]["answer"] + " word" * 3_600
    turns = [{**turn, "answer": {**turn["answer"], "answer": long, "question": f"Question {n}?"}} for n in range(40)]
    assert len(json.dumps(turns)) > 700_000
    put = f"text => localStorage.setItem('paperbacked-conversation-' + {LISTED}[0].id, text)"
    page.evaluate(put, json.dumps(turns))
    page.reload()
    expect(page.locator("#notice")).to_contain_text("Some of this conversation could not be reopened.")
    expect(page.locator(".turn .question").last).to_have_text("Question 39?")
    # What is kept from here on comes back whole.
    page.reload()
    expect(page.locator(".turn .question").last).to_have_text("Question 39?")
    expect(page.locator("#notice")).not_to_contain_text("could not be reopened")
    page.click(".menu summary")
    with page.expect_download() as download:
        page.click("[data-export=markdown]")
    file = Path(download.value.path()).read_text(encoding="utf-8")
    assert "## Question 39?" in file and "## Question 20?" not in file and "### References" in file
    expect(page.locator(".feedback [role=status]")).to_contain_text("answers fit into the file")


def test_the_fifty_first_question_takes_the_place_of_the_first_and_comes_into_view(visit) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    kept = page.evaluate(f"localStorage.getItem('paperbacked-conversation-' + {LISTED}[0].id)")
    (turn,) = json.loads(kept)
    turns = [{**turn, "answer": {**turn["answer"], "question": f"Question {n}?"}} for n in range(50)]
    put = f"text => localStorage.setItem('paperbacked-conversation-' + {LISTED}[0].id, text)"
    page.evaluate(put, json.dumps(turns))
    page.reload()
    questions = page.locator(".turn .question")
    expect(questions).to_have_count(50)
    expect(questions.last).to_be_in_viewport()
    # Of the oldest the quotes are there still.
    page.locator("#t1 .answer .marker").first.click()
    expect(page.locator("mark.lit").first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    page.fill("#question textarea", WEAKER)
    page.keyboard.press("Enter")
    expect(questions.last).to_have_text(WEAKER)
    expect(questions.last).to_be_in_viewport()
    expect(page.locator(".turn").last.locator(".provenance")).to_be_visible(timeout=30_000)
    assert questions.count() == 50 and questions.first.text_content() == "Question 1?"
    expect(page.locator("#earlier")).to_contain_text("Only the last 50 questions of this conversation are shown.")


def test_a_full_disk_is_said_and_the_page_goes_on(visit) -> None:
    seen = visit()
    full = "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }; }"
    seen.page.evaluate(full)
    seen.ask(BACKDOOR)
    expect(seen.page.locator(".read-out[role=status]")).to_contain_text("This browser keeps no more")
    seen.ask(WEAKER)
    assert seen.page.locator(".turn .provenance").count() == 2


def test_what_was_tampered_with_is_refused_and_quotes_stay_the_papers_own(visit) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    kept = page.evaluate(f"localStorage.getItem('paperbacked-conversation-' + {LISTED}[0].id)")
    turns = json.loads(kept)
    turns[0]["answer"]["question"] = "<img src=x onerror=window.__xss=1>"
    turns[0]["answer"]["citations"][0]["quote"] = "FORGED"
    for replaced, selector, text in (
        (json.dumps(turns), ".question", "<img src=x onerror=window.__xss=1>"),
        ('[{"answer": {"id": 1}}]', "#notice", "This conversation cannot be reopened"),
    ):
        page.evaluate(f"text => localStorage.setItem('paperbacked-conversation-' + {LISTED}[0].id, text)", replaced)
        page.reload()
        expect(page.locator(selector)).to_contain_text(text)
    assert page.evaluate("window.__xss") is None and "FORGED" not in page.content()
