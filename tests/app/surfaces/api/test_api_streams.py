"""The same over HTTP: heartbeats, reconnecting, hanging up, and failures that no stream could tell."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.answering.answer import Answer
from app.answering.answerer import Models
from app.answering.events import Done, Event, Failed, Status, Token
from app.answering.question import Question
from app.notices.notice import Notice
from app.surfaces.api.routes import api_router
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.papers.papers import papers_of
from retrieval.types import Facets

ASK = "/api/v1/ask"
STREAM = {"Accept": "text/event-stream"}
KEYED = STREAM | {"Idempotency-Key": "a-key-of-mine"}
BODY = {"question": "Why?"}


class Scripted:
    """An answerer that waits to be let on."""

    papers = papers_of(())
    facets = Facets()
    models = Models("none", None)

    def __init__(self, last: Event | Exception | None = None) -> None:
        self.last = last
        self.asked = 0
        self.go_on = threading.Event()
        self.ended = threading.Event()

    def stream(self, question: Question) -> Iterator[Event]:
        self.asked += 1
        try:
            yield Status("Searching the papers")
            while not self.go_on.wait(0.01):
                yield Status("Searching the papers")
            if isinstance(self.last, Exception):
                raise self.last
            yield Token("A lone \ud800 sign.")
            yield self.last or Done(Answer("id", question.text, "Why?", "answered", "quotes", "A \ud800.", 1.0))
        finally:
            self.ended.set()


def app_of(answerer: Any, heartbeat_s: float = 15.0) -> FastAPI:
    app = FastAPI()
    app.include_router(api_router(answerer, AnswerRuns(), heartbeat_s=heartbeat_s))
    plain_errors(app)
    return app


def client_of(answerer: Scripted) -> TestClient:
    answerer.go_on.set()
    return TestClient(app_of(answerer), raise_server_exceptions=False)


def ids(text: str) -> list[int]:
    return [int(line.removeprefix("id: ")) for line in text.splitlines() if line.startswith("id: ")]


def test_a_silent_stream_still_beats_and_the_events_come_at_once(served: Any) -> None:
    answerer = Scripted()
    with (
        served(app_of(answerer, heartbeat_s=0.05)) as address,
        httpx.stream("POST", address + ASK, json=BODY, headers=STREAM, timeout=10) as response,
    ):
        lines = response.iter_lines()
        assert [next(lines) for _ in range(4)][1] == "event: status"
        assert [next(lines), next(lines)] == [": still here", ""]
        answerer.go_on.set()
        rest = list(lines)
        assert "event: done" in rest


def test_hanging_up_ends_the_work_while_nothing_is_being_said(served: Any) -> None:
    answerer = Scripted()
    with served(app_of(answerer)) as address:
        with httpx.stream("POST", address + ASK, json=BODY, headers=STREAM, timeout=10) as response:
            next(response.iter_lines())
        assert answerer.ended.wait(5)
    assert not answerer.go_on.is_set()


def test_a_program_that_hangs_up_ends_the_work_too(served: Any) -> None:
    answerer = Scripted()
    with served(app_of(answerer)) as address:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(address + ASK, json=BODY, timeout=0.3)
        assert answerer.ended.wait(5)
    assert not answerer.go_on.is_set()


def test_who_was_cut_off_comes_back_and_is_told_the_rest(served: Any) -> None:
    answerer = Scripted()
    with served(app_of(answerer)) as address:
        with httpx.stream("POST", address + ASK, json=BODY, headers=KEYED, timeout=10) as response:
            assert next(response.iter_lines()) == "id: 1"
        answerer.go_on.set()
        back = httpx.post(address + ASK, json=BODY, headers=KEYED | {"Last-Event-ID": "1"}, timeout=10)
    assert ids(back.text) == [2, 3] and "event: done" in back.text
    assert answerer.asked == 1


def test_the_same_key_finds_the_same_answer_as_stream_and_as_json() -> None:
    answerer = Scripted()
    client = client_of(answerer)
    streamed = client.post(ASK, json=BODY, headers=KEYED)
    whole = client.post(ASK, json=BODY, headers={"Idempotency-Key": KEYED["Idempotency-Key"]})
    assert json.loads(streamed.text.split("data: ")[-1]) == whole.json()
    assert answerer.asked == 1


def test_the_same_key_with_another_question_is_refused() -> None:
    client = client_of(Scripted())
    client.post(ASK, json=BODY, headers=KEYED)
    response = client.post(ASK, json={"question": "How?"}, headers=KEYED)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert "take a new key" in response.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Idempotency-Key": "short"},
        {"Idempotency-Key": "a" * 65},
        {"Idempotency-Key": "no spaces here"},
        {"Idempotency-Key": "../../etc/passwd"},
        {"Last-Event-ID": "-1"},
        {"Last-Event-ID": "last"},
        {"Last-Event-ID": "9" * 30},
    ],
)
def test_headers_that_cannot_be_meant(headers: dict[str, str]) -> None:
    answerer = Scripted()
    response = client_of(answerer).post(ASK, json=BODY, headers=STREAM | headers)
    assert response.status_code == 422 and next(iter(headers)).lower() in response.json()["detail"].lower()
    assert answerer.asked == 0


def test_a_sign_that_utf8_has_no_bytes_for_goes_over_the_wire_all_the_same() -> None:
    assert client_of(Scripted()).post(ASK, json=BODY).json()["answer"] == "A \ud800."


def test_what_the_user_can_mend_and_what_nobody_foresaw() -> None:
    known = client_of(Scripted(Failed("The model is away: ask again."))).post(ASK, json=BODY)
    assert (known.status_code, known.json()["detail"]) == (503, "The model is away: ask again.")
    unforeseen = client_of(Scripted(ZeroDivisionError("the inner life"))).post(ASK, json=BODY)
    assert (unforeseen.status_code, unforeseen.json()["detail"]) == (500, Notice("inside"))
    streamed = client_of(Scripted(ZeroDivisionError("the inner life"))).post(ASK, json=BODY, headers=STREAM)
    assert streamed.status_code == 200 and "the inner life" not in streamed.text
    assert json.loads(streamed.text.split("data: ")[-1]) == {
        "message": Notice("inside"),
        "code": "inside",
        "params": {},
    }


def test_an_exception_of_a_route_is_one_sentence_to_the_client_and_the_servers_to_log() -> None:
    app = app_of(Scripted())

    @app.get("/breaks")
    def breaks() -> None:
        raise ZeroDivisionError("the inner life")

    response = TestClient(app, raise_server_exceptions=False).get("/breaks")
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.json() == {
        "title": "Internal Server Error",
        "status": 500,
        "detail": Notice("inside"),
        "code": "inside",
        "params": {},
    }
    with pytest.raises(ZeroDivisionError):
        TestClient(app).get("/breaks")


def test_an_address_that_is_none_outside_the_api_is_told_in_the_same_form() -> None:
    nowhere = client_of(Scripted()).get("/elsewhere")
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "application/problem+json")
    assert nowhere.json() == {"title": "Not Found", "status": 404, "detail": "GET /elsewhere: Not Found."}
