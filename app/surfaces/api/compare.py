"""POST /api/v1/compare: chosen papers side by side."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.answering.collection.aspects import Aspect
from app.answering.question import MAX_QUESTION_CHARS
from app.answering.side_by_side.request import MAX_COMPARED, MIN_COMPARED, compare_request_from_json
from app.answering.side_by_side.table import PaperTable
from app.surfaces.api import schema
from app.surfaces.api.asked import NamedCollection, answerer_for, name_in
from app.surfaces.api.body import JsonText, checked, json_body
from app.surfaces.api.export import FORMATS, InterfaceLanguage
from app.surfaces.api.openapi import answers_with, body_of, examples, failures
from app.surfaces.collections import Collections
from app.surfaces.ui_strings import ui_strings

PaperIds = Annotated[
    list[str],
    Field(
        min_length=MIN_COMPARED,
        max_length=MAX_COMPARED,
        json_schema_extra={"uniqueItems": True},
        description="Papers by their ids, each once; the rows stand in this order.",
    ),
]
Asked = Annotated[
    str | None,
    Field(max_length=MAX_QUESTION_CHARS, description="What each paper is asked by itself, under the column `answer`."),
]
Aspects = Annotated[
    list[Aspect] | None,
    Field(description="Which of what an abstract says of its work; all of them where nothing is asked."),
]


class Comparison(BaseModel):
    """Which papers, and in what."""

    paper_ids: PaperIds
    question: Asked = None
    aspects: Aspects = None


class _Form(BaseModel, strict=True):
    format: Literal["json", "markdown", "csv"] = "json"
    language: InterfaceLanguage = Field("en", description="Of the words around the quotes, in Markdown.")
    collection: NamedCollection = None


class CompareRequest(Comparison, _Form):
    """Papers to set side by side, and as what."""


def add_compare(router: APIRouter, collections: Collections) -> None:
    """The route that compares."""
    described = answers_with(
        schema.PaperTable, examples()["table"], description="The table; a file where another format is asked for."
    )
    files: dict[str, Any] = {
        FORMATS[name][0].split(";")[0]: {"schema": {"type": "string"}} for name in ("markdown", "csv")
    }
    described[200]["content"] |= files

    @router.post(
        "/compare",
        response_model=None,
        responses=described | failures(404, body=True),
        openapi_extra=body_of(CompareRequest, examples()["compare"]),
        operation_id="compare",
        summary="Papers side by side",
    )
    async def compare(request: Request) -> Response:
        """A row for each paper: what it asked, did and found and where that ends, or its answer to a question.

        Every cell is a quote, or null. As JSON, or as a file of CSV or Markdown.
        """
        body = await json_body(request)
        asked = compare_request_from_json(body)
        form = checked(_Form, body)
        answerer = await answerer_for(request, collections, name_in(body))
        table = await run_in_threadpool(answerer.compare, asked)
        if form.format == "json":
            return JsonText(table.as_json())
        media, name = FORMATS[form.format]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(_written(table, form), media_type=media, headers=headers)


def _written(table: PaperTable, form: _Form) -> str:
    from app.surfaces.exports import paper_table

    if form.format == "csv":
        return paper_table.table_csv(table)
    return paper_table.table_markdown(table, ui_strings(form.language))
