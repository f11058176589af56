"""The view of one paper: what it says, papers like it, and a box; outside text is text, and asking it asks it alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from app.build import LocalAnswerer
from app.surfaces.page.chosen_filters import Chosen, chips_html, chosen_again
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.gradio_page import ChatPage
from app.surfaces.page.paper_naming import paper_place
from app.surfaces.page.paper_view import NEIGHBOURS, no_paper_html, paper_html
from app.surfaces.page.render import turn
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from retrieval.errors import IndexStoreError
from retrieval.types import Filters, Paper
from tests.app.surfaces.page.test_library import EVIL, HOSTILE, Tags
from tests.support.paged_text import paged, paper_with

EN = ui_strings("en")
OWLS = Paper(
    "owls",
    "On owls",
    "Owls are birds. We study owls. We find that they hunt. We use a barn.",
    "en",
    authors=tuple(f"A. Owl{number}" for number in range(12)),
    organisation="Barn",
    published=date(2024, 1, 2),
    url="https://example.org/owls",
    summary="Owls hunt.",
)


def sending(**sent: Any) -> Any:
    return SimpleNamespace(_data=sent)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_tells_what_the_paper_says_and_whose_words_these_are() -> None:
    html = paper_html(OWLS, [EVIL], EN)
    said = text(html)
    assert not Tags(html).open
    for part in (
        *("On owls", "A. Owl7, and 4 others", "Barn · Jan 2024", "In short Owls hunt. This project’s words"),
        *("What it asked Owls are birds. We study owls. What it did", "We use a barn.", "What it found We find that"),
        *("in its order Owls are birds. We study owls. We find", "Cite BibTeX", "Papers like it"),
    ):
        assert part in said, part
    assert "What it recommends" not in said and 'href="https://example.org/owls"' in html


def test_what_is_not_known_is_left_out() -> None:
    said = text(paper_html(Paper("p", None, "", "en", label="A report"), [], EN))
    assert "A report (title not in the collection)" in said and "No abstract in this collection." in said
    assert not any(words in said for words in ("In short", "Papers like it", "What it"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_papers_stay_text(language: str) -> None:
    words = ui_strings(language)
    exchange = Exchange("Q?", Filters(papers=(EVIL.id,)), only=(EVIL,), stopped=True)
    for html in (
        paper_html(EVIL, [EVIL], words),
        no_paper_html(HOSTILE, words),
        chips_html(Chosen(papers=(HOSTILE,)), words, lambda _: EVIL),
        turn(exchange, 1, True, words),
    ):
        tags = Tags(html)
        assert not tags.open and not tags.named("script") and not tags.named("img")
        assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)
        links = [attributes["href"] or "" for attributes in tags.named("a")]
        assert all(re.match(r"#library$|#paper=[\w%.~-]+$", link) for link in links)


def test_the_address_of_a_paper_bears_any_id() -> None:
    for paper_id in ("sleeper-agents", "10.1/a b&c#d", "论文", HOSTILE):
        place = paper_place(paper_id)
        assert re.fullmatch(r"#paper=[\w%.~-]+", place) and unquote(place.partition("=")[2]) == paper_id


def test_the_page_opens_a_paper_with_those_like_it(answerer: LocalAnswerer) -> None:
    page = ChatPage(answerer)
    html = page.open_paper("zh", sending(paper="sleeper-agents"))
    assert 'data-paper="sleeper-agents"' in html and "发现了什么" in html
    assert html.count('<li><a href="#paper=') == NEIGHBOURS and "#paper=sleeper-agents" not in html
    for odd in ("nobodys", "", None, ["sleeper-agents"], 7, "x" * 10_000):
        assert "not in the collection" in (told := page.open_paper("en", sending(paper=odd))) and len(told) < 2_000


def test_papers_like_it_that_cannot_be_found_take_nothing_else_away(
    answerer: LocalAnswerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def similar(*_: Any) -> Any:
        raise IndexStoreError("The index is gone.")

    monkeypatch.setattr(LocalAnswerer, "similar", similar)
    html = ChatPage(answerer).open_paper("en", sending(paper="raft"))
    assert "What it found" in html and "Papers like it" not in html


Ask = Callable[..., Exchange]


@pytest.fixture
def ask(answerer: LocalAnswerer) -> Ask:
    """`ask(earlier, …)`: the exchanges after something was asked with the filter on OpenAI."""

    def asked(earlier: Any = (), typed: str = "", **sent: Any) -> Any:
        filters = (["OpenAI"], [], [], [], 0, 0)
        *_, last = ChatPage(answerer).ask(sending(**sent), None, typed, earlier, *filters, "en", 0)
        return last

    return asked


def test_its_box_asks_it_alone_in_a_conversation_of_its_own(ask: Ask) -> None:
    before = Exchange("Why?", text="Because.", stopped=True)
    first: Any = ask((before,), question="What does it find?", paper="sleeper-agents")
    [exchange] = first[0]
    assert exchange.filters == Filters(papers=("sleeper-agents",))
    assert {passage.paper.id for passage in exchange.passages} == {"sleeper-agents"}
    assert 'Only <a href="#paper=sleeper-agents">Sleeper Agents: ' in first[1]
    goes_on: Any = ask(first[0], question="Who wrote it?", paper="sleeper-agents")
    assert [one.question for one in goes_on[0]] == ["What does it find?", "Who wrote it?"]
    of_another: Any = ask(goes_on[0], question="What does it find?", paper="raft")
    assert [one.filters.papers for one in of_another[0]] == [("raft",)]


def test_a_paper_that_is_gone_is_told_and_the_question_stays(ask: Ask) -> None:
    told: Any = ask((), question="Why?", paper="nobodys")
    assert "There is no paper" in told[3] and not isinstance(told[4], str)


def test_a_kept_conversation_with_a_paper_goes_on_with_it(answerer: LocalAnswerer, ask: Ask) -> None:
    asked: Any = ask((), question="What does it find?", paper="sleeper-agents")
    page = ChatPage(answerer)

    turns = json.loads(unescape(asked[6].split('"')[1]))
    *screen, _, _, _, papers, since, until, chips = page.reopen("en", sending(turns=turns))
    assert papers == ["sleeper-agents"] and (since, until) == (0, 0)
    assert "Only this paper:" in chips and "<span>Sleeper Agents: " in chips
    turns[0]["filters"]["paper"] = ["nobodys"]
    *screen, _, _, _, papers, since, until, chips = page.reopen("en", sending(turns=turns))
    assert (papers, chips) == ([], "") and "no longer in the collection" in screen[1]


def test_a_paper_is_chosen_by_another_part_of_the_page_and_taken_off(answerer: LocalAnswerer) -> None:
    page = ChatPage(answerer)
    *values, chips = page.choose(sending(papers=["raft", "nobodys", 7]))
    assert values[3] == ["raft"] and 'data-unfilter="papers" data-value="raft"' in chips
    assert page.unchoose(sending(name="papers", value="raft"), None, "en", *values)[3] == []


def test_a_kept_question_gives_its_filters_back(answerer: LocalAnswerer) -> None:
    filters = Filters(("OpenAI", "Initech"), papers=("raft",), since=date(2023, 1, 1), until=date(2023, 12, 31))
    again = chosen_again(filters, answerer.facets)
    assert again == Chosen(("OpenAI",), papers=("raft",), since=2023, until=2023)
    assert chosen_again(Filters(), answerer.facets) == Chosen()


def test_a_paper_that_is_read_in_full_leads_to_its_pages() -> None:
    def view(paper: Paper) -> str:
        return paper_html(paper, (), EN)

    text = paged(["Owls sleep.", "All day."])
    assert '<a href="#page=p/1">Its whole text is read: look at its 2 pages</a>' in view(paper_with(text))
    assert "look at its page<" in view(paper_with(paged(["Owls sleep."])))
    assert "Its whole text is read." in view(paper_with(paged(["Owls sleep."], file=None)))
    assert "#page=" not in view(paper_with(paged(["Owls sleep."], file=None)))
    assert "whole text" not in view(Paper("p", "Owls", "Owls sleep.", "en"))
    assert "withdrawn" in view(paper_with(text, retracted=True)) and "withdrawn" not in view(paper_with(text))
