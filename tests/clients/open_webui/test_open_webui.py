"""Open WebUI with paperbacked as its model: a cited answer with its sources, the chat's title, what to ask next."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.clients.open_webui.conftest import SLOW
from tests.support.paced_model import PacedModel

pytestmark = [pytest.mark.clients, pytest.mark.timeout(3600)]
BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
QUOTE = "We find that such backdoor behavior can be made persistent"
SHOTS = os.environ.get("CLIENT_SHOTS")
"""A folder for a picture."""


def choose(chat: Page, model: str) -> None:
    chat.get_by_role("button", name=re.compile("^Selected? (a )?model")).first.click()
    chat.get_by_label(f"Select {model} model", exact=True).click()


def ask(chat: Page, question: str) -> Locator:
    """The answer's place on the page, once its question was sent."""
    answers = chat.locator(".chat-assistant")
    before = answers.count()
    chat.click("#chat-input")
    chat.keyboard.insert_text(question)
    chat.keyboard.press("Enter")
    return answers.nth(before)


def test_a_cited_answer_with_its_sources(chat: Page) -> None:
    choose(chat, "paperbacked")
    answer = ask(chat, BACKDOOR)
    expect(answer).to_contain_text(QUOTE)
    expect(answer).to_contain_text("References:")
    # The markers have become the program's own, one source for each number.
    expect(chat.get_by_role("button", name=re.compile(r"^View source: Sleeper Agents")).first).to_be_visible()
    expect(chat.get_by_role("button", name="Toggle 2 sources")).to_be_visible()
    expect(answer.locator("a", has_text="https://www.anthropic.com/research/sleeper-agents").first).to_be_visible()
    # The tasks that it gives its model besides: neither an abstention nor a paper's name.
    expect(chat.get_by_role("heading", level=1, name=BACKDOOR)).to_be_visible()
    expect(chat.get_by_role("button", name=re.compile("^Follow up: ")).first).to_be_visible()
    if SHOTS:
        chat.screenshot(path=Path(SHOTS) / "open-webui.png")

    chat.get_by_role("button", name=re.compile("^Follow up: ")).first.click()
    expect(chat.locator(".chat-assistant").nth(1)).to_contain_text("References:")

    followed = ask(chat, "Why?")
    expect(followed).to_contain_text("says: “")


def test_an_answer_is_made_again(chat: Page) -> None:
    choose(chat, "paperbacked")
    expect(ask(chat, BACKDOOR)).to_contain_text("References:")
    chat.get_by_role("button", name="Regenerate").first.click()
    menu = chat.get_by_text("Try Again")
    if menu.count():
        menu.first.click()
    expect(chat.get_by_text("2/2").first).to_be_visible()
    expect(chat.locator(".chat-assistant").first).to_contain_text(QUOTE)


def test_what_cannot_be_answered_is_said(chat: Page) -> None:
    choose(chat, "paperbacked")
    expect(ask(chat, "How long should I boil an egg?")).to_contain_text("do not answer")
    expect(chat.get_by_role("heading", level=1, name="How long should I boil an egg?")).to_be_visible()


def test_an_error_is_one_sentence(chat: Page) -> None:
    choose(chat, "paperbacked")
    ask(chat, "long " * 500)
    expect(chat.get_by_text("The question has 2,4", exact=False).last).to_contain_text("the limit is 2,000")
    expect(chat.locator("body")).not_to_contain_text("Traceback")


def test_stopping_stops_the_work(chat: Page, hanging: PacedModel) -> None:
    choose(chat, f"{SLOW}.paperbacked")
    ask(chat, BACKDOOR)
    assert hanging.asked.wait(120)
    chat.get_by_role("button", name="Stop").last.click()
    assert hanging.left.wait(60)
