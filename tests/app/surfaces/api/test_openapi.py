"""The OpenAPI document: what it allows is served, what it does not is refused, and every answer is as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from app.answering.query.request import question_from_json
from app.answering.question import checked_question
from app.answering.side_by_side.request import compare_request_from_json
from app.build import LocalAnswerer, open_shared
from app.collections.home import HomeCollections
from app.notices.notice import Notice
from app.server import create_app
from app.settings import Settings
from app.surfaces.api import export, schema
from app.surfaces.api.health import health_router
from app.surfaces.api.openapi import describe, examples
from app.surfaces.api.routes import BODIES, api_router
from app.surfaces.exports.kept_answer import answer_from_kept, kept
from app.surfaces.options import ServingOptions
from app.surfaces.problems import problem
from app.surfaces.runs.answer_runs import AnswerRuns

EXAMPLES_EACH = 20
NOTHING_TO_GET_WRONG = {
    *("GET /health/live", "GET /health/ready", "GET /api/v1/health"),
    "GET /api/v1/papers/{paper_id}",
    "GET /api/v1/papers/{paper_id}/text",
    *("GET /api/v1/collections", "DELETE /api/v1/collections/{name}", "POST /api/v1/collections/{name}/restore"),
    *("DELETE /api/v1/collections/{name}/papers/{paper_id}", "GET /api/v1/collections/{name}/reports"),
}
BOUNDED = settings(
    max_examples=EXAMPLES_EACH,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)),
)


OF_FULL_TEXTS = {"part", "page", "section", "boxes", "full_text", "retracted"}
"""Only there where a paper has a full text, or was retracted; a client that knows nothing of them misses nothing."""
DOCS = Path(__file__).parents[4] / "docs" / "api.md"


@pytest.fixture(scope="module")
def client(answerer: LocalAnswerer, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    app = FastAPI(title="paperbacked")
    app.include_router(health_router())
    options = ServingOptions(feedback_file=tmp_path_factory.mktemp("kept") / "feedback.jsonl")
    app.include_router(api_router(answerer, AnswerRuns(), options))
    describe(app, BODIES)
    return TestClient(app)


def test_every_reference_leads_somewhere(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    text = json.dumps(told)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert (
        {"Answer", "AskRequest", "CompareRequest", "KeptAnswer", "PaperTable", "Problem"}
        <= named
        <= set(told["components"]["schemas"])
    )
    assert "HTTPValidationError" not in text


def test_every_path_and_failure_is_in_the_pages(client: TestClient) -> None:
    page = DOCS.read_text(encoding="utf-8")
    told = client.get("/openapi.json").json()
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            assert f"{method.upper()} {path}" in page
            for status in operation["responses"]:
                assert status.startswith("2") or f"| {status} |" in page, (path, status)


def test_the_types_are_those_of_the_answers(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("Do safety techniques remove a backdoor that was trained in?"))
    told = answer.as_json()
    for record, model in [
        (told, schema.Answer),
        (told["sentences"][0], schema.Sentence),
        (told["citations"][0] | {"gloss": ""}, schema.Citation),
        (told["sources"][0], schema.Source),
        (told["sources"][0]["paper"], schema.Paper),
        (told["timings"], schema.Timings),
        (told["models"], schema.AnswerModels),
        (kept(answer), export.KeptAnswer),
        (kept(answer)["citations"][0] | {"gloss": None}, export.KeptCitation),
        (kept(answer)["sources"][0], export.KeptSource),
    ]:
        assert set(record) == set(model.model_fields) - OF_FULL_TEXTS, model.__name__
        assert not any(model.model_fields[name].is_required() for name in OF_FULL_TEXTS & set(model.model_fields))
        model.model_validate(record, strict=True)


def test_a_problem_names_a_code_where_there_is_one_and_nothing_where_there_is_none() -> None:
    for sentence, own in ((Notice("question_long", count=9, limit=2), True), ("There is nothing here.", False)):
        told = json.loads(bytes(problem(400, sentence).body))
        assert [name in told for name in ("code", "params")] == [own, own]
        schema.Problem.model_validate(told, strict=True)
    assert "null" not in json.dumps(schema.Problem.model_json_schema())


def test_the_examples_are_true_to_the_collection(answerer: LocalAnswerer) -> None:
    shown = examples()
    sources = [*shown["answer"]["sources"], *shown["search"]]
    for found in [*shown["answer"]["citations"], *sources]:
        paper = answerer.paper(found["paper"]["id"])
        assert paper is not None and found["paper"] == paper.as_json()
        assert found.get("quote", found.get("passage")) == paper.abstract[found["start"] : found["end"]]
    schema.Answer.model_validate(shown["answer"])
    schema.PaperTable.model_validate(shown["table"], strict=True)
    assert answerer.compare(compare_request_from_json(shown["compare"])).as_json() == shown["table"]
    assert answer_from_kept(shown["export"]["answers"][0], answerer.paper).citations
    assert question_from_json(shown["ask"]).text == shown["answer"]["question"]


@pytest.mark.parametrize(
    ("path", "name"), [("ask", "ask"), ("compare", "compare"), ("feedback", "feedback"), ("export", "export")]
)
def test_the_examples_are_served(client: TestClient, path: str, name: str) -> None:
    assert client.post(f"/api/v1/{path}", json=examples()[name]).is_success


def test_the_example_of_a_stream_has_the_events_of_a_stream(client: TestClient) -> None:
    told = client.post("/api/v1/ask", json=examples()["ask"], headers={"Accept": "text/event-stream"}).text
    named = [line for line in told.splitlines() if line.startswith("event: ")]
    assert list(dict.fromkeys(named)) == re.findall("^event: .+$", examples()["stream"], re.MULTILINE)


@pytest.fixture(scope="module")
def document(answerer: LocalAnswerer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The document of the whole application, page and all, which takes papers."""
    import schemathesis  # takes as long as all the quick tests here

    home: Path = tmp_path_factory.mktemp("kept")
    settings = Settings(home=home, embedding="hash", llm="none", reader="none", adding="on")
    collections = HomeCollections(settings, answerer, open_shared(settings), note=lambda sentence: None)
    options = ServingOptions(feedback_file=home / "feedback.jsonl")
    loaded = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", create_app(answerer, options=options, collections=collections)
    )
    # No schema can say that a question has letters in it, which papers, categories and collections there are, which of
    # them may be changed, and how much waits to be added.
    loaded.config.checks.positive_data_acceptance.expected_statuses = ["2XX", "400", "403", "404", "413", "503"]
    return loaded


@pytest.mark.fuzz
@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_the_api_is_what_its_document_says(document: Any, mode: str) -> None:
    from schemathesis import GenerationMode

    asked = []
    for found in document.get_all_operations():
        operation = found.ok()
        if mode == "negative" and operation.label in NOTHING_TO_GET_WRONG:
            continue

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
        def check(case: Any) -> None:
            if mode == "positive" and "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = uuid4().hex  # the same one twice, with another body, is refused
            case.call_and_validate()

        check()
        asked.append(operation.label)
    assert "POST /api/v1/ask" in asked
