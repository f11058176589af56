"""GET /api/v1/search: the papers nearest to some words."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from app.answering.citation import sources_as_json
from app.answering.query.request import filters_from_json
from app.answering.question import MAX_QUESTION_CHARS
from app.surfaces.api.asked import Name
from app.surfaces.api.body import JsonText
from app.surfaces.api.openapi import answers_with, examples
from app.surfaces.api.schema import DAY, Source, Top
from app.surfaces.collections import Collections
from app.surfaces.visitors import visitor_in
from retrieval.facets import FACETS

_QUERY_LENGTH: dict[str, Any] = {"minLength": 1, "maxLength": MAX_QUESTION_CHARS}
Query_ = Annotated[str, Query(description="What to look for.", json_schema_extra=_QUERY_LENGTH)]
Values = Annotated[list[str] | SkipJsonSchema[None], Query(description="May be repeated.")]
Day = Annotated[str | SkipJsonSchema[None], Query(description=DAY)]


async def _filters_asked(**asked: Any) -> dict[str, Any]:
    """The parameters that narrow a search, by name: one for each facet, and the two days."""
    return asked


_kinds: dict[str, Any] = {facet.name: Values for facet in FACETS} | {"since": Day, "until": Day}
setattr(  # noqa: B010  what FastAPI reads the parameters from, which a type checker takes for a mistake
    _filters_asked,
    "__signature__",
    Signature(
        [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=kind) for name, kind in _kinds.items()]
    ),
)
Asked = Annotated[dict[str, Any], Depends(_filters_asked)]


def add_search(router: APIRouter, collections: Collections) -> None:
    """The route that finds papers."""
    found = answers_with(
        list[Source], examples()["search"], 404, description="Papers with their best passage, nearest first."
    )

    @router.get("/search", response_model=None, responses=found, operation_id="search", summary="Search the papers")
    def search(request: Request, q: Query_, asked: Asked, top: Top = 10, collection: Name = None) -> Response:
        """The papers nearest to `q`, each with its best passage."""
        answerer = collections.answerer(collection, visitor_in(request.scope))
        return JsonText(sources_as_json(answerer.search(q, filters_from_json(asked), top)))
