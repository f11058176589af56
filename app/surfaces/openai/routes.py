"""OpenAI's chat protocol: /v1/chat/completions and /v1/models, for every client that speaks it (docs/openai.md)."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.answering.events import Answer
from app.surfaces.api.body import JsonText
from app.surfaces.api.sse import HEARTBEAT_SECONDS, SseResponse
from app.surfaces.exports.cited_text import cited_text, escaped_markdown
from app.surfaces.openai.chunks import USAGE, Chunks, extras, new_id
from app.surfaces.openai.request import MODEL, check_model, failure, read_request
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.runs.reading import answer_for
from retrieval.corpus import checked_filters
from retrieval.errors import PaperbackedError

_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def openai_router(answerer: Answerer, runs: AnswerRuns, heartbeat_s: float = HEARTBEAT_SECONDS) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1", include_in_schema=False)

    @router.get("/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_MODEL]}

    @router.get("/models/{name:path}")
    async def model(name: str) -> Response:
        try:
            check_model(name)
        except PaperbackedError as error:
            return failure(error)
        return JSONResponse(_MODEL)

    @router.post("/chat/completions")
    async def complete(request: Request) -> Response:
        try:
            asked = await read_request(request)
            checked_filters(asked.question.filters, answerer.facets)  # before a stream has begun with status 200
            reader = runs.begin(answerer.stream(asked.question))
            if asked.stream:
                return SseResponse(Chunks(reader, asked.include_usage), heartbeat_s)
            return JsonText(_completion(await answer_for(request.receive, reader)))
        except PaperbackedError as error:
            return failure(error)

    return router


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": escaped_markdown(cited_text(answer)), "refusal": None, **extras(answer)}
    return {
        "id": new_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": USAGE,
    }
