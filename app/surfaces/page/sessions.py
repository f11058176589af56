"""The sessions of the chat page at the gate: what the page's framework is sent, and what it keeps for whom.

Gradio queues what anybody sends under any session's name and keeps the results until
somebody fetches them. Here only what the page itself sends comes through, and what
nobody listens to is dropped.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from app.surfaces.gate.request_limits import RefusedError
from app.surfaces.gate.routes import PAGE_CALLS, PAGE_EVENTS, PAGE_HEARTBEAT, PAGE_STREAM

if TYPE_CHECKING:
    from gradio import Blocks
    from gradio.block_function import BlockFunction

SILENT_SECONDS = 10.0
"""How long results wait for a session that does not listen; the page listens at once."""
SWEEP_SECONDS = 2.0
_SESSION = "paperbacked.session"
"""Where the session that a request speaks for is noted in the scope."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HEARTBEAT = PAGE_HEARTBEAT.partition("{")[0]
_MAX_VALUES = 200
_SCALARS = (str, int, float, bool, type(None))


@dataclass(slots=True)
class _Session:
    """Who is there for a session: readers of its results, and open pages."""

    seen: float
    listeners: int = 0
    pages: int = 0
    had_page: bool = False


class GradioSessions:
    """Checks what is sent for the page's sessions, and forgets those that nobody listens to."""

    def __init__(self, blocks: Blocks, now: Callable[[], float] = time.monotonic) -> None:
        self._blocks = blocks
        self._now = now
        self._sessions: dict[str, _Session] = {}
        functions = {index: function for index, function in blocks.fns.items() if function.fn is not None}
        self._callable: Mapping[str, dict[int, BlockFunction]] = {
            PAGE_EVENTS: {index: function for index, function in functions.items() if function.queue},
            PAGE_CALLS: {index: function for index, function in functions.items() if not function.queue},
        }

    def check(self, scope: Scope, body: bytes | None) -> bytes | None:
        """The body as Gradio may have it. Raises `RefusedError` for what the page never sends."""
        path = scope["path"].rstrip("/")
        if path in self._callable and body is not None:
            call = self._call(body, self._callable[path])
            scope[_SESSION] = call["session_hash"]
            return json.dumps(call).encode()
        if path == PAGE_STREAM:
            scope[_SESSION] = _session_name(
                parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
            )
            if scope[_SESSION] not in self._blocks._queue.pending_messages_per_session:
                raise RefusedError(404, "session", "There is no such session: open the page anew.")
        elif path.startswith(_HEARTBEAT):
            scope[_SESSION] = _session_name(path.removeprefix(_HEARTBEAT))
        return body

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, counted with its session as long as it lasts."""
        name = scope.get(_SESSION)
        if name is None:
            await app(scope, receive, send)
            return
        session = self._sessions.setdefault(name, _Session(self._now()))
        listens, stays = scope["path"].startswith(PAGE_STREAM), scope["path"].startswith(_HEARTBEAT)
        session.listeners += listens
        session.pages += stays
        session.had_page |= stays
        session.seen = self._now()
        try:
            await app(scope, receive, send)
        finally:
            session.listeners -= listens
            session.pages -= stays
            session.seen = self._now()

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """While it is open, what nobody listens to is dropped within `SILENT_SECONDS` and a sweep."""
        task = asyncio.create_task(self._sweep_for_ever())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def sweep(self) -> None:
        """Drop now what is over time."""
        now = self._now()
        for name, session in list(self._sessions.items()):
            if session.listeners or now - session.seen < SILENT_SECONDS:
                continue
            await self._drop_results(name)
            if session.pages:
                session.seen = now
                continue
            del self._sessions[name]
            if not session.had_page:
                # One that was open is Gradio's to keep: its reader may come back within the hour.
                self._drop_state(name)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.sweep()

    async def _drop_results(self, name: str) -> None:
        queue = self._blocks._queue
        events = set(queue.pending_event_ids_session.get(name, ()))
        # Ends what is still being answered, too.
        await queue.clean_events(session_hash=name)
        for event in events:
            queue.event_ids_to_events.pop(event, None)
        queue.pending_event_ids_session.pop(name, None)
        queue.pending_messages_per_session.pop(name, None)

    def _drop_state(self, name: str) -> None:
        holder = self._blocks.state_holder
        with holder.lock:
            holder.session_data.pop(name, None)
            holder.time_last_used.pop(name, None)

    def _as_it_stands(self, component: Any, session: str) -> Any:
        """The component as the session's page has it: its choices follow the collection, not the server's start."""
        state = self._blocks.state_holder.session_data.get(session)
        return component if state is None else state.blocks_config.blocks.get(component._id, component)

    def _call(self, body: bytes, known: Mapping[int, BlockFunction]) -> dict[str, Any]:
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _unreadable() from error
        if not isinstance(sent, dict):
            raise _unreadable()
        index, data, trigger = sent.get("fn_index"), sent.get("data"), sent.get("trigger_id")
        function = known.get(index) if type(index) is int else None
        if function is None or not isinstance(data, list) or len(data) != len(function.inputs):
            raise _unreadable()
        session = _session_name(sent.get("session_hash"))
        for component, value in zip(function.inputs, data, strict=True):
            _check_value(self._as_it_stands(component, session), value)
        return {
            "fn_index": index,
            "data": data,
            "event_data": sent.get("event_data"),
            "session_hash": session,
            "trigger_id": trigger if type(trigger) is int else None,
        }


def _check_value(component: Any, value: Any) -> None:
    """Raises `RefusedError` for a value that the component could not have: no files, no objects, only its choices."""
    values = value if isinstance(value, list) else [value]
    if len(values) > _MAX_VALUES or not all(isinstance(one, _SCALARS) for one in values):
        raise _unreadable()
    if not component.stateful:
        try:
            component.preprocess(value)
        except Exception as error:  # each component has its own ways to refuse
            raise _unreadable() from error


def _session_name(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise RefusedError(400, "session", "The session's name is not one that the page gives.")
    return name


def _unreadable() -> RefusedError:
    return RefusedError(400, "call", "That is nothing that the page sends: open it anew.")
