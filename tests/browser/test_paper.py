"""One paper by itself as a reader meets it: opened from the library and from a card, asked alone, shared, left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.answering.chain import LanguageModel
from app.build import LocalAnswerer
from app.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SLEEPERS = "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training"
HEADING = "#paper h1"
BOX = "#paper .paper-ask textarea"
CHIP = "#chosen [data-unfilter=papers]"
CARDS = "#sources .card"


@pytest.fixture(scope="module")
def server(served: Any, built_full: Any) -> Iterator[str]:
    """The app over all papers with the hash embedder: nothing here needs meaning."""
    answerer = LocalAnswerer(built_full.retriever, LanguageModel)
    with served(create_app(answerer)) as address:
        yield address


def answered(page: Any, turns: int) -> None:
    expect(page.locator(".turn")).to_have_count(turns)
    expect(page.locator(".turn").last.locator(".provenance")).to_be_visible()


def papers_of(page: Any) -> set[str]:
    return {card.get_attribute("data-paper") for card in page.locator(".evidence .card").all()}


@pytest.mark.parametrize("width", [1280, 390])
def test_a_paper_opened_from_the_library_is_asked_alone_and_gone_back_to(visit: Any, shoot: Any, width: int) -> None:
    seen = visit(width, 860)
    page = seen.page
    page.click(".sections a[href='#library']")
    page.fill("#library [type=search]", "sleeper")
    page.locator("#library .entry:not([hidden]) th button").first.click()
    page.get_by_role("link", name="Open its page").click()
    expect(page.locator(HEADING)).to_have_text(SLEEPERS)
    expect(page.locator(HEADING)).to_be_focused()
    assert page.evaluate("location.hash") == "#paper=sleeper-agents"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for heading in ("In short", "What it asked", "What it did", "What it found", "Papers like it"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    shoot(seen, f"paper-{width}")

    page.fill(BOX, "Who wrote it?")
    page.press(BOX, "Enter")
    answered(page, 1)
    expect(page.locator(".turn .answer")).to_contain_text("Evan Hubinger")
    expect(page.locator("#question textarea")).to_have_value("")
    page.fill("#question textarea", "Do safety techniques remove a backdoor that was trained in?")
    page.keyboard.press("Enter")
    answered(page, 2)
    assert papers_of(page) == {"sleeper-agents"}
    chip = page.locator(CHIP)
    expect(chip).to_have_text(SLEEPERS)
    box = chip.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    shoot(seen, f"paper-asked-{width}")

    page.reload()
    answered(page, 2)
    expect(chip).to_have_text(SLEEPERS)
    page.go_back()
    expect(page.locator(HEADING)).to_be_focused()
    page.reload()
    expect(page.locator(HEADING)).to_have_text(SLEEPERS)
    expect(page.locator("#spread")).to_be_hidden()
    page.go_back()
    expect(page.locator("#library h1")).to_be_visible()


def test_from_a_card_to_its_paper_to_one_like_it_and_back(visit: Any) -> None:
    page = (seen := visit(permissions=["clipboard-read", "clipboard-write"])).page
    seen.ask("Do safety techniques remove a backdoor that was trained in?")
    page.locator(f"{CARDS}[data-paper=sleeper-agents] h3 a").click()
    expect(page.locator(HEADING)).to_have_text(SLEEPERS)
    page.click(".paper-cite summary")
    page.click(".paper-cite [data-reference=BibTeX]")
    expect(page.locator(".paper-cite .cite-said")).to_have_text("BibTeX copied.")
    assert "hubinger2024" in page.evaluate("navigator.clipboard.readText()")
    near = page.locator(".paper-near a").first
    name = near.inner_text()
    near.click()
    expect(page.locator(HEADING)).to_have_text(name)
    expect(page.locator(HEADING)).to_be_focused()
    page.go_back()
    expect(page.locator(HEADING)).to_have_text(SLEEPERS)
    page.go_back()
    expect(page.locator(".turn .question")).to_be_focused()
    expect(page.locator(CHIP)).to_have_count(0)  # who only looks is not limited to it
    page.locator("#sources .also > summary").click()
    folded = page.locator("#sources details.card").first
    folded.locator("summary").first.click()
    folded.get_by_role("link", name="Open the paper’s page").click()
    expect(page.locator(HEADING)).to_have_text(folded.locator(".card-title").text_content() or "")


def test_the_filter_comes_off_and_another_paper_begins_another_conversation(visit: Any) -> None:
    page = (seen := visit()).page
    for paper in ("raft", "sleeper-agents"):
        page.goto(f"{seen.server}/#paper={paper}")
        expect(page.locator(f"#paper [data-paper={paper}] h1")).to_be_visible()
        page.fill(BOX, "What does it find?")
        page.get_by_role("button", name="Ask", exact=True).locator("visible=true").click()
        answered(page, 1)
        expect(page.locator(CHIP)).to_have_attribute("data-value", paper)
    expect(page.locator(".turn .aside-line a")).to_have_text(SLEEPERS)
    page.click(CHIP)
    expect(page.locator(CHIP)).to_have_count(0)
    seen.ask("Do safety techniques remove a backdoor that was trained in?")
    assert len(papers_of(page)) > 1


def test_another_language_and_an_unknown_paper(visit: Any) -> None:
    page = (seen := visit()).page
    page.goto(f"{seen.server}/#paper=sleeper-agents")
    expect(page.locator(HEADING)).to_have_text(SLEEPERS)
    page.click("[data-language-toggle]")
    expect(page.locator("#paper-found")).to_have_text("发现了什么")
    for odd in ("nobodys", "%E0%A4%A", "<img src=x onerror=alert(1)>"):
        page.evaluate("hash => { location.hash = `paper=${hash}` }", odd)
        expect(page.locator(HEADING)).to_have_text("论文库中没有这篇论文。")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_axe_finds_nothing_serious(visit: Any, width: int, scheme: str) -> None:
    page = (seen := visit(width, 860, color_scheme=scheme)).page
    page.goto(f"{seen.server}/#paper=sleeper-agents")
    expect(page.locator(HEADING)).to_be_visible()
    page.click(".paper-cite summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in serious]
