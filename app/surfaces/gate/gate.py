"""The gate before every route: who may ask from where; what comes through is admitted by `admission`."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.surfaces.gate.admission import (
    MAX_PAGE_BODY_BYTES,
    REQUESTER,
    Admission,
    RefusedError,
    Rules,
    again,
    check_key,
    count_lookup,
    whole_body,
)
from app.surfaces.gate.observed import ASKED_FROM
from app.surfaces.gate.origins import Requester, by_foreign_name, requester_of

GUARDED = ("/api", "/v1", "/mcp", "/metrics")
"""Where programs and the pages of allowed origins come; the rest is documents and what our own page sends."""
_OWN_PAGE_ONLY = ("/gradio_api",)
# Gradio brings more, which fetch addresses, take files or write them; our page uses none of that.
_PAGE_ROUTES = tuple(
    f"/gradio_api/{name}"
    for name in (
        *("app_id", "cancel", "heartbeat", "info", "queue/data", "queue/join", "reset", "run/predict"),
        *("startup-events", "theme.css"),
    )
)
_FOR_ALL_PAGES = ("/widget.js",)
_PROGRAMS_ONLY = ("/metrics",)
_READING = ("GET", "HEAD")
_PREFLIGHT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Frontier:
    """Which pages of other origins may ask, and whether the server listens to this machine alone."""

    origins: tuple[str, ...] = ()
    local_only: bool = False


class Gate:
    """ASGI middleware around the whole app.

    A page of an origin that is not allowed is refused here, and not only left without CORS headers,
    which would keep it from reading an answer but not from asking.
    """

    def __init__(self, app: ASGIApp, frontier: Frontier, rules: Rules) -> None:
        self.app = app
        self.frontier = frontier
        self.rules = rules
        self._admission = Admission(app, rules)
        self._for_guests = CORSMiddleware(
            self._admission,
            allow_origins=frontier.origins,
            allow_methods=("GET", "POST"),
            allow_headers=(
                *("Accept", "Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"),
                *("Mcp-Method", "Mcp-Name", "Mcp-Protocol-Version", "Mcp-Session-Id"),
            ),
            expose_headers=("Mcp-Session-Id", "Retry-After"),
            max_age=_PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        requester = requester_of(scope, self.frontier.origins)
        scope[REQUESTER] = requester
        guarded = _under(scope["path"], GUARDED)
        if guarded:
            send = _varying(send)
        try:
            self._judge(scope, requester)
            if not guarded:
                receive = await self._sent_by_page(scope, receive, requester)
        except RefusedError as refusal:
            self.rules.refused(refusal.reason)
            await refusal.answer(scope, receive, send)
            return
        if not guarded:
            await self.app(scope, receive, send if scope["path"] in _FOR_ALL_PAGES else _for_us_alone(send))
        elif requester == "guest":
            ASKED_FROM.set("widget")
            await self._for_guests(scope, receive, send)
        else:
            await self._admission(scope, receive, send)

    def _judge(self, scope: Scope, requester: Requester) -> None:
        """Raises `RefusedError` where one of that kind may not come to this address."""
        if self.frontier.local_only and by_foreign_name(scope):
            sentence = "This server answers to this machine alone, and was called by another name: use localhost."
            raise RefusedError(421, "host", sentence)
        path = scope["path"]
        if _under(path, _OWN_PAGE_ONLY) and not _under(path, _PAGE_ROUTES):
            raise RefusedError(404, "route", "There is nothing at this address.")
        if _under(path, _PROGRAMS_ONLY):
            welcome = requester == "program"
        elif _under(path, GUARDED):
            welcome = requester != "stranger"
        else:
            # Documents, scripts and frames may be shown elsewhere; what they then send comes from our own page.
            changes = scope["method"] not in _READING or _under(path, _OWN_PAGE_ONLY)
            welcome = requester in ("page", "program") or not changes
        if not welcome:
            sentence = "Pages of this origin may not ask here: whoever runs the server can allow it."
            raise RefusedError(403, "origin", sentence)

    async def _sent_by_page(self, scope: Scope, receive: Receive, requester: Requester) -> Receive:
        """What our own page sends, held to a size of its own; a program that sends the like is asked for the key."""
        if scope["method"] not in _READING:
            if requester == "program":
                check_key(scope, self.rules.api_key)
            count_lookup(scope, self.rules)
        body = await whole_body(scope, receive, MAX_PAGE_BODY_BYTES)
        return receive if body is None else again(body, receive)


def _under(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _for_us_alone(send: Send) -> Send:
    """Gradio lets any page read what it serves; ours are read by nobody else's."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
        await send(message)

    return told


def _varying(send: Send) -> Send:
    """No cache may give what one origin was told to another."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "origin" not in headers.get("vary", "").lower():
                headers.add_vary_header("Origin")
        await send(message)

    return told
