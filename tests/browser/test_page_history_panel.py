"""The panel of kept conversations: searched, renamed, pinned, and taken along as one file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
HOSTILE = "<img src=x onerror=window.__xss=1> # *x*\n[a](javascript:1)"
LISTED = "JSON.parse(localStorage.getItem('paperbacked-conversations') ?? '[]')"
# The first conversation again under other questions and ids: [[id, title], …], newest first.
COPIES = """names => {
  const [first] = JSON.parse(localStorage.getItem('paperbacked-conversations'));
  const [turn] = JSON.parse(localStorage.getItem('paperbacked-conversation-' + first.id));
  const list = names.map(([id, title], place) => {
    const text = JSON.stringify([{ ...turn, answer: { ...turn.answer, id, question: title } }]);
    localStorage.setItem('paperbacked-conversation-' + id, text);
    return { id, at: 1_700_000_000_000 - place, title: title.slice(0, 200), count: 1, size: text.length };
  });
  localStorage.setItem('paperbacked-conversations', JSON.stringify([first, ...list]));
}"""


@pytest.fixture(scope="module")
def server(served: Any, built_full: Any) -> Iterator[str]:
    with served(create_app(LocalAnswerer(built_full.retriever, LanguageModel))) as address:
        yield address


def kept(seen: Any, *names: tuple[str, str]) -> Page:
    """The page with one conversation that was had, and copies of it."""
    seen.ask(BACKDOOR)
    seen.page.evaluate(COPIES, [list(name) for name in names])
    return seen.page


def test_it_is_searched_renamed_and_pinned_by_keyboard(visit, shoot) -> None:
    seen = visit()
    page = kept(seen, ("a", "What is RLHF?"), ("b", "Who wrote Sleeper Agents?"))
    titles = page.locator("#history .history-title")
    page.click("[data-history]")
    page.keyboard.press("/")
    page.keyboard.type("SLEEPER wrote")
    expect(titles).to_have_text(["Who wrote Sleeper Agents?"])
    expect(page.locator(".history-told")).to_have_text("1 of 3")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".history-open")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Pin
    expect(page.get_by_role("button", name="Unpin: Who wrote Sleeper Agents?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Rename
    page.keyboard.type("For the talk")
    shoot(seen, "history-rename")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Rename: For the talk")).to_be_focused()
    page.locator(".history-search").focus()
    page.keyboard.press("Escape")  # one step back, and not out of the panel
    expect(titles).to_have_text(["For the talk", BACKDOOR, "What is RLHF?"])
    shoot(seen, "history")
    page.get_by_role("button", name="Rename: What is RLHF?").click()
    page.keyboard.type("Never mind")
    page.keyboard.press("Escape")
    expect(titles.last).to_have_text("What is RLHF?")
    page.locator(".history-search").fill("wrote")  # its question is found still, and shown
    expect(page.locator(".history-hit")).to_have_text("Who wrote Sleeper Agents?")
    page.locator(".history-search").fill("nothing of the kind")
    expect(page.locator(".history-told")).to_have_text("Nothing found.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#history")).to_have_count(0)
    page.reload()
    page.click("[data-history]")
    expect(titles.first).to_have_text("For the talk")
    titles.first.click()
    expect(page.locator(".question")).to_have_text("Who wrote Sleeper Agents?")
    seen.ask("And how?")  # going on changes neither name nor pin
    entry = next(one for one in page.evaluate(LISTED) if one["name"])
    assert (entry["name"], entry["pinned"], entry["count"]) == ("For the talk", True, 2)


def test_on_a_phone_and_in_chinese(visit, shoot) -> None:
    seen = visit(390, 844, locale="zh-CN", has_touch=True, is_mobile=True)
    page = kept(seen, ("a", "什么是 RLHF？"), ("b", "睡眠代理是谁写的？"))
    page.click("[data-history]")
    page.fill(".history-search", "睡眠")
    expect(page.locator("#history .history-title")).to_have_text(["睡眠代理是谁写的？"])
    page.get_by_role("button", name="置顶：").click()
    page.fill(".history-search", "")
    expect(page.locator(".history-open .meta").first).to_contain_text("已置顶")
    for act in page.locator(".history-acts button, .history-foot button").all():
        box = act.bounding_box()
        assert box and box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    shoot(seen, "history-phone-zh")
    page.get_by_role("button", name="重命名：").first.click()
    shoot(seen, "history-phone-rename")


def test_what_is_pinned_makes_no_room_and_not_all_can_be(visit) -> None:
    seen = visit()
    page = kept(seen, *((f"c{number}", f"Question {number}?") for number in range(49)))
    page.click("[data-history]")
    for number in range(29, 49):
        page.get_by_role("button", name=f"Pin: Question {number}?", exact=True).click()
    page.get_by_role("button", name="Pin: Question 1?", exact=True).click()
    expect(page.locator(".history-told")).to_have_text("No more than 20 can be pinned.")
    page.keyboard.press("Escape")
    page.click(".masthead-actions [data-new]")
    seen.page.wait_for_selector(".intro")
    seen.ask("Can a weaker model supervise a stronger one?")
    ids = [one["id"] for one in page.evaluate(LISTED)]
    assert len(ids) == 50 and "c48" in ids and "c28" not in ids  # the oldest that is not pinned went
    assert page.evaluate("localStorage.getItem('paperbacked-conversation-c28')") is None


def test_names_stay_text_and_a_list_that_was_tampered_with_opens(visit) -> None:
    seen = visit()
    page = kept(seen, ("a", "What is RLHF?"))
    odd = [
        {"id": "a", "name": HOSTILE, "title": 7, "at": 1e300, "count": "x", "size": "x", "pinned": "yes"},
        {"id": 7},
        None,
        {"id": "gone", "title": {"a": 1}},
    ]
    page.evaluate("list => localStorage.setItem('paperbacked-conversations', JSON.stringify(list))", odd)
    page.click("[data-history]")
    expect(page.locator("#history .history-title").first).to_have_text(HOSTILE)
    expect(page.locator("#history li")).to_have_count(2)
    assert page.locator("#history img").count() == 0 and page.evaluate("window.__xss") is None
    with page.expect_download() as download:
        page.get_by_role("button", name="All as one file: Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith(r"# \<img src\=x onerror\=window.\_\_xss\=1\> \# \*x\* \[a\](javascript:1)")
    page.locator("#history .history-open").last.click()  # nothing is kept of it, so it goes
    assert [one["id"] for one in page.evaluate(LISTED)] == ["a"]


def test_all_of_them_are_taken_along_as_one_file(visit) -> None:
    seen = visit()
    page = kept(seen, ("a", "What is RLHF?"), ("b", "Who wrote Sleeper Agents?"))
    page.evaluate("localStorage.setItem('paperbacked-conversation-b', '[{\"answer\": {\"id\": 1}}]')")
    page.click("[data-history]")
    with page.expect_download() as download:
        page.get_by_role("button", name="All as one file: Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename == "paperbacked-all.md"
    assert [line for line in text.splitlines() if line.startswith("# ")] == [f"# {BACKDOOR}", "# What is RLHF?"]
    assert f"## {BACKDOOR}" in text and "## What is RLHF?" in text and text.count("### References") == 2
    expect(page.locator(".history-told")).to_contain_text("1 could not be written")
    seen.errors.clear()  # the browser's own word of the refusal
    with page.expect_download() as download:
        page.get_by_role("button", name="All as one file: JSON").click()
    whole = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["conversations"]
    assert [one["name"] for one in whole] == [BACKDOOR, "What is RLHF?", "Who wrote Sleeper Agents?"]
    assert whole[1]["turns"][0]["answer"]["question"] == "What is RLHF?" and whole[1]["changed"].startswith(
        "2023-11-14"
    )
