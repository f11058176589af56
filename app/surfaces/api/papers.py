"""GET /api/v1/papers: all papers, one paper, and those like it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from app.answering.citation import sources_as_json
from app.surfaces.api import schema
from app.surfaces.api.asked import Name
from app.surfaces.api.body import JsonText
from app.surfaces.api.openapi import answers_with, examples
from app.surfaces.collections import Collections
from app.surfaces.problems import problem
from app.surfaces.visitors import visitor_in

_PAGE_HEADERS = {
    "X-Total-Count": {"description": "How many papers the collection has.", "schema": {"type": "integer"}},
    "Link": {
        "description": 'Where there is more: the next page as `<…>; rel="next"` (RFC 8288).',
        "schema": {"type": "string"},
    },
}
Limit = Annotated[int, Query(ge=1, le=500, description="How many papers at most.")]
After = Annotated[str | SkipJsonSchema[None], Query(description="A paper's id; the page begins behind it.")]
PaperId = Annotated[str, Path(description="The paper's id.", examples=["sleeper-agents"])]


def add_papers(router: APIRouter, collections: Collections) -> None:
    """The routes that give papers."""
    page = answers_with(list[schema.Paper], examples()["papers"], 404, description="A page of the collection's papers.")
    page[200]["headers"] = _PAGE_HEADERS
    one = answers_with(schema.Paper, examples()["papers"][0], 404, description="The paper.")
    like_it = answers_with(list[schema.Source], examples()["search"], 404, description="Like those of a search.")

    @router.get("/papers", response_model=None, responses=page, operation_id="papers", summary="All papers, in pages")
    def papers(request: Request, limit: Limit = 100, after: After = None, collection: Name = None) -> Response:
        """The papers of the collection, in its own order; the next page's address is in the header Link."""
        # Looked up once: another process may give the collection other papers meanwhile.
        everything = collections.answerer(collection, visitor_in(request.scope)).papers
        # One more than is told, to know whether there are more.
        found = everything.after(after, limit + 1)
        if found is None:
            return unknown_paper(after or "")
        headers = {"X-Total-Count": str(len(everything))}
        told = found[:limit]
        if len(found) > limit:
            # Relative to the page's own address, so that it is right behind any proxy.
            next_page: dict[str, Any] = {"limit": limit, "after": told[-1].id}
            asked = next_page if collection is None else next_page | {"collection": collection}
            headers["Link"] = f'<?{urlencode(asked)}>; rel="next"'
        return JsonText([paper.as_json() for paper in told], headers=headers)

    # An id may hold a slash; so this one comes first.
    @router.get(
        "/papers/{paper_id:path}/similar",
        response_model=None,
        responses=like_it,
        operation_id="similar",
        summary="Papers like one",
    )
    def similar(request: Request, paper_id: PaperId, top: schema.Top = 5, collection: Name = None) -> Response:
        """The other papers nearest to this one."""
        answerer = collections.answerer(collection, visitor_in(request.scope))
        if answerer.paper(paper_id) is None:
            return unknown_paper(paper_id)
        return JsonText(sources_as_json(answerer.similar(paper_id, top)))

    @router.get(
        "/papers/{paper_id:path}", response_model=None, responses=one, operation_id="paper", summary="One paper"
    )
    def paper(request: Request, paper_id: PaperId, collection: Name = None) -> Response:
        """The paper of that id."""
        found = collections.answerer(collection, visitor_in(request.scope)).paper(paper_id)
        return unknown_paper(paper_id) if found is None else JsonText(found.as_json())


def unknown_paper(paper_id: str) -> Response:
    """The refusal of an id that no paper of the collection has."""
    return problem(404, f"There is no paper {paper_id[:80]!r} in the collection: /api/v1/papers lists them.")
