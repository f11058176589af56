"""A question whose answer a reload cut off: asked again by the page, after the conversation that the browser kept."""

from __future__ import annotations

import json
import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from app.surfaces.gate.request_limits import limits_for
from app.surfaces.page.gradio_page import ChatPage
from retrieval.facets import Facets
from retrieval.types import Filters, Paper
from tests.app.surfaces.page.test_gradio_page import Scripted, asking, done, sending

READER: Any = SimpleNamespace(client=SimpleNamespace(host="192.0.2.1"), headers={}, query_params={})


def again(page: ChatPage, **record: Any) -> list[Any]:
    # The box, the session's conversation and the filters of the new page are other than they were.
    return list(page.ask(sending(again=record), READER, "half typed", (), ["Anthropic"], [], [], [], 0, 0, "en", 0))


def kept(answerer: Scripted, question: str) -> list[Any]:
    last = list(asking(answerer, question))[-1]
    return json.loads(unescape(re.findall(r'data-turns="([^"]*)"', last[6])[0]))


def test_it_is_asked_with_its_own_filters_after_what_was_kept() -> None:
    answerer = Scripted(done("Yes."))
    turns = kept(answerer, "One?")
    drawn = again(ChatPage(answerer), question="Two?", filters={"organisation": ["openai"]}, turns=turns, left=0)
    asked = answerer.asked[-1]
    assert asked.text == "Two?" and asked.filters == Filters(organisations=("OpenAI",))
    assert [turn.content for turn in asked.history] == ["Q?", "Yes."]
    assert len(drawn[-1][0]) == 2 and "Yes." in drawn[0][8] and drawn[0][3] == ""
    assert isinstance(drawn[0][4], dict)  # the box is left alone


class OfOwls(Scripted):
    """Has one paper."""

    facets = Facets({}, {}, {}, {"owls": 1})

    def paper(self, paper_id: str) -> Paper | None:
        return Paper("owls", "On owls", "Owls fly.", "en") if paper_id == "owls" else None


def test_asked_of_one_paper_it_says_of_which() -> None:
    answerer = OfOwls(done("Yes."))
    drawn = again(ChatPage(answerer), question="Two?", filters={"paper": ["owls"]})
    assert answerer.asked[-1].filters == Filters(papers=("owls",))
    assert "On owls" in drawn[0][1] and "no longer" not in drawn[0][1]


def test_what_is_under_way_says_how_it_is_asked_again() -> None:
    frames = list(
        ChatPage(Scripted(done("Yes."))).ask(sending(), None, "Why?", (), ["OpenAI"], [], [], [], 2022, 0, "en", 0)
    )
    (filters,) = re.findall(r'aria-busy="true" data-filters="([^"]*)"', frames[0][1])
    assert json.loads(unescape(filters)) == {"organisation": ["OpenAI"], "since": "2022-01-01"}
    assert "data-filters" not in frames[-1][1]


@pytest.mark.parametrize("turns", ["x", [{}] * 51, [{"answer": {"id": 1}}]])
def test_kept_turns_that_were_tampered_with_are_left_out_and_it_is_asked_all_the_same(turns: Any) -> None:
    answerer = Scripted(done("Yes."))
    drawn = again(ChatPage(answerer), question="Two?", turns=turns)
    assert "could not be reopened" in drawn[0][3] and answerer.asked[-1].history == ()


@pytest.mark.parametrize(
    "record", [{}, {"question": 7}, {"question": "Why?", "filters": {"nose": 1}}, {"question": "Why?", "filters": [[]]}]
)
def test_what_is_no_question_is_refused_in_a_sentence(record: dict[str, Any]) -> None:
    answerer = Scripted(done("Yes."))
    (update,) = again(ChatPage(answerer), **record)
    assert update[3].startswith("<p>") and answerer.asked == []


def test_where_it_is_one_too_many_it_stands_in_the_box_below_its_conversation() -> None:
    answerer = Scripted(done("Yes."))
    turns = kept(answerer, "One?")
    rules = limits_for(1, 0)
    rules.enter("192.0.2.1").leave()
    (refused,) = again(ChatPage(answerer, None, rules), question="Two?", turns=turns)
    assert "too many" in refused[3] or "minute" in refused[3]
    assert refused[4] == "Two?" and "Yes." in refused[1] and len(answerer.asked) == 1
