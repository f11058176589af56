"""Filters are held against the collection once a question, where it is made, by whichever door it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.build import LocalAnswerer
from app.surfaces.api.routes import api_router
from app.surfaces.mcp.tools import TOOLS
from app.surfaces.openai.routes import openai_router
from app.surfaces.page.chosen_filters import Chosen
from app.surfaces.page.reader import ConversationPage
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.ui_strings import ui_strings
from retrieval import facets
from retrieval.errors import InputError

QUESTION = "Do safety techniques remove a backdoor that was trained in?"
CLOSEST = {"organisation": "openai"}
EVENTS = {"Accept": "text/event-stream"}
Ask = Callable[[TestClient, LocalAnswerer, dict[str, str]], str]


def on_the_page(answerer: LocalAnswerer, now: Chosen, **clicked: Any) -> str:
    page = ConversationPage(answerer)
    *_, last = page.ask("" if clicked else QUESTION, clicked, (), 0, now, "", ui_strings())
    return f"{last.notice} {last.conversation} {last.evidence_pane}"


def by_tool(answerer: LocalAnswerer, name: str, **arguments: Any) -> str:
    return str(asyncio.run(TOOLS[name](answerer, AnswerRuns(), arguments)).record)


DOORS: dict[str, Ask] = {
    "ask": lambda client, _, filters: client.post("/api/v1/ask", json={"question": QUESTION, "filters": filters}).text,
    "events": lambda client, _, filters: (
        client.post("/api/v1/ask", json={"question": QUESTION, "filters": filters}, headers=EVENTS).text
    ),
    "search": lambda client, _, filters: client.get("/api/v1/search", params={"q": QUESTION, **filters}).text,
    "openai": lambda client, _, filters: (
        client.post(
            "/v1/chat/completions",
            json={"model": "paperbacked", "messages": [{"role": "user", "content": QUESTION}], "filters": filters},
        ).text
    ),
    "mcp ask": lambda _, answerer, filters: by_tool(answerer, "ask", question=QUESTION, filters=filters),
    "mcp search": lambda _, answerer, filters: by_tool(answerer, "search_papers", query=QUESTION, filters=filters),
    "page": lambda _, answerer, filters: on_the_page(answerer, Chosen((filters["organisation"],))),
    "link": lambda _, answerer, filters: on_the_page(
        answerer, Chosen(), link={"q": QUESTION, "organisation": [filters["organisation"]]}
    ),
}


@pytest.fixture(scope="module")
def client(answerer: LocalAnswerer) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(api_router(answerer, AnswerRuns()))
    app.include_router(openai_router(answerer, AnswerRuns()))
    plain_errors(app)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("door", DOORS)
def test_once_and_spelt_as_the_collection_spells_them(
    door: str, client: TestClient, answerer: LocalAnswerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[str] = []

    # Below what others import, so that a check counts wherever it is made.
    def counted(what: str, *arguments: Any) -> Any:
        checks.append(what)
        return known(what, *arguments)

    known = facets._known
    monkeypatch.setattr(facets, "_known", counted)
    told = DOORS[door](client, answerer, CLOSEST)
    assert checks == [facet.name for facet in facets.FACETS]
    assert "OpenAI" in told and "Anthropic" not in told


@pytest.mark.parametrize("door", DOORS)
def test_a_value_that_the_collection_lacks_is_one_sentence(
    door: str, client: TestClient, answerer: LocalAnswerer
) -> None:
    def sentence() -> str:
        try:
            return DOORS[door](client, answerer, {"organisation": "Initech"})
        except InputError as error:  # a tool's failure is raised, all others are told
            return str(error)

    assert "There is no organisation" in (told := sentence()) and "choose from Google DeepMind" in told
    assert "event: " not in told and "article" not in told
