"""OpenAI's chat protocol: /v1/chat/completions and /v1/models, for every client that speaks it (docs/openai.md)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from app.answering.answer import Answer
from app.answering.answerer import Answerer
from app.surfaces.api.asked import answerer_for
from app.surfaces.api.body import JsonText
from app.surfaces.api.sse import HEARTBEAT_SECONDS, SseResponse
from app.surfaces.collections import Collections, NoCollectionError, collections_of
from app.surfaces.exports.cited_text import cited_text, escaped_markdown
from app.surfaces.openai.chunks import USAGE, Chunks, at_once, new_id
from app.surfaces.openai.citing import as_annotations, extras, place_on
from app.surfaces.openai.request import (
    MODEL,
    collection_in,
    collection_of,
    failure,
    model_of,
    no_such_model,
    read_record,
    read_request,
)
from app.surfaces.openai.tasks import Task, ToldFollowups, done, task_in
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.runs.reading import answer_for
from app.surfaces.visitors import visitor_in
from retrieval.errors import PaperbackedError
from retrieval.types import Paper


def openai_router(
    served: Answerer | Collections, runs: AnswerRuns, heartbeat_s: float = HEARTBEAT_SECONDS
) -> APIRouter:
    """The routes under /v1."""
    collections = collections_of(served)
    told = ToldFollowups()
    router = APIRouter(prefix="/v1", include_in_schema=False)

    @router.get("/models")
    def models(request: Request) -> dict[str, Any]:
        infos = collections.listed(visitor_in(request.scope))
        names = [MODEL, *(model_of(info.name) for info in infos if not info.default)]
        return {"object": "list", "data": [_model(name) for name in names]}

    @router.get("/models/{name:path}")
    async def model(request: Request, name: str) -> Response:
        try:
            await answerer_for(request, collections, collection_of(name))
        except NoCollectionError:
            return failure(no_such_model(name))
        except PaperbackedError as error:
            return failure(error)
        return JSONResponse(_model(name))

    @router.post("/chat/completions")
    async def complete(request: Request) -> Response:
        try:
            record = await read_record(request)
            collection = collection_in(record)
            answerer = await answerer_for(request, collections, collection)
            if task := task_in(record):
                return _task_done(task, record, told, collection)
            asked = read_request(record, answerer.facets)
            reader = runs.begin(answerer.stream(asked.question))

            def keep(answer: Answer) -> None:
                told.keep(collection, asked.question.text, answer.followups)

            place = place_on(str(request.base_url), collection)
            if asked.stream:
                return SseResponse(Chunks(reader, place, asked.include_usage, asked.model, keep), heartbeat_s)
            answer = await answer_for(request.receive, reader)
            keep(answer)
            return JsonText(_completion(answer, asked.model, place))
        except PaperbackedError as error:
            return failure(error)

    return router


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _task_done(task: Task, record: dict[str, Any], told: ToldFollowups, collection: str | None) -> Response:
    followups = told.of(collection, task.asked[-1]) if task.asked else ()
    text, model = done(task, followups), record["model"]
    return at_once(text, model) if record.get("stream") is True else JsonText(_whole({"content": text}, model))


def _completion(answer: Answer, model: str, place: Callable[[Paper], str]) -> dict[str, Any]:
    content = escaped_markdown(cited_text(answer))
    message = {"content": content, "annotations": as_annotations(answer, content, place), **extras(answer)}
    return _whole(message, model)


def _whole(message: dict[str, Any], model: str) -> dict[str, Any]:
    said = {"role": "assistant", "refusal": None, **message}
    return {
        "id": new_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": said, "finish_reason": "stop", "logprobs": None}],
        "usage": USAGE,
    }
