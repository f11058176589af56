"""What a reader does with an answer: ask otherwise, take it along, pass it on, say what it was worth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.options import ServingOptions

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
EGG = "How long should I boil an egg?"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
TELL = "([name, detail]) => document.dispatchEvent(new CustomEvent(`paperbacked:${name}`, { detail }))"


@pytest.fixture(scope="module")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="module")
def server(served: Any, built_full: Any, feedback_file: Path) -> Iterator[str]:
    """The app over all papers with the hash embedder: nothing here needs meaning."""
    answerer = LocalAnswerer(built_full.retriever, LanguageModel)
    with served(create_app(answerer, options=ServingOptions(feedback_file=feedback_file))) as address:
        yield address


def test_an_edited_question_takes_its_place_and_can_be_left_as_it_was(visit) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    seen.ask(EGG)
    page, box = seen.page, seen.page.locator("#question textarea")
    page.click("#t1 [data-edit]")
    expect(box).to_have_value(BACKDOOR)
    expect(box).to_be_focused()
    expect(page.locator("#notice")).to_contain_text("replaces this question")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    assert page.locator(".turn").count() == 2
    page.click("#t1 [data-edit]")
    expect(box).to_have_value(BACKDOOR)
    page.fill("#question textarea", "Can a weaker model supervise a stronger one?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".turn .provenance")).to_be_visible()
    assert seen.text(".question") == "Can a weaker model supervise a stronger one?"
    expect(page.locator("#notice p")).to_have_count(0)


def test_a_link_asks_the_question_anew_and_says_what_has_changed(visit) -> None:
    seen = visit(permissions=CLIPBOARD)
    page = seen.page
    page.click("#filters > button")
    page.click("#filters label:has-text('Anthropic')")
    seen.ask(BACKDOOR)
    page.click(".turn [data-permalink]")
    expect(page.locator(".turn [data-permalink]")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).query)["q"] == [BACKDOOR] and len(link) < 300
    answer = seen.text(".turn .answer")
    for address, said in ((link, 0), (link.replace("&v=", "&v=other"), 1)):
        page.evaluate("sessionStorage.clear()")
        page.goto(address)
        expect(page.locator(".turn .provenance")).to_be_visible()
        assert page.locator(".turn").count() == 1 and seen.text(".turn .answer") == answer
        assert page.get_by_text("Answered anew: the papers have changed").count() == said
        expect(page.locator("#chosen [data-unfilter]")).to_have_text(["Anthropic"])


def test_a_copy_that_the_browser_refuses_is_not_called_copied(visit) -> None:
    seen = visit()
    page = seen.page
    seen.ask(BACKDOOR)
    page.evaluate("""() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.execCommand = () => false;
    }""")
    for selector, label in (("[data-copy]", "Copy"), ("[data-permalink]", "Link")):
        page.click(f".turn {selector}")
        expect(page.locator(".turn .feedback [role=status]")).to_contain_text("does not let the page copy")
        assert page.inner_text(f".turn {selector}") == label
        page.evaluate("document.querySelector('.feedback').remove()")


def test_a_link_that_cannot_be_asked_gets_one_sentence_and_a_plain_one_is_enough(visit) -> None:
    seen = visit()
    seen.page.goto(f"{seen.server}/?q=x&organisation=%3Cb%3ENobody")
    expect(seen.page.locator("#notice")).to_contain_text("There is no organisation '<b>Nobody'")
    assert seen.page.locator(".turn").count() == 0
    seen.page.goto(f"{seen.server}/?q=Do+backdoors+persist%3F&q=And+again%3F")
    expect(seen.page.locator(".turn .provenance")).to_be_visible()
    assert seen.page.locator(".question").all_text_contents() == ["Do backdoors persist?"]


def test_a_thumb_is_kept_with_its_reason(visit, feedback_file: Path) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    page = seen.page
    page.click(".turn [data-thumb=down]")
    expect(page.locator(".feedback input")).to_be_focused()
    expect(page.locator("[data-thumb=down]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("<b>Not</b> what I asked")
    page.keyboard.press("Enter")
    expect(page.locator(".feedback")).to_have_text("Thank you.")
    first, second = (json.loads(line) for line in feedback_file.read_text().splitlines())
    assert first["answer_id"] == second["answer_id"] == page.get_attribute(".turn", "data-answer")
    assert (first["verdict"], first["reason"], first["question"]) == ("down", "", BACKDOOR)
    assert second["reason"] == "<b>Not</b> what I asked" and second["models"]["embedding"] == "hash"
    seen.ask(EGG)  # the page is drawn anew, and what was pressed stays so
    expect(page.locator("#t1 [data-thumb=down]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#t2 [data-thumb=down]")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(
    ("form", "ending", "holds"),
    [
        ("markdown", ".md", BACKDOOR),
        ("bibtex", ".bib", "Sleeper Agents"),
        ("ris", ".ris", "Sleeper Agents"),
        ("csl-json", ".json", "Sleeper Agents"),
    ],
)
def test_the_conversation_can_be_taken_along(visit, form: str, ending: str, holds: str) -> None:
    seen = visit()
    seen.ask(BACKDOOR)
    seen.page.focus(".menu summary")
    seen.page.keyboard.press("Enter")
    with seen.page.expect_download() as download:
        seen.page.click(f"[data-export={form}]")
    assert download.value.suggested_filename.endswith(ending)
    assert holds in Path(download.value.path()).read_text(encoding="utf-8")
    expect(seen.page.locator(".menu")).not_to_have_attribute("open", "")


def test_chosen_filters_are_chips_in_sight_that_come_off_one_by_one(visit) -> None:
    seen = visit()
    page = seen.page
    page.evaluate(TELL, ["filter", {"organisations": ["Anthropic", "Nobody"], "categories": [], "since": 2023}])
    chips = page.locator("#chosen [data-unfilter]")
    expect(chips).to_have_text(["Anthropic", "from 2023"])
    expect(page.locator("#filters label").first).to_be_hidden()
    page.click("#chosen [data-unfilter=since]")
    expect(chips).to_have_text(["Anthropic"])
    page.evaluate(TELL, ["ask", {"question": BACKDOOR}])
    expect(page.locator(".turn .provenance")).to_be_visible()
    assert "Only Anthropic" in seen.text(".turn .aside-line")
    page.evaluate(TELL, ["draft", {"text": "In “<b>X</b>”: "}])
    expect(page.locator("#question textarea")).to_have_value("In “<b>X</b>”: ")
    expect(page.locator("#question textarea")).to_be_focused()


def test_a_filter_that_hides_the_answer_goes_at_one_press_and_the_question_is_asked_again(visit, shoot) -> None:
    seen = visit()
    page = seen.page
    page.evaluate(TELL, ["filter", {"organisations": ["OpenAI"], "since": 2022}])
    expect(page.locator("#chosen [data-unfilter]")).to_have_text(["OpenAI", "from 2022"])
    seen.ask("tl;dr of Sleeper Agents")
    assert "Outside your filter, Anthropic's Sleeper Agents" in seen.text(".turn .answer")
    shoot(seen, "outside-filter")
    page.focus(".turn [data-unfiltered]")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .marker").first).to_be_visible()
    assert page.locator(".turn").count() == 1 and page.locator("[data-unfiltered]").count() == 0
    assert seen.text(".question") == "tl;dr of Sleeper Agents" and "in short" in seen.text(".turn .answer")
    expect(page.locator("#chosen [data-unfilter]")).to_have_count(0)
    assert page.locator(".turn .aside-line").count() == 0  # no scope
    page.click("#filters > button")
    expect(page.locator("#filters input:checked")).to_have_count(0)
    seen.ask("How many papers are there?")
    assert "94 papers" in seen.text("#t2 .answer")
