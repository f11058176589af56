"""Each request's address says which collection the page is over, and only who may see that one does."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from app.answering.answer import Answer
from app.answering.answerer import Answerer
from app.answering.events import Done
from app.surfaces.collections import CollectionInfo, Collections, NoCollectionError, OneCollection
from app.surfaces.page.gradio_page import ChatPage
from app.surfaces.page.intro import intro_html
from app.surfaces.page.sections import MOST_HELD
from app.surfaces.page.shown import MOST_NAME_CHARS, Shown, collection_of, shown
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from app.surfaces.visitors import COOKIE, visitor_of
from retrieval.facets import Facets
from retrieval.papers.papers import papers_of
from retrieval.types import Paper
from tests.app.surfaces.page.test_gradio_page import Scripted, sending

MINE, OTHERS = "0" * 32, "1" * 32
EN = ui_strings("en")


def papers_answerer(*papers: Paper) -> Scripted:
    answerer = Scripted(Done(Answer("1", "Q?", "Q?", "answered", "quotes", "Yes.", 0.9)))
    answerer.papers = papers_of(papers)
    answerer.facets = answerer.papers.facets
    answerer.paper = answerer.papers.get  # type: ignore[method-assign]
    return answerer


OWLS = papers_answerer(Paper("owls", "On owls", "Owls sleep.", "en", organisation="Owl House"))
SHIPPED = papers_answerer(Paper("ships", "On ships", "Ships sail.", "en", organisation="Yard"))


@dataclass(frozen=True)
class Two(OneCollection):
    """A collection that everybody may see, and one of the visitor with the cookie `MINE`."""

    only: Answerer = SHIPPED
    mine: Answerer = OWLS
    name: str = "v-owls"
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def answerer(self, name: str | None, visitor: str | None = None) -> Answerer:
        self.asked.append((name, visitor))
        if name == self.name and visitor == visitor_of({COOKIE: MINE}):
            return self.mine
        return super().answerer(name, visitor)

    def listed(self, visitor: str | None = None) -> tuple[CollectionInfo, ...]:
        own = CollectionInfo(self.name, "Owls <b>", 1, may_change=True)
        return (*super().listed(visitor), *((own,) if visitor == visitor_of({COOKIE: MINE}) else ()))


def request(collection: str | None = None, cookie: str = MINE) -> Any:
    query = {} if collection is None else {"collection": collection}
    headers = {"cookie": f"{COOKIE}={cookie}"}
    return SimpleNamespace(client=None, headers=headers, query_params=query)


@pytest.fixture
def page() -> ChatPage:
    return ChatPage(Two())


def test_the_double_is_what_surfaces_are_given() -> None:
    assert isinstance(Two(), Collections)


def test_the_page_is_over_the_collection_of_its_address(page: ChatPage) -> None:
    opened = "".join(map(str, page.opened("en", request("v-owls"))))
    assert "“Owls &lt;b&gt;”: 1 paper" in opened and "On owls" in opened and "On ships" not in opened
    assert "Owl House 1" in opened and 'data-may-change="yes"' in opened
    own = "".join(map(str, page.opened("zh", request())))
    assert "On ships" in own and "On owls" not in own and 'data-may-change=""' in own
    assert 'data-paper="owls"' in page.open_paper("en", sending(paper="owls"), request("v-owls"))
    assert page.choose(sending(papers=["owls"]), "en", request("v-owls"))[3] == ["owls"]
    assert page.unchoose(sending(name="papers", value="x"), request("v-owls"), "en", [], [], [], ["owls"], 0, 0)[3]
    assert "On owls" in page.chips(request("v-owls"), [], [], [], ["owls"], 0, 0, "en")
    assert "“Owls" in page.start_over("en", request("v-owls"))[1]


def ask(page: ChatPage, of: Any) -> Any:
    return list(page.ask(sending(), of, "Why?", (), [], [], [], [], 0, 0, "en", 0))[-1]


def test_a_question_goes_to_that_collection_and_its_link_says_so(page: ChatPage) -> None:
    before = len(OWLS.asked), len(SHIPPED.asked)
    html = ask(page, request("v-owls"))[1]
    assert (len(OWLS.asked), len(SHIPPED.asked)) == (before[0] + 1, before[1])
    assert 'href="?collection=v-owls&amp;q=Q%3F' in html
    assert 'href="?q=Q%3F' in ask(page, request())[1]


@pytest.mark.parametrize("cookie", [OTHERS, "", "not-a-cookie", MINE.upper() + "0"])
@pytest.mark.parametrize("name", ["v-owls", "nobodys", "x" * 1000, "../v-owls", "<b>"])
def test_somebody_else_learns_nothing_of_it(page: ChatPage, name: str, cookie: str) -> None:
    other = request(name, cookie)
    before = len(OWLS.asked)
    told = "".join(map(str, page.opened("en", other))) + str(page.open_paper("en", sending(paper="owls"), other))
    told += str(page.choose(sending(papers=["owls"]), "en", other)) + str(ask(page, other))
    told += str(page.chips(other, [], [], [], ["owls"], 0, 0, "en"))
    assert "Owl" not in told and "On owls" not in told
    assert "There is no collection" in told and 'href="./"' in told
    assert len(OWLS.asked) == before


def test_what_was_drawn_for_one_is_not_given_to_another(page: ChatPage) -> None:
    assert "On owls" in str(page.opened("zh", request("v-owls")))
    assert "On owls" not in str(page.opened("zh", request("v-owls", OTHERS)))
    assert "On owls" in str(page.opened("zh", request("v-owls")))


def test_sections_of_few_collections_are_held() -> None:
    page = ChatPage(SHIPPED)
    for number in range(3 * MOST_HELD):
        page._sections.of(Shown(SHIPPED, f"c{number}"))
    assert len(page._sections._held) == MOST_HELD


def test_an_address_without_a_collection_is_over_the_servers_own() -> None:
    assert shown(Two(), "", None) == Shown(SHIPPED)
    assert collection_of({"collection": "x" * 1000}) == "x" * (MOST_NAME_CHARS + 1)
    assert shown(Two(), "default", None).title == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_collection_without_papers_says_so_and_where_to_add_some(language: str) -> None:
    words = ui_strings(language)
    nothing = papers_of(())
    html = intro_html(nothing, Facets(), words, Shown(SHIPPED, "v-new", "New <b>", may_change=True))
    assert words("intro_empty", title="New &lt;b&gt;") in html and 'href="#library"' in html and "data-ask" not in html
    fixed = intro_html(nothing, Facets(), words, Shown(SHIPPED, "v-new", "New"))
    assert "#library" not in fixed


def test_a_collection_that_is_gone_is_told_in_the_readers_language() -> None:
    gone = Shown(SHIPPED, "x", missing=NoCollectionError("x").message)
    assert "There is no collection" in intro_html(papers_of(()), Facets(), EN, gone)
    assert "There is no" not in intro_html(papers_of(()), Facets(), ui_strings("zh"), gone)
