"""POST /api/v1/feedback: a reader's thumb for an answer."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.feedback import (
    MAX_ID_CHARS,
    MAX_REASON_CHARS,
    MAX_SURFACE_CHARS,
    MAX_TEXT_CHARS,
    Feedback,
    FeedbackLog,
    Verdict,
)
from app.surfaces.api.body import checked, json_body
from app.surfaces.api.openapi import body_of, examples, failures
from app.surfaces.problems import problem


class FeedbackRequest(BaseModel, strict=True):
    """A thumb for one answer; the question is only kept where it is sent along."""

    id: str = Field(min_length=1, max_length=MAX_ID_CHARS, description="The answer's id.")
    verdict: Verdict
    reason: str | None = Field(None, max_length=MAX_REASON_CHARS)
    question: str | None = Field(None, max_length=MAX_TEXT_CHARS)
    models: dict[str, str | None] | None = Field(None, max_length=20, description="The answer's models.")
    surface: str | None = Field(None, max_length=MAX_SURFACE_CHARS, description="Where it was given, such as widget.")


def add_feedback(router: APIRouter, file: Path | None) -> None:
    """The route that keeps thumbs in that file; without one it says so."""
    log = FeedbackLog(file) if file else None

    @router.post(
        "/feedback",
        status_code=204,
        response_class=Response,
        responses={204: {"description": "It is kept."}, **failures(404, body=True)},
        openapi_extra=body_of(FeedbackRequest, examples()["feedback"]),
        operation_id="feedback",
        summary="Give an answer a thumb",
    )
    async def feedback(request: Request) -> Response:
        """Keep a reader's thumb for an answer on this server, as a line of JSON."""
        given = checked(FeedbackRequest, await json_body(request))
        if log is None:
            return problem(404, "This server keeps no feedback.")
        thumb = Feedback(
            answer_id=given.id,
            verdict=given.verdict,
            question=given.question or "",
            reason=given.reason or "",
            surface=given.surface or "api",
            models=given.models or {},
        )
        await run_in_threadpool(log.add, thumb)
        return Response(status_code=204)
