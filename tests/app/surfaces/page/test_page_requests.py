"""Requests to the page as they come over the wire: what the server keeps of one, and what odd ones get."""

from __future__ import annotations

import gc
import itertools
import json
import tracemalloc
from collections.abc import Callable, Generator, Iterator
from typing import Any

import httpx
import pytest

from app.answering.answer import Answer
from app.answering.answerer import Models
from app.answering.events import Done, Event
from app.answering.question import Question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.server import create_app
from app.surfaces.options import ServingOptions
from retrieval.papers.papers import papers_of
from retrieval.types import Filters, Paper, Passage

pytestmark = pytest.mark.fault

KEPT_BYTES = 2_000_000
"""Of a session, whatever it has sent; an empty one takes some 65,000."""
WELL = (200, 400)
"""Answered, or refused by the gate as nothing that the page sends; 500 is neither."""
JSON = {"Content-Type": "application/json"}
Predict = Callable[..., httpx.Response]


class Quick:
    """An answerer that has the papers and answers everything with one word."""

    models = Models("hash", None)

    def __init__(self, papers: tuple[Paper, ...]) -> None:
        self.papers = papers_of(papers)
        self.facets = self.papers.facets

    def stream(self, question: Question) -> Generator[Event, None, None]:
        yield Done(Answer("1", question.text, question.text, "answered", "quotes", "Yes.", 0.9))

    def ask(self, question: Question) -> Answer:
        raise AssertionError("the page streams, it does not ask")

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        return ()

    def paper(self, paper_id: str) -> Paper | None:
        return self.papers.get(paper_id)

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return ()

    def compare(self, asked: CompareRequest) -> PaperTable:
        raise AssertionError("the page compares no papers")


@pytest.fixture(scope="module")
def predict(served: Any, all_papers: tuple[Paper, ...]) -> Iterator[Predict]:
    """`predict(handler, data, event)`: what the page's script sends for that handler, in a session of its own."""
    app = create_app(Quick(all_papers), options=ServingOptions(client_limit=0, server_limit=0))
    gradio: Any = next(route for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks"))
    functions = {function.name: number for number, function in gradio.app.get_blocks().fns.items()}
    sessions = itertools.count()
    with served(app) as address, httpx.Client(base_url=address, headers={"Sec-Fetch-Site": "same-origin"}) as client:

        def send(handler: str, data: list[Any], event: Any = None) -> httpx.Response:
            body = {"data": data, "event_data": event, "fn_index": functions[handler]}
            body |= {"session_hash": f"session{next(sessions)}"}
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            return client.post("/gradio_api/run/predict", content=text.encode(), headers=JSON, timeout=60)

        yield send


def kept_of_each(predict: Predict, handler: str, data: list[Any], event: Any = None, sessions: int = 2) -> int:
    """Bytes that the server holds for a session which has sent that, once the answer is gone."""
    predict(handler, data, event)  # what is made once and for all is there now
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(sessions):
            assert predict(handler, data, event).status_code in WELL
        predict("start_over", ["en"])  # the connection lets go of the last answer
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) // sessions
    finally:
        tracemalloc.stop()


def turns(papers: tuple[Paper, ...], text: str, number: int) -> list[dict[str, Any]]:
    """So many turns with that text; each cites fifty papers and has found all of them."""
    cited = [paper for paper in papers if paper.abstract][:50]
    answer = {
        **{"id": "a", "question": "Q?", "standalone_question": "", "status": "answered", "mode": "quotes"},
        **{"answer": text, "confidence": 1},
        "citations": [
            {"number": place, "paper": paper.id, "start": 0, "end": len(paper.abstract), "score": 0}
            for place, paper in enumerate(cited, start=1)
        ],
        "sources": [{"paper": paper.id, "start": 0, "end": 0, "score": 0} for paper in papers],
    }
    return [{"answer": answer}] * number


def test_a_reopened_conversation_leaves_little_in_memory(predict: Predict, all_papers: tuple[Paper, ...]) -> None:
    """Drawn it is some hundred times as large as sent, and Gradio would hold it for as long as the session."""
    for text, number in (("", 45), ("“" * 3_000 + "[1]" * 3_000, 15)):
        sent = {"turns": turns(all_papers, text, number)}
        assert kept_of_each(predict, "reopen", ["en"], sent) < KEPT_BYTES


def test_what_is_sent_for_a_widget_is_not_kept(predict: Predict) -> None:
    """A list takes two bytes on the wire and sixty as Python holds it."""
    assert kept_of_each(predict, "start_over", [[[]] * 60_000]) < 200_000
    assert kept_of_each(predict, "start_over", ["x" * 500_000]) < 200_000
    assert kept_of_each(predict, "chips", [["OpenAI"] * 50_000, [], [], None, 0, 0, "en"]) < 200_000


def test_a_reader_who_only_looks_costs_the_server_little(predict: Predict) -> None:
    for language in ("en", "zh"):
        assert kept_of_each(predict, "opened", [language]) < 200_000


ODD = (None, True, 0, 2023, 2023.0, "", "OpenAI", [], ["OpenAI", "OpenAI"], [2023, None], [[]], {}, {"OpenAI": 1})


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_value_of_another_kind_breaks_nothing(predict: Predict, odd: Any) -> None:
    plain = [[], [], [], None, 0, 0]
    for place in (0, 1, 2, 4, 5):
        filters = [*plain[:place], odd, *plain[place + 1 :]]
        assert predict("chips", [*filters, "en"]).status_code in WELL
        assert predict("unchoose", filters, odd).status_code in WELL
        assert predict("speak", [None, *filters], {"language": odd}).status_code in WELL
    assert predict("reopen", [odd], {"turns": odd, "left": odd}).status_code in WELL
    assert predict("edit", [odd, odd], {"turn": odd}).status_code in WELL
    assert predict("opened", [odd]).status_code in WELL
    for event in (odd, {"turns": odd}, {"turns": [odd]}, {"turns": [{"answer": odd}]}):
        assert predict("reopen", ["en"], event).status_code == 200


def test_years_in_a_list_pass_for_a_year_at_the_gate_and_count_as_none(predict: Predict) -> None:
    assert predict("chips", [[], [], [], None, [2023], [2022, 2024], "en"]).json()["data"] == [""]
