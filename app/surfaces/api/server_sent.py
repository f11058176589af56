"""Events as they go over the wire: text/event-stream, with heartbeats."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Protocol

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.answering.events import Event, as_json, name_of

EVENT_STREAM = "text/event-stream"
HEARTBEAT = b": still here\n\n"
HEARTBEAT_SECONDS = 15.0


class Telling(Protocol):
    """What a response reads from; leaving the `with` says that nobody reads any more."""

    def __enter__(self) -> Any: ...

    def __exit__(self, *failure: object) -> None: ...

    async def more(self, patience_s: float) -> bytes | None:
        """What has come; empty where nothing did in time, None after the end."""
        ...

    def stop(self) -> None:
        """Make an end of it: nobody reads any more."""
        ...


def frame(number: int, event: Event) -> bytes:
    """One event; its data is a single line."""
    return f"id: {number}\nevent: {name_of(event)}\ndata: ".encode() + json_bytes(as_json(event)) + b"\n\n"


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate, which UTF-8 has no bytes for, goes as its escape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class ServerSent(StreamingResponse):
    """The response that tells it. Whoever hangs up is noticed at once, also while nothing happens."""

    def __init__(self, telling: Telling, heartbeat_s: float = HEARTBEAT_SECONDS) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(iter(()), headers=headers, media_type=EVENT_STREAM)
        self._telling = telling
        self._heartbeat_s = heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._telling:
            gone = asyncio.create_task(self.listen_for_disconnect(receive))
            gone.add_done_callback(lambda _: self._telling.stop())
            try:
                await self.stream_response(send)
            finally:
                gone.cancel()

    async def stream_response(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while (told := await self._telling.more(self._heartbeat_s)) is not None:
            await send({"type": "http.response.body", "body": told or HEARTBEAT, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
