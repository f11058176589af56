"""The server is there before the embedding model is, says what cannot be loaded, and what it breaks off."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.answering.answerer import Models
from app.answering.events import Event, Quotes, Status
from app.answering.question import Question, checked_question
from app.build import LocalAnswerer, build_answerer
from app.server import BreakingOffServer, _warm_up, create_app
from app.settings import Settings
from app.surfaces.api.routes import api_router
from app.surfaces.openai.routes import openai_router
from app.surfaces.options import ServingOptions
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.errors import ModelError
from retrieval.types import Facets


class Broken:
    """An answerer whose embedding model cannot be loaded."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def warm_up(self) -> None:
        raise self.error


class Panic(BaseException):
    """What a failure in the Rust core of a library is."""


def test_what_cannot_be_loaded_is_said_and_the_server_goes_on() -> None:
    notes: list[str] = []
    broken: Any = Broken(ModelError("The weights are gone: reinstall the program."))
    ready = threading.Event()
    _warm_up(broken, notes.append, ready)
    assert not ready.is_set()
    assert notes == ["The weights are gone: reinstall the program."]


@pytest.mark.parametrize("error", [AttributeError("partially initialized\nmodule"), Panic("unwrap on None")])
def test_so_is_what_nobody_foresaw(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    notes: list[str] = []
    broken: Any = Broken(error)
    ready = threading.Event()
    _warm_up(broken, notes.append, ready)
    first = str(error).splitlines()[0]
    assert not ready.is_set()
    assert notes == [
        f"What questions need could not be loaded ({type(error).__name__}: {first}): the next question tries again."
    ]
    assert "Traceback" in caplog.text and str(error) in caplog.text


@pytest.mark.model
@pytest.mark.timeout(300)
def test_the_page_does_not_wait_for_the_embedding_model(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text('{"id": "a", "title": "On whales", "abstract": "Whales sing in winter."}')
    settings = Settings(home=tmp_path / "home", papers=papers, llm="none")
    build_answerer(settings, note=lambda sentence: None)
    again: Any = build_answerer(settings, note=lambda sentence: None, wait=False)
    assert again.retriever.embedder._session._session is None
    # A question that comes first waits for it, and is answered.
    assert again.ask(checked_question("Do whales sing in winter?")).sources
    assert again.retriever.embedder._session._session is not None


QUESTION = "Do safety techniques remove a backdoor that was trained in?"
CHAT = {"model": "paperbacked", "messages": [{"role": "user", "content": QUESTION}]}
GUEST = "https://guest.example"


def test_each_way_in_is_counted_as_its_own(answerer: LocalAnswerer) -> None:
    """Answers are made by threads that all ways share, and yet each knows where it was asked for."""
    params = {"name": "ask", "arguments": {"question": QUESTION}}
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    application = create_app(answerer, options=ServingOptions(widget_origins=(GUEST,)))
    with TestClient(application, base_url="http://127.0.0.1:7860") as client:
        for path, body, headers in (
            ("/api/v1/ask", {"question": QUESTION}, {}),
            ("/api/v1/ask", {"question": QUESTION}, {"Origin": GUEST, "Idempotency-Key": "a-key-of-mine"}),
            ("/v1/chat/completions", CHAT, {}),
            ("/v1/chat/completions", CHAT | {"stream": True}, {}),
            ("/mcp", tool, {"Accept": "application/json, text/event-stream"}),
        ):
            assert client.post(path, json=body, headers=headers).status_code == 200
        told = client.get("/metrics").text
    for surface, count in (("api", 1), ("widget", 1), ("openai", 2), ("mcp", 1)):
        assert f'paperbacked_questions_total{{status="answered",surface="{surface}"}} {count}.0' in told
    assert "paperbacked_answers_running 0.0" in told


class Writing:
    """An answerer whose answers never come to their end."""

    papers = ()
    facets = Facets()
    models = Models("none", None)

    def __init__(self) -> None:
        self.closed = 0

    def stream(self, question: Question) -> Iterator[Event]:
        try:
            yield Quotes(())
            while True:
                yield Status("Writing")
                threading.Event().wait(0.01)
        finally:
            self.closed += 1


class Announced(BreakingOffServer):
    """One that says when it is there."""

    def __init__(self, config: uvicorn.Config, runs: AnswerRuns) -> None:
        super().__init__(config, runs)
        self.there = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.there.set()


def test_a_server_that_is_stopped_ends_what_it_was_telling() -> None:
    answerer, runs, app = Writing(), AnswerRuns(), FastAPI()
    app.include_router(api_router(answerer, runs))  # type: ignore[arg-type]
    app.include_router(openai_router(answerer, runs))  # type: ignore[arg-type]
    plain_errors(app)
    server = Announced(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=3), runs)

    async def stopped_while_they_read(address: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=address, timeout=20) as client:
            asking = [
                asyncio.create_task(client.post("/api/v1/ask", json={"question": "Why?"}, headers=headers))
                for headers in ({"Accept": "text/event-stream"}, {})
            ]
            asking += [
                asyncio.create_task(client.post("/v1/chat/completions", json=CHAT | {"stream": stream}))
                for stream in (True, False)
            ]
            while runs.under_way < len(asking):
                await asyncio.sleep(0.01)
            server.should_exit = True
            return await asyncio.gather(*asking)

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert server.there.wait(20)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        stream, whole, chunks, completion = asyncio.run(stopped_while_they_read(address))
        thread.join(10)
    sentence = "The server is being stopped: ask again in a moment."
    assert stream.text.endswith(f'event: error\ndata: {{"message":"{sentence}","code":"stopped","params":{{}}}}\n\n')
    assert (whole.status_code, whole.json()["detail"]) == (503, sentence)
    assert sentence in chunks.text and chunks.text.endswith("data: [DONE]\n\n")
    assert (completion.status_code, completion.json()["error"]["message"]) == (503, sentence)
    assert not thread.is_alive() and answerer.closed == 4
