"""The cards in a real browser: references to copy, a question begun, similar papers, and hostile titles as text."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page, expect

from app.answering.chain import LanguageModel
from app.answering.citations.references import apa, bibtex
from app.build import LocalAnswerer
from app.server import create_app
from retrieval.types import Paper

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTION = "Do backdoors persist through standard safety training techniques?"
HOSTILE = "<img src=x onerror=window.__xss=1><script>window.__xss=1</script>\"'&lt;b&gt;"
CARD = "#margin .evidence:not([hidden]) .card[data-paper='sleeper-agents']"
BOX = "#question textarea"


@pytest.fixture(scope="module")
def shelf(all_papers: tuple[Paper, ...]) -> dict[str, Paper]:
    """Six papers, two of which have hostile titles."""
    by_id = {paper.id: paper for paper in all_papers}
    names = ("sleeper-agents", "rule-based-rewards", "doubly-efficient-debate", "language-model-risks")
    papers = [by_id[name] for name in names]
    hostile = replace(by_id["sycophancy-to-subterfuge"], title=HOSTILE, organisation=HOSTILE, url=None)
    papers += [hostile, replace(hostile, id="a/b", title=None, label=HOSTILE)]
    return {paper.id: paper for paper in papers}


@pytest.fixture(scope="module")
def server(shelf: dict[str, Paper], build: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application over these papers."""
    built = build(tmp_path_factory.mktemp("cards"), tuple(shelf.values()))
    app = create_app(LocalAnswerer(built.retriever, LanguageModel))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # A browser that comes before the server is ready waits in the listener's queue.
        serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving.should_exit = True
        thread.join(10)


def open_card(page: Page) -> None:
    """The card may be folded among what was also found."""
    page.evaluate("document.querySelectorAll('#margin details').forEach((fold) => { fold.open = true; })")
    expect(page.locator(f"{CARD} .card-links")).to_be_visible()


def test_cite_shows_the_references_and_copies_them(visit, shelf: dict[str, Paper]) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    seen.ask(QUESTION)
    open_card(seen.page)
    cite = seen.page.locator(CARD).get_by_role("button", name="Cite: Sleeper Agents")
    panel = seen.page.locator(f"{CARD} .cite")
    expect(panel).to_be_hidden()
    cite.focus()
    seen.page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    expect(cite).to_have_attribute("aria-expanded", "true")
    for form, write in (("BibTeX", bibtex), ("APA", apa)):
        copy = panel.get_by_role("button", name=f"Copy as {form}")
        copy.click()
        expect(panel.get_by_role("status")).to_have_text(f"{form} copied.")
        expect(copy).to_have_text("Copied")
        assert seen.page.evaluate("navigator.clipboard.readText()") == write(shelf["sleeper-agents"])
    expect(copy).to_have_text("Copy")
    cite.click()
    expect(panel).to_be_hidden()


def test_a_copy_that_the_browser_refuses_is_not_called_copied(visit) -> None:
    seen = visit()
    seen.ask(QUESTION)
    open_card(seen.page)
    seen.page.evaluate("""() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.execCommand = () => false;
    }""")
    seen.page.locator(f"{CARD} [data-cite]").click()
    seen.page.locator(f"{CARD} [data-reference=BibTeX]").click()
    expect(seen.page.locator(f"{CARD} .cite-said")).to_contain_text("does not let the page copy")
    expect(seen.page.locator(f"{CARD} [data-reference=BibTeX]")).to_have_text("Copy")


def test_a_question_about_a_paper_begins_in_the_box(visit, shelf: dict[str, Paper]) -> None:
    seen = visit()
    seen.ask(QUESTION)
    open_card(seen.page)
    seen.page.locator(CARD).get_by_role("button", name="Ask about this paper: Sleeper Agents").click()
    expect(seen.page.locator(BOX)).to_have_value(f"In “{shelf['sleeper-agents'].title}”: ")
    expect(seen.page.locator(BOX)).to_be_focused()
    seen.page.keyboard.type("what persists?")
    expect(seen.page.locator(BOX)).to_have_value(f"In “{shelf['sleeper-agents'].title}”: what persists?")


def test_similar_papers_are_listed_and_can_be_asked_about(visit, shelf: dict[str, Paper]) -> None:
    seen = visit()
    seen.ask(QUESTION)
    open_card(seen.page)
    seen.page.locator(CARD).get_by_role("button", name="Similar papers: Sleeper Agents").click()
    rows = seen.page.locator(f"{CARD} .similar li")
    expect(rows).to_have_count(5)
    expect(seen.page.locator(f"{CARD} .similar [role=status]")).to_be_empty()
    debate = shelf["doubly-efficient-debate"]
    row = rows.filter(has_text=debate.title)
    assert "Google DeepMind · Nov 2023" in row.inner_text()
    link = row.get_by_role("link")
    assert link.get_attribute("href") == debate.url
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    row.get_by_role("button", name=f"Ask about it: {debate.title}").click()
    expect(seen.page.locator(BOX)).to_have_value(f"In “{debate.title}”: ")


