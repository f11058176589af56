"""The HTTP API under /api/v1: ask (JSON or server-sent events), search, papers, feedback, export, health."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from app.answering.answerer import Answerer
from app.surfaces.api.ask import add_asking
from app.surfaces.api.feedback import add_export, add_feedback
from app.surfaces.api.openapi import answers_with, examples
from app.surfaces.api.papers import add_finding
from app.surfaces.api.schema import Health
from app.surfaces.api.sse import HEARTBEAT_SECONDS
from app.surfaces.options import ServingOptions
from app.surfaces.problems import problem
from app.surfaces.runs.answer_runs import AnswerRuns


def api_router(
    answerer: Answerer,
    runs: AnswerRuns,
    options: ServingOptions = ServingOptions(),
    heartbeat_s: float = HEARTBEAT_SECONDS,
) -> APIRouter:
    """The routes under /api/v1; whatever else is asked for there is a problem too, and not the page's to answer."""
    router = APIRouter(prefix="/api/v1", tags=["paperbacked"])
    add_asking(router, answerer, runs, heartbeat_s)
    add_finding(router, answerer)
    add_feedback(router, options.feedback_file)
    add_export(router, answerer)
    _add_health(router, answerer)
    elsewhere: Any = _Elsewhere(router)
    # A plain route of Starlette does not take on the prefix by itself.
    router.add_route(f"{router.prefix}/{{path:path}}", elsewhere, include_in_schema=False)
    return router


def health_router(ready: Callable[[], bool] = lambda: True) -> APIRouter:
    """/health/live and /health/ready; the second is a failure until `ready`, as questions would still wait.

    Here as in all that tells of health, nothing waits for a worker thread: a server whose threads are busy is well.
    """
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", summary="Whether the server lives")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/ready", response_model=None, summary="Whether it can answer")
    async def healthy() -> dict[str, str] | Response:
        return {"status": "ok"} if ready() else problem(503, "The embedding model is not loaded: look again later.")

    return router


def _add_health(router: APIRouter, answerer: Answerer) -> None:
    described = answers_with(Health, examples()["health"], description="It answers.")

    @router.get("/health", response_model=None, responses=described, operation_id="health", summary="What answers here")
    async def health() -> dict[str, str | int | None]:
        models = answerer.models
        return {
            "status": "ok",
            "papers": len(answerer.papers),
            "embedding": models.embedding,
            "llm": models.llm,
            "note": models.note,
        }


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
