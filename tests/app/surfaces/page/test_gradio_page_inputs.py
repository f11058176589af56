"""The page's handlers under hands that send anything: no value of any argument is an exception."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import date
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.answering.answer import Answer
from app.answering.answerer import Models
from app.answering.events import Done, Event
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.models.model_choice import Choice
from app.answering.question import Question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.gradio_page import ChatPage
from retrieval.papers.papers import papers_of
from retrieval.types import Facets, Filters, Paper, Passage

PAPER = Paper("p", "Backdoors", "They stay.", "en", organisation="OpenAI")


class OneAnswer:
    """An answerer with one paper, which says one thing."""

    papers = papers_of((PAPER,))
    facets = Facets({"OpenAI": 1}, {"Robustness": 1}, {"en": 1}, earliest=date(2022, 1, 1), latest=date(2024, 7, 1))
    models = Models("hash", None)

    def stream(self, question: Question) -> Generator[Event, None, None]:
        yield Done(Answer("1", question.text, question.text, "answered", "quotes", "Yes.", 0.9))

    def ask(self, question: Question) -> Answer:
        raise AssertionError("the page streams, it does not ask")

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        return ()

    def paper(self, paper_id: str) -> Paper | None:
        return PAPER if paper_id == "p" else None

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return ()

    def compare(self, asked: CompareRequest) -> PaperTable:
        raise AssertionError("the page compares no papers")


def page() -> ChatPage:
    models = LanguageModels(lambda: Choice(None, "quotes"), lambda name, report: LanguageModel(), may_fetch=True)
    return ChatPage(OneAnswer(), models)


HERE: Any = SimpleNamespace(
    client=SimpleNamespace(host="127.0.0.1"), headers={"host": "localhost:7860"}, query_params={}
)
TALKED = (Exchange("Q?", text="half", stopped=True),)

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=12)
_json = st.recursive(
    _scalars | st.sampled_from(["OpenAI", "en", "zh", 2022, 2024.0, "Why?"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_names = st.sampled_from(
    [
        *("turns", "left", "turn", "question", "retry", "unfiltered", "link", "get", "language", "name", "value"),
        *("again", "filters", "organisations", "categories", "languages", "papers", "since", "until"),
    ]
)
_link = st.dictionaries(
    st.sampled_from(["q", "organisation", "category", "language", "paper", "since", "until", "v"]), _json, max_size=8
)
_again = st.dictionaries(st.sampled_from(["question", "filters", "turns", "left"]), _json | _link, max_size=4)
_events = (_json | st.dictionaries(_names, _json | _link | _again, max_size=4)).map(
    lambda sent: gr.EventData(None, sent)
)
_held = st.just(TALKED) | st.just(()) | _json
_filters = st.tuples(_json, _json, _json, _json, _json, _json)


def whole(updates: Any) -> list[Any]:
    return list(updates)


HANDLERS: dict[str, Callable[[ChatPage, Any], Any]] = {
    "opened": lambda page, draw: page.opened(draw(_json), HERE),
    "speak": lambda page, draw: page.speak(draw(_events), HERE, draw(_held), *draw(_filters)),
    "models_at_work": lambda page, draw: page.models_at_work(draw(_json), HERE),
    "fetch_model": lambda page, draw: page.fetch_model(draw(_json), draw(_events), HERE),
    "ask": lambda page, draw: whole(
        page.ask(draw(_events), HERE, draw(_json), draw(_held), *draw(_filters), draw(_json), draw(_json))
    ),
    "stop": lambda page, draw: page.stop(draw(_held), draw(_json)),
    "start_over": lambda page, draw: page.start_over(draw(_json), HERE),
    "reopen": lambda page, draw: page.reopen(draw(_json), draw(_events), HERE),
    "edit": lambda page, draw: page.edit(draw(_held), draw(_json), draw(_events)),
    "chips": lambda page, draw: page.chips(HERE, *draw(_filters), draw(_json)),
    "choose": lambda page, draw: page.choose(draw(_events), draw(_json), HERE),
    "unchoose": lambda page, draw: page.unchoose(draw(_events), HERE, draw(_json), *draw(_filters)),
}


@pytest.mark.parametrize("name", HANDLERS)
@given(data=st.data())
def test_no_value_of_any_argument_is_an_exception(name: str, data: st.DataObject) -> None:
    handler = HANDLERS[name]
    assert handler(page(), data.draw) is not None


def asked(*filters: Any, **sent: Any) -> str:
    """The last notice, or the last drawing where there is none, after "Why?" was typed."""
    chosen = filters or ([], [], [], [], 0, 0)
    updates = whole(page().ask(gr.EventData(None, sent), HERE, "Why?", (), *chosen, "en", 0))
    return updates[-1][3] if isinstance(updates[-1][3], str) and updates[-1][3] else updates[-1][1]


def test_a_filter_of_another_kind_is_as_if_it_were_not_chosen() -> None:
    for odd in ({"OpenAI": 1}, "OpenAI", [1, None], 7):
        assert "Yes." in asked(odd, [], [], [], 0, 0) and "Only" not in asked(odd, [], [], [], 0, 0)
    for odd in ([2022], 2022.5, "2022", True, 10**9, -3, {}):
        assert (
            "Yes." in asked([], [], [], [], odd, 0) and "from" not in asked([], [], [], [], odd, 2024).split("until")[0]
        )


def test_a_filter_that_is_named_again_and_again_is_one() -> None:
    """Gradio checks that a value is one of the choices, not how often it is there."""
    many = ["OpenAI"] * 50_000
    assert page().chips(None, many, [], [], [], 0, 0, "en").count("<li>") == 1
    assert len(asked(many, [], [], [], 0, 0)) < 5_000


@given(_json.filter(lambda value: not isinstance(value, str)))
@example([[[]]])
def test_a_clicked_question_that_is_no_text_is_told_to_be_empty(sent: Any) -> None:
    assert "The question is empty" in asked(question=sent)
