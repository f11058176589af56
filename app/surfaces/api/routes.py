"""The HTTP API under /api/v1: ask, compare, search, papers, collections, feedback, export, health."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from app.answering.answerer import Answerer
from app.surfaces.api.adding import add_adding
from app.surfaces.api.ask import AskRequest, add_ask
from app.surfaces.api.collections import add_collections
from app.surfaces.api.collections_schema import AddPapers, NewCollection
from app.surfaces.api.compare import CompareRequest, add_compare
from app.surfaces.api.export import ExportRequest, KeptAnswer, add_export
from app.surfaces.api.feedback import FeedbackRequest, add_feedback
from app.surfaces.api.health import add_health
from app.surfaces.api.pages import add_pages
from app.surfaces.api.papers import add_papers
from app.surfaces.api.search import add_search
from app.surfaces.api.sse import HEARTBEAT_SECONDS
from app.surfaces.collections import Collections, collections_of
from app.surfaces.options import ServingOptions
from app.surfaces.problems import problem
from app.surfaces.runs.answer_runs import AnswerRuns

BODIES = (AskRequest, CompareRequest, FeedbackRequest, ExportRequest, KeptAnswer, NewCollection, AddPapers)
"""What the routes read by themselves, for the OpenAPI document."""


def api_router(
    served: Answerer | Collections,
    runs: AnswerRuns,
    options: ServingOptions = ServingOptions(),
    heartbeat_s: float = HEARTBEAT_SECONDS,
) -> APIRouter:
    """The routes under /api/v1; whatever else is asked for there is a problem too, and not the page's to answer."""
    collections = collections_of(served)
    router = APIRouter(prefix="/api/v1", tags=["paperbacked"])
    add_ask(router, collections, runs, heartbeat_s)
    add_compare(router, collections)
    add_search(router, collections)
    add_pages(router, collections, options)
    add_papers(router, collections)
    add_feedback(router, options.feedback_file)
    add_export(router, collections)
    add_collections(router, collections, options)
    add_adding(router, collections, options)
    add_health(router, collections.answerer(None))
    elsewhere: Any = _Elsewhere(router)
    # A plain route of Starlette does not take on the prefix by itself.
    router.add_route(f"{router.prefix}/{{path:path}}", elsewhere, include_in_schema=False)
    return router


class _Elsewhere:
    """What is asked for under /api/v1 and not there, or not that way."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        asked = f"{scope['method'][:20]} {scope['path'][:200]}"
        allowed: set[str] = set()
        for route in self._router.routes:
            if route.matches(scope)[0] is Match.PARTIAL:
                allowed |= getattr(route, "methods", None) or set()
        if allowed:
            ways = ", ".join(sorted(allowed))
            return problem(405, f"{asked}: use {ways} here.", {"Allow": ways})
        return problem(404, f"{asked}: there is nothing here; /api/v1/openapi.json says what there is.")