def test_a_similar_paper_without_a_link_of_its_own_leads_to_arxiv_or_its_doi(visit) -> None:
    seen = visit()
    papers = [
        {"id": "a", "title": "A", "url": "https://example.org/a", "arxiv_id": "2401.00001", "doi": "10.1/x"},
        {"id": "b", "title": "B", "url": "", "arxiv_id": "2401.00002", "doi": "10.1/x"},
        {"id": "c", "title": "C", "url": "javascript:alert(1)", "arxiv_id": None, "doi": "10.1/<x>"},
    ]
    seen.page.route("**/similar?*", lambda route: route.fulfill(json=[{"paper": paper} for paper in papers]))
    seen.ask(QUESTION)
    open_card(seen.page)
    seen.page.locator(f"{CARD} [data-similar]").click()
    links = seen.page.locator(f"{CARD} .similar li a")
    expect(links).to_have_text(["A", "B", "C"])
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://example.org/a",
        "https://arxiv.org/abs/2401.00002",
        "https://doi.org/10.1/%3Cx%3E",
    ]


def test_similar_papers_that_cannot_be_fetched_are_asked_for_again(visit) -> None:
    seen = visit()
    seen.ask(QUESTION)
    open_card(seen.page)
    replies = ["<html>Not found</html>", '[{"paper": null}]']
    refused = lambda route: route.fulfill(status=200, body=replies.pop(0))  # noqa: E731
    seen.page.route("**/similar?*", refused, times=2)
    opener, said = seen.page.locator(f"{CARD} [data-similar]"), seen.page.locator(f"{CARD} .similar [role=status]")
    for _ in range(2):
        opener.click()
        expect(said).to_have_text("The similar papers could not be fetched: try again in a moment.")
        opener.click()
    opener.click()
    expect(seen.page.locator(f"{CARD} .similar li")).to_have_count(5)


def test_a_paper_whose_id_has_a_slash_finds_its_own_similar_papers(visit) -> None:
    seen = visit()
    asked: list[str] = []
    seen.page.on("request", lambda sent: asked.append(sent.url) if "/similar" in sent.url else None)
    seen.ask(QUESTION)
    open_card(seen.page)
    card = seen.page.locator("#margin .card[data-paper='a/b']")
    card.locator("[data-similar]").click()
    expect(card.locator(".similar li")).to_have_count(5)
    assert [address.removeprefix(seen.server) for address in asked] == ["/api/v1/papers/a%2Fb/similar?top=5"]


def test_hostile_titles_stay_text(visit) -> None:
    seen = visit()
    seen.ask(QUESTION)
    open_card(seen.page)
    hostile = seen.page.locator("#margin .card[data-paper='sycophancy-to-subterfuge']")
    assert HOSTILE in hostile.locator(".card-title").inner_text()
    hostile.locator("[data-cite]").click()
    assert HOSTILE in hostile.locator(".reference-text").last.inner_text()
    # The server lets no such address in; the page would not follow it either.
    paper = {"id": "x", "title": HOSTILE, "organisation": HOSTILE, "published": HOSTILE, "url": "javascript:alert(1)"}
    reply = [
        {"paper": paper},
        {"paper": {"id": "y", "label": HOSTILE, "arxiv_id": '"><img src=x onerror=window.__xss=1>'}},
    ]
    seen.page.route("**/similar?*", lambda route: route.fulfill(json=reply))
    seen.page.locator(f"{CARD} [data-similar]").click()
    listed = seen.page.locator(f"{CARD} .similar li").filter(has_text=HOSTILE)
    expect(listed).to_have_count(2)
    assert listed.first.get_by_role("link").count() == 0
    assert (listed.last.get_by_role("link").get_attribute("href") or "").startswith("https://arxiv.org/abs/")
    listed.first.get_by_role("button").click()
    expect(seen.page.locator(BOX)).to_have_value(f"In “{HOSTILE}”: ")
    assert seen.page.evaluate("window.__xss") is None
    assert seen.page.locator("#margin img, #margin script").count() == 0


def test_on_a_phone_every_action_is_a_finger_wide_and_nothing_runs_over(visit) -> None:
    seen = visit(width=360, height=740)
    seen.ask(QUESTION)
    open_card(seen.page)
    seen.page.locator(f"{CARD} [data-cite]").click()
    seen.page.locator(f"{CARD} [data-similar]").click()
    expect(seen.page.locator(f"{CARD} .similar li")).to_have_count(5)
    for action in seen.page.locator(f"{CARD} .card-links > *, {CARD} .cite button, {CARD} .similar button").all():
        box = action.bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44, action.inner_text()
    widest = (
        "Math.max(...[...document.querySelectorAll('#margin *')].map((node) => node.getBoundingClientRect().right))"
    )
    assert seen.page.evaluate(widest) <= 360
