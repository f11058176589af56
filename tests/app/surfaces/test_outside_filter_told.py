"""That the filters hide the answer is told by whichever door the question comes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.answering.query.request import filters_from_json
from app.answering.question import checked_question
from app.local_answerer import LocalAnswerer
from app.surfaces.api.routes import api_router
from app.surfaces.api.schema import Answer
from app.surfaces.exports.files import conversation_markdown
from app.surfaces.exports.kept_answer import answer_from_kept, kept
from app.surfaces.mcp.tools import TOOLS
from app.surfaces.openai.routes import openai_router
from app.surfaces.runs.answer_runs import AnswerRuns

QUESTION, FILTERS = "tl;dr of Sleeper Agents", {"organisation": "OpenAI"}
SAYS_SO = "Outside your filter, Anthropic's Sleeper Agents: Training Deceptive LLMs that Persist"


def client_of(answerer: LocalAnswerer) -> TestClient:
    app = FastAPI()
    app.include_router(api_router(answerer, AnswerRuns()))
    app.include_router(openai_router(answerer, AnswerRuns()))
    return TestClient(app)


def test_by_the_api_and_in_what_is_kept_and_exported(answerer: LocalAnswerer) -> None:
    with client_of(answerer) as client:
        record = client.post("/api/v1/ask", json={"question": QUESTION, "filters": FILTERS}).json()
    told = Answer.model_validate(record).outside_filter
    assert told and told.paper and told.paper.id == "sleeper-agents" and told.text.startswith(SAYS_SO)
    assert told.quote == told.paper.abstract[told.start : told.end] != "" and told.text in record["answer"]
    filters = filters_from_json(FILTERS)
    answer = answerer.ask(checked_question(QUESTION, filters=filters, facets=answerer.facets))
    opened = answer_from_kept(json.loads(json.dumps(kept(answer))), answerer.paper)
    assert opened == answer and conversation_markdown([opened]).count(SAYS_SO) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_by_the_protocol_of_openai(answerer: LocalAnswerer, stream: bool) -> None:
    asked: dict[str, Any] = {"model": "paperbacked", "messages": [{"role": "user", "content": QUESTION}]}
    with client_of(answerer) as client:
        reply = client.post("/v1/chat/completions", json=asked | {"filters": FILTERS, "stream": stream}).text
    pieces = [json.loads(line[6:]) for line in reply.splitlines() if line.startswith("data: {")] or [json.loads(reply)]
    choices = [choice for piece in pieces for choice in piece["choices"]]
    said = "".join((choice.get("delta") or choice["message"]).get("content") or "" for choice in choices)
    assert said.count(SAYS_SO) == 1


def test_by_mcp(answerer: LocalAnswerer) -> None:
    said = asyncio.run(TOOLS["ask"](answerer, AnswerRuns(), {"question": QUESTION, "filters": FILTERS}))
    assert said.text.count(SAYS_SO) == 1 and said.record["outside_filter"]["paper"]["id"] == "sleeper-agents"
