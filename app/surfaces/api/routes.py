"""The HTTP API: ask (JSON or server-sent events), search, papers, health."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.answering.events import as_json, name_of, sources_as_json
from app.answering.question import Question
from app.answering.request import filters_from_json, question_from_json
from retrieval.corpus import checked_filters
from retrieval.errors import InputError

MAX_BODY_BYTES = 256_000


def api_router(answerer: Answerer) -> APIRouter:
    """The routes under /api/v1."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/ask")
    async def ask(request: Request) -> Response:
        """The Answer as JSON, or as server-sent events where the client accepts them."""
        question = question_from_json(await _json_body(request))
        checked_filters(question.filters, answerer.facets)  # before a stream has begun with status 200
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(
                _server_sent(answerer, question), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
            )
        answer = await run_in_threadpool(answerer.ask, question)
        return JSONResponse(answer.as_json())

    @router.get("/search")
    def search(
        q: str,
        top: int = Query(10, ge=1, le=100),
        organisation: list[str] | None = Query(None),
        category: list[str] | None = Query(None),
        language: list[str] | None = Query(None),
        since: str | None = None,
        until: str | None = None,
    ) -> list[dict[str, Any]]:
        """The papers nearest to `q`, each with its best passage."""
        filters = {
            "organisation": organisation,
            "category": category,
            "language": language,
            "since": since,
            "until": until,
        }
        return sources_as_json(answerer.search(q, filters_from_json(filters), top))

    @router.get("/papers")
    def papers() -> list[dict[str, Any]]:
        """All papers of the collection."""
        return [paper.as_json() for paper in answerer.papers]

    return router


def health_router() -> APIRouter:
    """/health/live and /health/ready; the server listens only once it is ready."""
    router = APIRouter(prefix="/health")

    @router.get("/live")
    @router.get("/ready")
    def healthy() -> dict[str, str]:
        return {"status": "ok"}

    return router


async def _json_body(request: Request) -> Any:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise InputError(f"The request is larger than {MAX_BODY_BYTES:,} bytes: ask more shortly.")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise InputError("The request is not JSON.") from error


async def _server_sent(answerer: Answerer, question: Question) -> AsyncIterator[str]:
    events = answerer.stream(question)
    try:
        async for event in iterate_in_threadpool(events):
            yield f"event: {name_of(event)}\ndata: {json.dumps(as_json(event), ensure_ascii=False)}\n\n"
    finally:
        # A client that has hung up: the work for it ends now, not when Python collects it.
        if close := getattr(events, "close", None):
            close()
