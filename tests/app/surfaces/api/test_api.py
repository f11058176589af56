"""The HTTP API: the contract's answer as JSON or as events, and every wrong input as one plain sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Protocol
from urllib.parse import urljoin

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient

from app.answering.models.scripted import ScriptedLLM
from app.answering.question import MAX_QUESTION_CHARS
from app.build import LocalAnswerer
from app.surfaces.api.health import health_router
from app.surfaces.api.routes import api_router
from app.surfaces.gate.metrics import Metrics, metrics_router
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.papers.papers import papers_of

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
ASK = "/api/v1/ask"
CONTRACT = {
    *("id", "question", "standalone_question", "status", "mode", "answer", "confidence", "sentences", "citations"),
    *("sources", "followups", "timings", "models"),
}


HEALTH = ("/health/live", "/health/ready", "/api/v1/health", "/metrics")


def app_of(answerer: Any) -> FastAPI:
    app = FastAPI()
    app.include_router(health_router())
    app.include_router(metrics_router(Metrics()))
    app.include_router(api_router(answerer, AnswerRuns()))
    plain_errors(app)
    return app


def serving(answerer: Any) -> TestClient:
    return TestClient(app_of(answerer), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(answerer: LocalAnswerer) -> Iterator[TestClient]:
    with serving(answerer) as client:
        yield client


class Response(Protocol):
    """What a client of either kind gives."""

    @property
    def text(self) -> str: ...

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def json(self) -> Any: ...


def events_of(response: Response) -> list[tuple[str, Any]]:
    """The server-sent events as (name, data), read as the standard says."""
    assert response.text.endswith("\n\n")
    events = []
    for number, block in enumerate(response.text.removesuffix("\n\n").split("\n\n"), 1):
        told, name, data = block.split("\n")
        assert told == f"id: {number}"
        assert name.startswith("event: ") and data.startswith("data: ")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def assert_problem(response: Response, sentence: str, status: int | None = None) -> None:
    assert 400 <= response.status_code < 500, response.text
    assert status is None or response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert sentence in problem["detail"]
    assert problem["detail"].endswith(".") and "\n" not in problem["detail"] and len(problem["detail"]) < 400


def test_ask_gives_the_answer(client: TestClient, answerer: LocalAnswerer) -> None:
    response = client.post(ASK, json={"question": BACKDOOR})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    answer = response.json()
    assert set(answer) - {"note", "notes", "direct", "read", "parts", "table", "outside_filter"} == CONTRACT
    assert answer["status"] == "answered" and answer["citations"][0]["paper"]["id"] == "sleeper-agents"
    by_id = {paper.id: paper for paper in answerer.papers}
    for citation in answer["citations"]:
        assert citation["quote"] == by_id[citation["paper"]["id"]].abstract[citation["start"] : citation["end"]]


def test_ask_streams_events_in_order(client: TestClient) -> None:
    response = client.post(ASK, json={"question": BACKDOOR}, headers={"Accept": "text/event-stream"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    events = events_of(response)
    assert [name for name, _ in events] == [
        *("status", "sources", "quotes"),
        *(("token", "sentence") * len(events[-1][1]["sentences"])),
        *("followups", "done"),
    ]
    done = events[-1][1]
    assert done["sentences"]
    assert set(done) - {"note", "notes", "direct", "read", "parts", "table", "outside_filter"} == CONTRACT
    assert "".join(data["text"] for name, data in events if name == "token") == done["answer"]
    assert [data for name, data in events if name == "sentence"] == [
        sentence | {"text": sentence["text"]} for sentence in done["sentences"]
    ]
    assert dict(events)["sources"]["sources"] == done["sources"]
    assert dict(events)["quotes"]["citations"] == done["citations"]
    assert dict(events)["followups"]["questions"] == done["followups"]


def test_a_written_answer_is_streamed_too(writing: Callable[..., LocalAnswerer]) -> None:
    reply = "Backdoor behavior is not removed by standard safety training techniques [1]."
    with serving(writing(ScriptedLLM(replies=[reply]))) as client:
        events = events_of(client.post(ASK, json={"question": BACKDOOR}, headers={"Accept": "text/event-stream"}))
    names = list(dict.fromkeys(name for name, _ in events))
    assert names == ["status", "sources", "quotes", "token", "sentence", "followups", "done"]
    done = events[-1][1]
    assert done["mode"] == "generated"
    assert done["answer"].startswith("According to Sleeper Agents") and done["answer"].endswith(f", b{reply[1:]}")
    assert [data for name, data in events if name == "sentence"] == done["sentences"]


def test_line_breaks_stay_within_an_events_data(client: TestClient) -> None:
    response = client.post(ASK, json={"question": "egg boiling"}, headers={"Accept": "text/event-stream"})
    [text] = [data["text"] for name, data in events_of(response) if name == "token"]
    assert "\n\n" in text


def test_history_and_filters_count(client: TestClient) -> None:
    history = [{"role": "user", "content": BACKDOOR}, {"role": "assistant", "content": "They do not."}]
    body = {"question": "Why?", "history": history, "filters": {"organisation": ["anthropic"], "since": 2024}}
    answer = client.post(ASK, json=body).json()
    assert answer["standalone_question"] == f"{BACKDOOR} Why?"
    assert {source["paper"]["organisation"] for source in answer["sources"]} == {"Anthropic"}


def test_two_requests_at_once_get_their_own_answers(client: TestClient) -> None:
    from concurrent.futures import ThreadPoolExecutor

    questions = [BACKDOOR, "egg boiling", "Why debate?", "sparse autoencoders"] * 3
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda text: client.post(ASK, json={"question": text}).json(), questions))
    assert [answer["question"] for answer in answers] == questions
    assert len({answer["id"] for answer in answers}) == len(questions)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b'{"question": "a"', "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b'{"question": "\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"question":' * 15_000 + b"1" + b"}" * 15_000, "not JSON"),
        (b'{"question": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b"null", "question"),
        (b"[]", "question"),
        (b'"a"', "question"),
        (b"{}", "question"),
        (b'{"question": null}', "question"),
        (b'{"question": 7}', "question"),
        (b'{"question": ["a"]}', "question"),
        (b'{"question": {"question": "a"}}', "question"),
        (b'{"question": ""}', "empty"),
        (b'{"question": " \\n\\t"}', "empty"),
        (b'{"question": "?!"}', "empty"),
        (b'{"question": "\\u0000"}', "empty"),
        (b'{"question": "\\ud800"}', "empty"),
        (json.dumps({"question": "a" * (MAX_QUESTION_CHARS + 1)}).encode(), "2,001 characters"),
        (json.dumps({"question": "a" * 100_000}).encode(), "100,000 characters"),
        (b'{"question": "a", "history": "b"}', "history"),
        (b'{"question": "a", "history": {"role": "user"}}', "history"),
        (b'{"question": "a", "history": [{"role": "root", "content": "b"}]}', "history"),
        (b'{"question": "a", "history": [{"role": {}, "content": "b"}]}', "history"),
        (b'{"question": "a", "history": [{"role": "user", "content": 1}]}', "history"),
        (b'{"question": "a", "filters": "OpenAI"}', "filters"),
        (b'{"question": "a", "filters": []}', "filters"),
        (b'{"question": "a", "filters": {"lab": "OpenAI"}}', "organisation, category, language, paper, since, until"),
        (b'{"question": "a", "filters": {"organisation": 1}}', "string"),
        (b'{"question": "a", "filters": {"organisation": [["OpenAI"]]}}', "string"),
        (b'{"question": "a", "filters": {"organisation": "Foo"}}', "choose from Google DeepMind, Anthropic"),
        (b'{"question": "a", "filters": {"organisation": "\\u0000\\ud800"}}', "choose from Google DeepMind, Anthropic"),
        (b'{"question": "a", "filters": {"category": ["Foo"]}}', "choose from"),
        (b'{"question": "a", "filters": {"language": "klingon"}}', "choose from en, zh"),
        (b'{"question": "a", "filters": {"paper": "Sleeper-Agents"}}', "There is no paper 'Sleeper-Agents'"),
        (b'{"question": "a", "filters": {"papers": "sleeper-agents"}}', "language, paper, since"),
        (b'{"question": "a", "filters": {"since": "soon"}}', "no date"),
        (b'{"question": "a", "filters": {"until": "2023-02-30"}}', "no date"),
        (b'{"question": "a", "filters": {"since": ["2023"]}}', "no date"),
        (b'{"question": "a", "filters": {"since": "2024", "until": "2023"}}', "swap them"),
    ],
)
def test_a_wrong_question(client: TestClient, body: bytes, sentence: str) -> None:
    response = client.post(ASK, content=body, headers={"Content-Type": "application/json"})
    assert_problem(response, sentence, 400)


@pytest.mark.parametrize("body", [b"", b'{"question": ""}', b'{"question": "a", "filters": {"since": "soon"}}'])
def test_a_wrong_question_is_a_problem_for_those_who_stream_too(client: TestClient, body: bytes) -> None:
    assert_problem(client.post(ASK, content=body, headers={"Accept": "text/event-stream"}), "", 400)


def test_an_unknown_filter_value_is_refused_before_a_stream_begins(client: TestClient) -> None:
    body = {"question": "a", "filters": {"organisation": "Foo"}}
    response = client.post(ASK, json=body, headers={"Accept": "text/event-stream"})
    assert_problem(response, "choose from Google DeepMind", 400)


def test_a_question_of_just_the_limit_is_answered(client: TestClient) -> None:
    question = "backdoor " * (MAX_QUESTION_CHARS // 9)
    assert client.post(ASK, json={"question": question.ljust(MAX_QUESTION_CHARS, "?")}).status_code == 200


def test_control_characters_are_taken_out(client: TestClient) -> None:
    body = b'{"question": "a\\u0000b\\ud800 backdoor"}'
    assert client.post(ASK, content=body).json()["question"] == "a b backdoor"


def test_search(client: TestClient, answerer: LocalAnswerer) -> None:
    found = client.get("/api/v1/search", params={"q": BACKDOOR, "top": 3}).json()
    assert [source["rank"] for source in found] == [1, 2, 3]
    assert found[0]["paper"]["id"] == "sleeper-agents"
    assert all(source["passage"] == source["paper"]["abstract"][source["start"] : source["end"]] for source in found)
    assert found[0]["score"] >= found[1]["score"] >= found[2]["score"]
    assert len(client.get("/api/v1/search", params={"q": "models"}).json()) == 10
    assert len(client.get("/api/v1/search", params={"q": "models", "top": 100}).json()) == len(answerer.papers)


def test_search_with_filters(client: TestClient) -> None:
    params = {"q": "models", "organisation": ["openai", "anthropic"], "since": "2023", "until": "2024-07", "top": 50}
    papers = [source["paper"] for source in client.get("/api/v1/search", params=params).json()]
    assert {paper["organisation"] for paper in papers} == {"OpenAI", "Anthropic"}
    assert all("2023" <= paper["published"] <= "2024-07-31" for paper in papers)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({}, "q"),
        ({"q": ""}, "empty"),
        ({"q": "\0"}, "empty"),
        ({"q": "a" * (MAX_QUESTION_CHARS + 1)}, "2,001 characters"),
        ({"q": "a", "top": 0}, "top"),
        ({"q": "a", "top": 101}, "top"),
        ({"q": "a", "top": -1}, "top"),
        ({"q": "a", "top": "many"}, "top"),
        ({"q": "a", "top": 10**30}, "top"),
        ({"q": "a", "since": "soon"}, "no date"),
        ({"q": "a", "until": "2023-13"}, "no date"),
        ({"q": "a", "since": "2024", "until": "2023"}, "swap them"),
        ({"q": "a", "organisation": "Foo"}, "choose from"),
        ({"q": "a", "category": ["Robustness", "Foo"]}, "choose from"),
        ({"q": "a", "language": "\0"}, "choose from"),
    ],
)
def test_a_wrong_search(client: TestClient, params: dict[str, Any], sentence: str) -> None:
    assert_problem(client.get("/api/v1/search", params=params), sentence)


PAPERS = "/api/v1/papers"


def test_papers(client: TestClient, answerer: LocalAnswerer) -> None:
    response = client.get(PAPERS)
    assert response.json() == [paper.as_json() for paper in answerer.papers]
    assert response.headers["x-total-count"] == "94"
    assert "link" not in response.headers


@pytest.mark.parametrize("limit", [1, 40, 47, 93, 94, 500])
def test_papers_come_in_pages_each_naming_the_next(client: TestClient, answerer: LocalAnswerer, limit: int) -> None:
    told: list[str] = []
    address: str | None = f"{PAPERS}?limit={limit}"
    while address:
        response = client.get(address)
        assert 0 < len(response.json()) <= limit
        assert response.headers["x-total-count"] == "94"
        told += [paper["id"] for paper in response.json()]
        following = response.links.get("next")
        assert following is None or following["url"].startswith("?")  # wherever a proxy has put us
        address = urljoin(PAPERS, following["url"]) if following else None
    assert told == [paper.id for paper in answerer.papers]


def test_a_page_of_papers_is_a_hundred_at_most_unless_more_are_asked_for(answerer: LocalAnswerer) -> None:
    one = next(iter(answerer.papers))
    papers = tuple(replace(one, id=f"a/b?c&d=é {n}>") for n in range(501))
    with serving(SimpleNamespace(papers=papers_of(papers))) as client:
        first = client.get(PAPERS)
        assert [paper["id"] for paper in first.json()] == [paper.id for paper in papers[:100]]
        second = client.get(urljoin(PAPERS, first.links["next"]["url"]))
        assert [paper["id"] for paper in second.json()] == [paper.id for paper in papers[100:200]]
        assert len(client.get(PAPERS, params={"limit": 500}).json()) == 500
        last = client.get(PAPERS, params={"after": papers[499].id})
        assert len(last.json()) == 1 and not last.links
        assert client.get(PAPERS, params={"after": papers[500].id}).json() == []


@pytest.mark.parametrize(
    ("params", "sentence", "status"),
    [
        ({"after": "no-such-paper"}, "There is no paper 'no-such-paper' in the collection", 404),
        ({"after": ""}, "There is no paper", 404),
        ({"after": "\0" * 5000}, "There is no paper", 404),
        ({"limit": 0}, "limit", 422),
        ({"limit": -1}, "limit", 422),
        ({"limit": 501}, "limit", 422),
        ({"limit": "all"}, "limit", 422),
        ({"limit": 10**30}, "limit", 422),
    ],
)
def test_a_wrong_page_of_papers(client: TestClient, params: dict[str, Any], sentence: str, status: int) -> None:
    assert_problem(client.get(PAPERS, params=params), sentence, status)


def test_it_lives_before_it_is_ready() -> None:
    app = FastAPI()
    loaded: list[str] = []
    app.include_router(health_router(lambda: bool(loaded)))
    client = TestClient(app)
    assert client.get("/health/live").status_code == 200
    early = client.get("/health/ready")
    assert early.status_code == 503 and early.headers["content-type"] == "application/problem+json"
    loaded.append("the weights")
    assert client.get("/health/ready").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health(client: TestClient, path: str) -> None:
    assert client.get(path).json() == {"status": "ok"}


@pytest.mark.parametrize(("method", "path"), [("GET", ASK), ("POST", "/api/v1/papers"), ("GET", "/api/v1/nothing")])
def test_a_wrong_address_is_a_problem_too(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    assert response.status_code in {404, 405}
    assert_problem(response, "")


def test_health_waits_for_no_thread(answerer: LocalAnswerer) -> None:
    """A server whose worker threads are all taken is well; taken for ill, it would be started anew."""

    async def watched() -> list[int]:
        threads = current_default_thread_limiter()
        threads.total_tokens = 1
        transport = ASGITransport(app_of(answerer))
        async with threads, AsyncClient(transport=transport, base_url="http://here") as client:
            with pytest.raises(TimeoutError):  # what does need a thread waits
                await asyncio.wait_for(client.get(PAPERS), 0.2)
            return [(await asyncio.wait_for(client.get(path), 2)).status_code for path in HEALTH]

    assert asyncio.run(watched()) == [200] * len(HEALTH)
