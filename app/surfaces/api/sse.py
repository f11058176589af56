"""Events as they go over the wire: text/event-stream, with heartbeats."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.answering.events import Event, as_json, name_of
from app.surfaces.runs.answer_run import EventReader
from app.surfaces.runs.reading import reading_for

EVENT_STREAM = "text/event-stream"
HEARTBEAT = b": still here\n\n"
HEARTBEAT_SECONDS = 15.0


class Telling:
    """What a stream tells of an answer: here the API's own events. Other protocols make their own of it."""

    def __init__(self, reader: EventReader) -> None:
        self.reader = reader

    async def refusal(self, patience_s: float) -> Response | None:
        """What is answered instead of a stream; None where it begins, at the latest after that time."""
        return None

    async def more(self, patience_s: float) -> bytes | None:
        """What has come; empty where nothing did in time, None after the end."""
        number = self.reader.at + 1
        events = await self.reader.more(patience_s)
        return None if events is None else b"".join(frame(*told) for told in enumerate(events, number))


def frame(number: int, event: Event) -> bytes:
    """One event; its data is a single line."""
    return f"id: {number}\nevent: {name_of(event)}\ndata: ".encode() + json_bytes(as_json(event)) + b"\n\n"


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate, which UTF-8 has no bytes for, goes as its escape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class SseResponse(StreamingResponse):
    """The response that tells it. Whoever hangs up is noticed at once, also while nothing happens."""

    def __init__(self, telling: Telling, heartbeat_s: float = HEARTBEAT_SECONDS) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(iter(()), headers=headers, media_type=EVENT_STREAM)
        self._telling = telling
        self._heartbeat_s = heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with reading_for(receive, self._telling.reader):
            if refusal := await self._telling.refusal(self._heartbeat_s):
                await refusal(scope, receive, send)
            else:
                await self.stream_response(send)

    async def stream_response(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while (told := await self._telling.more(self._heartbeat_s)) is not None:
            await send({"type": "http.response.body", "body": told or HEARTBEAT, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
