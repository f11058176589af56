"""What the collection has: search, all papers, one paper, and those like it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.answering.events import sources_as_json
from app.answering.question import MAX_QUESTION_CHARS
from app.answering.request import filters_from_json
from app.surfaces.api.body import JsonText
from app.surfaces.api.documents import answers_with, examples
from app.surfaces.api.schema import Paper, Source
from app.surfaces.problems import problem

_QUERY_LENGTH: dict[str, Any] = {"minLength": 1, "maxLength": MAX_QUESTION_CHARS}
_DAY = "YYYY, YYYY-MM or YYYY-MM-DD, inclusive."
Query_ = Annotated[str, Query(description="What to look for.", json_schema_extra=_QUERY_LENGTH)]
Top = Annotated[int, Query(ge=1, le=100, description="How many papers at most.")]
Values = Annotated[list[str] | SkipJsonSchema[None], Query(description="May be repeated.")]
Day = Annotated[str | SkipJsonSchema[None], Query(description=_DAY)]
PaperId = Annotated[str, Path(description="The paper's id.", examples=["sleeper-agents"])]


def add_finding(router: APIRouter, answerer: Answerer) -> None:
    """The routes that find papers."""
    found = answers_with(list[Source], examples()["search"], description="Papers with their best passage, best first.")

    @router.get("/search", response_model=None, responses=found, operation_id="search", summary="Search the papers")
    def search(
        q: Query_,
        top: Top = 10,
        organisation: Values = None,
        category: Values = None,
        language: Values = None,
        since: Day = None,
        until: Day = None,
    ) -> Response:
        """The papers nearest to `q`, each with its best passage."""
        filters = filters_from_json(
            {"organisation": organisation, "category": category, "language": language, "since": since, "until": until}
        )
        return JsonText(sources_as_json(answerer.search(q, filters, top)))

    _add_papers(router, answerer)


def _add_papers(router: APIRouter, answerer: Answerer) -> None:
    all_papers = answers_with(list[Paper], examples()["papers"], description="All papers of the collection.")
    one = answers_with(Paper, examples()["papers"][0], 404, description="The paper.")
    like_it = answers_with(list[Source], examples()["search"], 404, description="Like those of a search.")

    @router.get("/papers", response_model=None, responses=all_papers, operation_id="papers", summary="All papers")
    def papers() -> Response:
        """All papers of the collection, in its own order."""
        return JsonText([paper.as_json() for paper in answerer.papers])

    # An id may hold a slash; so this one comes first.
    @router.get(
        "/papers/{paper_id:path}/similar",
        response_model=None,
        responses=like_it,
        operation_id="similar",
        summary="Papers like one",
    )
    def similar(paper_id: PaperId, top: Top = 5) -> Response:
        """The other papers nearest to this one."""
        if answerer.paper(paper_id) is None:
            return _unknown(paper_id)
        return JsonText(sources_as_json(answerer.similar(paper_id, top)))

    @router.get(
        "/papers/{paper_id:path}", response_model=None, responses=one, operation_id="paper", summary="One paper"
    )
    def paper(paper_id: PaperId) -> Response:
        """The paper of that id."""
        found = answerer.paper(paper_id)
        return _unknown(paper_id) if found is None else JsonText(found.as_json())


def _unknown(paper_id: str) -> Response:
    return problem(404, f"There is no paper {paper_id[:80]!r} in the collection: /api/v1/papers lists them.")
