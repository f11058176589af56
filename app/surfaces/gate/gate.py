"""The gate before every route: what is there, who may ask from where; `RequestLimits` counts what comes through."""

from __future__ import annotations

from typing import Protocol

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.surfaces.gate.cors import CorsPolicy, Requester, requester_of
from app.surfaces.gate.observed import ASKED_FROM
from app.surfaces.gate.request_limits import (
    REQUESTER,
    RULE,
    Limits,
    PageSessions,
    RefusedError,
    RequestLimits,
)
from app.surfaces.gate.routes import WITHOUT_LOGIN, Rule, rule_at

_FOR_ALL_PAGES = ("/widget.js",)
_PREFLIGHT_SECONDS = 600


class Login(Protocol):
    """Who has logged in, and the addresses to do so, the page that readers are sent to first."""

    @property
    def rules(self) -> tuple[Rule, ...]: ...

    def admits(self, scope: Scope) -> bool: ...

    def attach(self, app: FastAPI) -> None: ...


class Gate:
    """ASGI middleware around the whole app.

    A page of an origin that is not allowed is refused here, and not only left without CORS headers,
    which would keep it from reading an answer but not from asking. With a `login` nobody comes in
    but who has logged in, and programs with the key.
    """

    def __init__(
        self,
        app: ASGIApp,
        cors: CorsPolicy,
        limits: Limits,
        page: PageSessions | None = None,
        login: Login | None = None,
    ) -> None:
        self.app = app
        self.cors = cors
        self.limits = limits
        self.login = login
        self._counted = RequestLimits(app, limits, page)
        self._for_guests = CORSMiddleware(
            self._counted,
            allow_origins=cors.origins,
            allow_methods=("GET", "POST"),
            allow_headers=(
                *("Accept", "Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"),
                *("Mcp-Method", "Mcp-Name", "Mcp-Protocol-Version", "Mcp-Session-Id"),
            ),
            expose_headers=("Link", "Mcp-Session-Id", "Retry-After", "X-Total-Count"),
            max_age=_PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        requester = requester_of(scope, self.cors.origins)
        rule = rule_at(scope["path"], self.login.rules if self.login else ())
        for_programs = rule is not None and rule.audience in ("programs", "owners", "operators")
        if for_programs:
            send = _varying(send)
        try:
            scope[RULE], scope[REQUESTER] = self._judge(scope, rule, requester), requester
        except RefusedError as refusal:
            self.limits.refused(refusal.reason)
            await refusal.answer(scope, receive, send)
            return
        if not for_programs:
            await self._counted(scope, receive, send if scope["path"] in _FOR_ALL_PAGES else _for_us_alone(send))
        elif requester == "guest":
            ASKED_FROM.set("widget")
            await self._for_guests(scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    def _judge(self, scope: Scope, rule: Rule | None, requester: Requester) -> Rule:
        """The rule, where one of that kind may come to its address. Raises `RefusedError`."""
        if not self.cors.knows(scope):
            sentence = "This server has another name than the one it was called by: whoever runs it can add that one."
            raise RefusedError(421, "host", sentence)
        if rule is None:
            raise RefusedError(404, "route", "There is nothing at this address.")
        if requester not in _WELCOME[rule.audience]:
            sentence = "Pages of this origin may not ask here: whoever runs the server can allow it."
            raise RefusedError(403, "origin", sentence)
        preflight = requester == "guest" and scope["method"] == "OPTIONS"
        if scope["method"] not in rule.methods and not preflight:
            ways = ", ".join(rule.methods)
            raise RefusedError(405, "route", f"Use {ways} at this address.", {"Allow": ways})
        if self.login and not self._is_let_in(scope, rule, self.login):
            raise LoginNeededError(self.login)
        return rule

    def _is_let_in(self, scope: Scope, rule: Rule, login: Login) -> bool:
        if rule in login.rules or rule.path in WITHOUT_LOGIN:
            return True
        return login.admits(scope) or self.limits.brings_key(scope)


class LoginNeededError(RefusedError):
    """Nobody comes in here without a login; a reader is shown the way to it."""

    def __init__(self, login: Login) -> None:
        super().__init__(401, "login", "This server asks for a login: open its page in a browser.")
        self._way = login.rules[0].path

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/":
            await RedirectResponse(self._way.removeprefix("/"), 303)(scope, receive, send)
        else:
            await super().answer(scope, receive, send)


_WELCOME: dict[str, tuple[Requester, ...]] = {
    "everybody": ("page", "guest", "stranger", "program"),
    "page": ("page", "program"),
    "programs": ("page", "guest", "program"),
    "owners": ("page", "program"),
    "operators": ("program",),
}
"""Who may come to which addresses. Documents may be shown anywhere; what they send comes from our own page."""


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
