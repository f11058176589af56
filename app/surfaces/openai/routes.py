"""OpenAI's chat protocol: /v1/chat/completions and /v1/models, for every client that speaks it (docs/openai.md)."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.answering.events import Answer, Done, Event, Failed, Quotes, SentenceChecked, Status, Token
from app.surfaces.api.body import JsonText
from app.surfaces.api.server_sent import EVENT_STREAM, HEARTBEAT_SECONDS
from app.surfaces.event_stream import answer_events, whole_answer
from app.surfaces.forms.cited_text import as_markdown, cited_text, ending
from app.surfaces.openai.request import MODEL, check_model, failure, read_request
from app.surfaces.problems import openai_error
from retrieval.corpus import checked_filters
from retrieval.errors import PaperbackedError

USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
"""No tokens are counted: in quotes mode there are none, and a guess would be no count."""
_STREAMED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def openai_router(answerer: Answerer) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1", include_in_schema=False)

    @router.get("/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_MODEL]}

    @router.get("/models/{name:path}")
    def model(name: str) -> Response:
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
            if asked.stream:
                events = answer_events(answerer, asked.question)
                first = await anext(events)
                if isinstance(first, Failed):  # while the status can still say so
                    raise PaperbackedError(first.message)
                chunks = _chunks(first, events, _Telling(asked.include_usage))
                return StreamingResponse(chunks, headers=_STREAMED, media_type=EVENT_STREAM)
            answer = await whole_answer(answerer, asked.question, request.is_disconnected)
        except PaperbackedError as error:
            return failure(error)
        return JsonText(_completion(answer))

    return router


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": as_markdown(cited_text(answer)), "refusal": None, **_extras(answer)}
    return {
        "id": _new_id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": USAGE,
    }


def _extras(answer: Answer) -> dict[str, Any]:
    """What the protocol has no field for; clients that do not know it pass over it."""
    whole = answer.as_json()
    return {"citations": whole["citations"], "paperbacked": whole}


_END = "data: [DONE]\n\n"


def _data(record: dict[str, Any]) -> str:
    # ASCII, because some clients take other characters than a line feed for the end of a line.
    return f"data: {json.dumps(record)}\n\n"


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"


@dataclass(slots=True)
class _Telling:
    """One answer on its way as chunks.

    A client of this protocol cannot take back what it was told. The text of quotes is final as
    it comes. What a language model writes is not: its sentences are checked, and their markers
    numbered, at the end. So it is told whole, once it is done; `final` says which of both it is.
    """

    include_usage: bool
    id: str = field(default_factory=_new_id)
    created: int = field(default_factory=lambda: int(time.time()))
    said: str = ""
    final: bool = False
    status: str = ""
    commented_at: float = 0.0

    def tell(self, event: Event) -> list[str]:
        """The lines of the stream for an event."""
        match event:
            case Status(text):
                self.final = False
                return self.comment(text)
            case Quotes():
                # Whatever is said next without another word on what is being done is the quotes' own.
                self.final = True
                return []
            case Token(text) if self.final:
                self.said += text
                return [self.chunk({"content": as_markdown(text)})]
            case Done(answer):
                return self.end(answer)
            case Failed(message):
                return self.fail(message)
            case Token() | SentenceChecked():
                return self.comment(self.status)
            case _:
                return []

    def comment(self, text: str) -> list[str]:
        """What is being done: clients pass over it, and whoever stands between sees that there is life."""
        if not text or (text == self.status and time.monotonic() - self.commented_at < HEARTBEAT_SECONDS):
            return []
        self.status, self.commented_at = text, time.monotonic()
        return [f": {' '.join(text.split())}\n\n"]

    def begin(self) -> str:
        return self.chunk({"role": "assistant", "content": ""})

    def end(self, answer: Answer) -> list[str]:
        rest = answer.answer.removeprefix(self.said) + ending(answer)
        lines = [self.chunk({"content": as_markdown(rest)})] if rest else []
        lines.append(self.chunk(_extras(answer), "stop"))
        if self.include_usage:
            lines.append(_data(self._envelope([]) | {"usage": USAGE}))
        return [*lines, _END]

    def fail(self, message: str) -> list[str]:
        return [_data(openai_error(message, "server_error")), _END]

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return _data(self._envelope([choice]) | ({"usage": None} if self.include_usage else {}))

    def _envelope(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": MODEL,
            "choices": choices,
        }


async def _chunks(first: Event, events: AsyncGenerator[Event], telling: _Telling) -> AsyncIterator[str]:
    """The stream of an answer whose first event is known."""
    async with aclosing(events):
        yield telling.begin()
        for line in telling.tell(first):
            yield line
        try:
            async for event in events:
                for line in telling.tell(event):
                    yield line
        except PaperbackedError as error:
            for line in telling.fail(str(error)):
                yield line
