"""/api/v1/health: what answers here; /health/live and /health/ready: whether it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.surfaces.api.openapi import answers_with, examples
from app.surfaces.problems import problem


class Health(BaseModel):
    """What answers here."""

    status: Literal["ok"]
    papers: int = Field(description="How many papers the collection has.")
    embedding: str
    llm: str | None = Field(description="Null where quotes answer.")
    note: str | None = Field(description="Why no language model answers, where one was asked for.")


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


def add_health(router: APIRouter, answerer: Answerer) -> None:
    """The route that tells which models are at work."""
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
