"""POST /api/v1/compare: papers side by side as JSON, CSV and Markdown; what cannot be is one sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.answering.answerer import Answerer
from app.answering.citation import Citation
from app.answering.side_by_side.table import PaperRow, PaperTable
from app.build import LocalAnswerer
from app.surfaces.api import schema
from app.surfaces.api.routes import api_router
from app.surfaces.exports.paper_table import table_csv, table_markdown
from app.surfaces.problems import PROBLEM_TYPE, plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.ui_strings import ui_strings
from retrieval.types import Paper

SLEEPER, GAMING, CHINESE = "sleeper-agents", "sycophancy-to-subterfuge", "language-model-risks"
BLANK = "implicit-neural-representations"
TWO = [SLEEPER, GAMING]
LIVE = '<img src=x> | "a" [b](c)'
HOSTILE = Paper("=p", f"+Probes {LIVE}", f"=SUM(A1) {LIVE}.", "zh", organisation="@Lab", url="javascript:alert(1)")


@pytest.fixture(scope="module")
def client(answerer: LocalAnswerer) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(api_router(answerer, AnswerRuns()))
    plain_errors(app)
    with TestClient(app) as client:
        yield client


def posted(client: TestClient, **body: Any) -> Any:
    return client.post("/api/v1/compare", json=body)


def hostile() -> PaperTable:
    quote = Citation(1, HOSTILE, 0, len(HOSTILE.abstract), 1.0, f"-1+1 {LIVE}")
    other = PaperRow(Paper("q", None, "", "en"), {"found": None, "answer": None}, "abstained")
    row = PaperRow(HOSTILE, {"found": quote, "answer": quote}, "partly")
    return PaperTable(("found", "answer"), (row, other), f"{LIVE}?", f"About {LIVE}.")


def test_a_table_is_as_the_types_say_and_its_quotes_as_the_abstracts(client: TestClient) -> None:
    response = posted(client, paper_ids=[*TWO, CHINESE, BLANK], question="Are there backdoors?", aspects=["did"])
    table = response.json()
    schema.PaperTable.model_validate(table, strict=True)
    assert set(table) == set(schema.PaperTable.model_fields)
    assert table["columns"] == ["did", "answer"]
    assert [row["paper"]["id"] for row in table["rows"]] == [*TWO, CHINESE, BLANK]
    cells = [(row["paper"], cell) for row in table["rows"] for cell in row["cells"].values() if cell]
    assert len(cells) >= 3
    for paper, cell in cells:
        assert cell["quote"] == paper["abstract"][cell["start"] : cell["end"]]
        assert set(cell | {"gloss": ""}) == set(schema.Cell.model_fields) - {"part", "page", "section", "boxes"}
    assert [notice["code"] for notice in table["notes"]] == ["paper_unquotable"]
    assert "gloss" in table["rows"][2]["cells"]["did"]


def test_csv_has_a_line_a_paper(client: TestClient) -> None:
    response = posted(client, paper_ids=[SLEEPER, BLANK], format="csv", aspects=["found", "limits"])
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="paperbacked.csv"'
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["paper_id"] for row in rows] == [SLEEPER, BLANK]
    assert rows[0]["found"].startswith("We find that such backdoor") and rows[0]["limits"] == rows[1]["found"] == ""
    abstract = posted(client, paper_ids=TWO).json()["rows"][0]["paper"]["abstract"]
    assert abstract[int(rows[0]["found_start"]) : int(rows[0]["found_end"])] == rows[0]["found"]
    assert "status" not in rows[0]


def test_no_cell_is_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(table_csv(hostile()))))
    assert rows[0]["answer"] == f"'{HOSTILE.abstract}" and rows[0]["answer_gloss"] == f"'-1+1 {LIVE}"
    assert (rows[0]["paper_id"], rows[0]["organisation"], rows[0]["status"]) == ("'=p", "'@Lab", "partly")
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert rows[1]["answer"] == rows[1]["answer_start"] == ""


def test_markdown_keeps_its_columns_whatever_stands_in_them() -> None:
    text = table_markdown(hostile(), ui_strings())
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(lines) == 4
    for line in lines:
        assert line.replace("\\|", "").count("|") == 4
    assert "<img" not in text and "](c)" not in text.replace("\\](c)", "") and "javascript" not in text
    near = ui_strings()("compare_near", quote="")
    assert near in lines[2].split(" | ")[2] and near not in lines[2].split(" | ")[1]
    assert lines[3].endswith(f"| {ui_strings()('compare_unsaid')} |")
    assert text.startswith("# ") and "About" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_markdown_speaks_the_readers_language(client: TestClient, language: str) -> None:
    response = posted(client, paper_ids=[CHINESE, BLANK, SLEEPER], format="markdown", language=language)
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    words = ui_strings(language)
    for key in ("compare_heading", "compare_asked", "compare_did", "compare_found", "compare_limits", "compare_unsaid"):
        assert words(key) in response.text
    assert "我们概述了" in response.text and "We outline six" in response.text
    assert ("库中没有摘要" in response.text) == (language == "zh")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, 'an object with "paper_ids"'),
        ({"paper_ids": "all"}, 'an object with "paper_ids"'),
        ({"paper_ids": [SLEEPER]}, "choose at least two"),
        ({"paper_ids": [SLEEPER] * 2}, "was chosen twice"),
        ({"paper_ids": [SLEEPER, "x\n<script>"]}, "There is no paper 'x <script>'"),
        ({"paper_ids": [str(number) for number in range(40)]}, "40 papers are too many"),
        ({"paper_ids": [BLANK, "strategic-deception-under-pressure"]}, "None of these papers has an abstract"),
        ({"paper_ids": TWO, "question": " "}, "The question is empty"),
        ({"paper_ids": TWO, "question": ["a"]}, 'The "question" of a comparison must be a text'),
        ({"paper_ids": TWO, "aspects": ["price"]}, "choose from asked, did, found, limits"),
        ({"paper_ids": TWO, "format": "xlsx"}, "format: Input should be 'json', 'markdown' or 'csv'"),
        ({"paper_ids": TWO, "format": "markdown", "language": "fr"}, "language: Input should be"),
    ],
)
def test_what_cannot_be_compared_is_a_problem(client: TestClient, body: dict[str, Any], sentence: str) -> None:
    response = client.post("/api/v1/compare", json=body)
    assert response.status_code == 400 and response.headers["content-type"] == PROBLEM_TYPE
    detail = response.json()["detail"]
    assert sentence in detail and detail.endswith(".") and "\n" not in detail


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null"])
def test_a_body_that_is_no_request(client: TestClient, content: bytes) -> None:
    assert client.post("/api/v1/compare", content=content).status_code == 400


def test_a_paper_may_be_called_compare(answerer: LocalAnswerer) -> None:
    class Named:
        def __getattr__(self, name: str) -> Any:
            return getattr(answerer, name)

        def paper(self, paper_id: str) -> Paper | None:
            return HOSTILE if paper_id == "compare" else None

    app = FastAPI()
    named: Any = Named()
    router_of: Answerer = named
    app.include_router(api_router(router_of, AnswerRuns()))
    assert TestClient(app).get("/api/v1/papers/compare").json()["id"] == HOSTILE.id
