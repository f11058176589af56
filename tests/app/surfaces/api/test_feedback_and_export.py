"""Feedback and export over HTTP, one paper and those like it, and what stands at no address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.feedback import FeedbackLog
from app.surfaces.api.openapi import examples
from app.surfaces.api.routes import api_router
from app.surfaces.exports.kept_answer import kept
from app.surfaces.options import ServingOptions
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.ui_strings import ui_strings

API = "/api/v1"
BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"


def client_of(answerer: LocalAnswerer, **options: Any) -> TestClient:
    app = FastAPI()
    app.include_router(api_router(answerer, AnswerRuns(), ServingOptions(**options)))
    plain_errors(app)
    # As the page does in the whole application: it takes every address that nobody else has.
    app.mount("/", FastAPI())
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def thumbs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "feedback.jsonl"


@pytest.fixture(scope="module")
def client(answerer: LocalAnswerer, thumbs: Path) -> Iterator[TestClient]:
    with client_of(answerer, feedback_file=thumbs) as client:
        yield client


def assert_problem(response: Any, status: int, sentence: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert sentence in problem["detail"] and problem["status"] == status
    assert problem["detail"].endswith(".") and len(problem["detail"]) < 400


def test_feedback_is_kept(client: TestClient, thumbs: Path) -> None:
    given = {"id": "a1", "verdict": "down", "reason": "Not so.", "question": BACKDOOR, "models": {"llm": None}}
    response = client.post(f"{API}/feedback", json=given | {"surface": "widget", "more": [1]})
    assert (response.status_code, response.content) == (204, b"")
    *_, record = FeedbackLog(thumbs).read()
    assert record == {"at": record["at"], "answer_id": "a1", "surface": "widget"} | {
        key: value for key, value in given.items() if key != "id"
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        [],
        None,
        {"id": "a"},
        {"verdict": "up"},
        {"id": "", "verdict": "up"},
        {"id": 7, "verdict": "up"},
        {"id": "a", "verdict": "sideways"},
        {"id": "a" * 201, "verdict": "up"},
        {"id": "a", "verdict": "up", "reason": "x" * 1001},
        {"id": "a", "verdict": "up", "question": "x" * 2001},
        {"id": "a", "verdict": "up", "surface": "x" * 41},
        {"id": "a", "verdict": "up", "models": {"llm": 7}},
        {"id": "a", "verdict": "up", "models": {str(number): None for number in range(21)}},
        {"id": "a", "verdict": "up", "question": "\ud800"},
    ],
)
def test_what_is_no_feedback_is_not_kept(client: TestClient, thumbs: Path, given: Any) -> None:
    before = len(list(FeedbackLog(thumbs).read()))
    assert_problem(client.post(f"{API}/feedback", content=json.dumps(given)), 400, "")
    assert len(list(FeedbackLog(thumbs).read())) == before


def test_where_feedback_is_not_kept_it_says_so(answerer: LocalAnswerer) -> None:
    response = client_of(answerer).post(f"{API}/feedback", json={"id": "a", "verdict": "up"})
    assert_problem(response, 404, "keeps no feedback")


def test_feedback_that_cannot_be_written_is_a_problem(answerer: LocalAnswerer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    client = client_of(answerer, feedback_file=tmp_path / "file" / "feedback.jsonl")
    assert_problem(client.post(f"{API}/feedback", json={"id": "a", "verdict": "up"}), 503, "cannot be written")


@pytest.mark.parametrize(
    ("format", "media", "ending", "sign"),
    [
        ("markdown", "text/markdown; charset=utf-8", ".md", f"## {BACKDOOR}"),
        ("bibtex", "application/x-bibtex; charset=utf-8", ".bib", "@"),
        ("ris", "application/x-research-info-systems; charset=utf-8", ".ris", "TI  - Sleeper Agents"),
        ("csl-json", "application/vnd.citationstyles.csl+json", ".json", '"title": "Sleeper Agents'),
    ],
)
def test_export(client: TestClient, answerer: LocalAnswerer, format: str, media: str, ending: str, sign: str) -> None:
    record = kept(answerer.ask(checked_question(BACKDOOR)))
    response = client.post(f"{API}/export", json={"format": format, "answers": [record]})
    assert response.status_code == 200 and sign in response.text
    assert response.headers["content-type"] == media
    assert response.headers["content-disposition"] == f'attachment; filename="paperbacked{ending}"'
    if format == "csl-json":
        assert response.json()[0]["title"].startswith("Sleeper Agents")


def test_an_export_in_chinese(client: TestClient, answerer: LocalAnswerer) -> None:
    record = kept(answerer.ask(checked_question(BACKDOOR)))
    body = {"format": "markdown", "answers": [record], "language": "zh"}
    heading = client.post(f"{API}/export", json=body).text.splitlines()[0]
    assert heading == f"# {ui_strings('zh')('md_heading')}" and not heading.isascii()


def test_an_export_takes_no_quote_from_the_request(client: TestClient, answerer: LocalAnswerer) -> None:
    record = kept(answerer.ask(checked_question(BACKDOOR)))
    forged = record["citations"][0] | {"quote": "The earth is flat.", "check": None}
    body = {"format": "markdown", "answers": [record | {"citations": [forged]}]}
    assert "earth is flat" not in client.post(f"{API}/export", json=body).text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"format": "markdown"},
        {"format": "docx", "answers": [{}]},
        {"format": "markdown", "answers": []},
        {"format": "markdown", "answers": [{}]},
        {"format": "markdown", "answers": ["a"]},
        {"format": "markdown", "answers": [{}] * 101},
    ],
)
def test_what_cannot_be_exported(client: TestClient, body: Any) -> None:
    assert_problem(client.post(f"{API}/export", json=body), 400, "")


def test_one_paper(client: TestClient, answerer: LocalAnswerer) -> None:
    for paper in answerer.papers.select()[:3]:
        assert client.get(f"{API}/papers/{paper.id}").json() == paper.as_json()


def test_papers_like_one(client: TestClient) -> None:
    found = client.get(f"{API}/papers/sleeper-agents/similar", params={"top": 3}).json()
    assert [source["rank"] for source in found] == [1, 2, 3]
    assert "sleeper-agents" not in {source["paper"]["id"] for source in found}
    assert all(source["passage"] == source["paper"]["abstract"][source["start"] : source["end"]] for source in found)
    assert len(client.get(f"{API}/papers/sleeper-agents/similar").json()) == 5
    assert_problem(client.get(f"{API}/papers/sleeper-agents/similar?top=101"), 422, "top")


@pytest.mark.parametrize("name", ["nothing", "a/b", "%00", "..%2f..%2fetc%2fpasswd", "a" * 5000, "%ff", "<script>"])
def test_a_paper_that_is_not_there(client: TestClient, name: str) -> None:
    assert_problem(client.get(f"{API}/papers/{name}"), 404, "There is no paper")
    assert_problem(client.get(f"{API}/papers/{name}/similar"), 404, "There is no paper")


def test_an_id_may_hold_a_slash(answerer: LocalAnswerer) -> None:
    first = next(iter(answerer.papers))

    class Slashed:
        papers, facets, models, stream = answerer.papers, answerer.facets, answerer.models, answerer.stream

        def paper(self, paper_id: str) -> Any:
            return first if paper_id == "cs/0112017" else None

        def similar(self, paper_id: str, top: int) -> Any:
            return answerer.similar(first.id, top)

    slashed: Any = Slashed()
    client = client_of(slashed)
    assert client.get(f"{API}/papers/cs/0112017").json()["id"] == first.id
    assert len(client.get(f"{API}/papers/cs%2F0112017/similar").json()) == 5


def test_health_says_what_answers(client: TestClient, answerer: LocalAnswerer) -> None:
    told = client.get(f"{API}/health").json()
    assert told == {"status": "ok", "papers": 94, "embedding": answerer.models.embedding, "llm": None, "note": None}
    assert set(told) == set(examples()["health"])


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/ask", "POST"), ("DELETE", "/papers", "GET"), ("PUT", "/feedback", "POST"), ("TRACE", "/search", "GET")],
)
def test_a_wrong_way_of_asking_is_told_the_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    response = client.request(method, API + path)
    assert_problem(response, 405, f"use {allowed} here")
    assert response.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/", "/nothing", "/asks", "/papers/", "/../v1/x", "/" + "a" * 5000])
def test_what_stands_at_no_address_is_not_the_pages_to_answer(client: TestClient, path: str) -> None:
    assert_problem(client.get(API + path), 404, "")


def test_other_addresses_are_left_to_the_page(client: TestClient) -> None:
    assert client.get("/something").headers["content-type"] == "application/json"


def test_an_export_is_no_longer_than_a_conversation_can_be(client: TestClient, answerer: LocalAnswerer) -> None:
    """A quarter of a megabyte of citations would be seven of abstracts."""
    longest = max(answerer.papers, key=lambda paper: len(paper.abstract))
    place = {"paper": longest.id, "start": 0, "end": len(longest.abstract), "score": 0}
    record = kept(answerer.ask(checked_question(BACKDOOR))) | {"answer": "x", "sentences": [], "sources": []}
    record["citations"] = [{"number": number} | place for number in range(1, 51)]
    answers = [record] * 45
    assert len(json.dumps(answers)) < 256_000
    response = client.post(f"{API}/export", json={"format": "markdown", "answers": answers})
    assert_problem(response, 400, "longer than 1,000,000 characters")
    fewer = client.post(f"{API}/export", json={"format": "markdown", "answers": answers[:5]})
    assert fewer.status_code == 200 and len(fewer.text) < 1_000_000
