"""What a program's request must bring, how large it may be, and how many questions are let through."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.surfaces.gate.limits import LimitError, QuestionLimits
from app.surfaces.problems import openai_error, problem

MAX_BODY_BYTES = 256_000
MAX_PAGE_BODY_BYTES = 512_000
"""Of what our own page sends to Gradio, which may hold a whole conversation."""
BODY_SECONDS = 30.0
SILENT_SECONDS = 60.0
"""How long a reader may take nothing of an answer before the connection is closed."""
MAX_OPEN_QUESTIONS = 1_000
_COME_BACK_SECONDS = 5

REQUESTER = "paperbacked.requester"
"""Where the gate notes in the scope who sends the request."""

LOOKUPS_A_QUESTION = 10
"""Searches, papers and the like are allowed so many times as often as questions."""

_ASKING = frozenset({"/api/v1/ask", "/v1/chat/completions"})
_FEEDBACK = "/api/v1/feedback"
_MCP = "/mcp"
_HEALTH = "/api/v1/health"
_OPENAI = "/v1/"
_OPENAI_CODES = {"key": "invalid_api_key", "limit": "rate_limit_exceeded"}
_OPENAI_KINDS = {429: "rate_limit_error", 503: "server_error"}
_METRICS = "/metrics"


class RefusedError(Exception):
    """A request that goes no further; `reason` is one word for the metrics."""

    def __init__(self, status: int, reason: str, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.reason = reason
        self.headers = headers

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = self._as_openai_says_it() if scope["path"].startswith(_OPENAI) else None
        await problem(self.status, str(self), self.headers, more)(scope, receive, send)

    def _as_openai_says_it(self) -> dict[str, Any]:
        kind = _OPENAI_KINDS.get(self.status, "invalid_request_error")
        return openai_error(str(self), kind, code=_OPENAI_CODES.get(self.reason, self.reason))


@dataclass(frozen=True, slots=True)
class Rules:
    """What admission goes by; the three limits count apart."""

    questions: QuestionLimits
    feedback: QuestionLimits
    lookups: QuestionLimits
    api_key: str | None = field(default=None, repr=False)
    refused: Callable[[str], None] = lambda reason: None
    max_open: int = MAX_OPEN_QUESTIONS
    silent_seconds: float = SILENT_SECONDS


def rules_for(
    client_limit: int,
    server_limit: int,
    api_key: str | None = None,
    refused: Callable[[str], None] = lambda reason: None,
) -> Rules:
    """The rules with limits of so many questions a minute, 0 for none."""
    return Rules(
        questions=QuestionLimits(client_limit, server_limit),
        feedback=QuestionLimits(client_limit, server_limit),
        lookups=QuestionLimits(LOOKUPS_A_QUESTION * client_limit, LOOKUPS_A_QUESTION * server_limit),
        api_key=api_key,
        refused=refused,
    )


class Admission:
    """ASGI middleware behind the gate, which has noted in the scope who asks."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app = app
        self.rules = rules
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope[REQUESTER] == "program" and scope["path"] != _HEALTH:
                check_key(scope, self.rules.api_key)
            body = await whole_body(scope, receive, MAX_BODY_BYTES)
            asks = self._count(scope, body)
        except RefusedError as refusal:
            self.rules.refused(refusal.reason)
            await refusal.answer(scope, receive, send)
            return
        receive = receive if body is None else again(body, receive)
        if not asks:
            await self.app(scope, receive, send)
            return
        self._open += 1
        reader = _Reader(send, self.rules.silent_seconds)
        try:
            await self.app(scope, receive, reader)
        except (OSError, ClientDisconnect):
            if not reader.asleep:
                raise
            self.rules.refused("asleep")
        finally:
            self._open -= 1

    def _count(self, scope: Scope, body: bytes | None) -> int:
        """How many questions the request asks, having counted them. Raises `RefusedError` where they are too many."""
        path, client = scope["path"].rstrip("/"), (scope.get("client") or ("",))[0]
        if path in (_HEALTH, _METRICS):
            return 0
        posted = scope["method"] == "POST"
        questions = 1 if posted and path in _ASKING else _tool_calls(body or b"") if posted and path == _MCP else 0
        if questions and self._open >= self.rules.max_open:
            sentence = f"Too many answers are being made at once: try again in {_COME_BACK_SECONDS} seconds."
            raise RefusedError(503, "crowd", sentence, {"Retry-After": str(_COME_BACK_SECONDS)})
        other = self.rules.feedback if posted and path == _FEEDBACK else self.rules.lookups
        try:
            for _ in range(questions):
                self.rules.questions.admit(client)
            if not questions:
                other.admit(client)
        except LimitError as error:
            raise RefusedError(429, "limit", str(error), {"Retry-After": str(error.retry_after)}) from error
        return questions


def count_lookup(scope: Scope, rules: Rules) -> None:
    """Raises `RefusedError` where the client has sent too much in the last minute."""
    try:
        rules.lookups.admit((scope.get("client") or ("",))[0])
    except LimitError as error:
        raise RefusedError(429, "limit", str(error), {"Retry-After": str(error.retry_after)}) from error


def check_key(scope: Scope, key: str | None) -> None:
    """Raises `RefusedError` for a request without the key, where there is one."""
    if key is None:
        return
    given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, token = given.partition(b" ")
    if scheme.lower() != b"bearer" or not hmac.compare_digest(token.strip(), key.encode()):
        raise RefusedError(
            401,
            "key",
            "This server asks programs for a key: send it as Authorization: Bearer KEY.",
            {"WWW-Authenticate": 'Bearer realm="paperbacked"'},
        )


async def whole_body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The request's body, or None where its method has none.

    Raises `RefusedError` as soon as it is known to be larger than `most` bytes, or where it does not come.
    """
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    too_large = RefusedError(
        413, "size", f"The request is larger than {most:,} bytes: ask more shortly.", {"Connection": "close"}
    )
    told = Headers(scope=scope).get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:20]) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RefusedError(400, "gone", "The request broke off: send it again.")
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > most:
                    raise too_large
    except TimeoutError as error:
        sentence = f"The request did not arrive within {BODY_SECONDS:.0f} seconds: send it again."
        raise RefusedError(408, "slow", sentence, {"Connection": "close"}) from error
    return bytes(body)


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body first, and then whatever comes from the client."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return first.pop() if first else await receive()

    return read


class _Reader:
    """A `send` that gives up a reader who takes nothing for so long, with the `OSError` that ASGI has for it."""

    def __init__(self, send: Send, seconds: float) -> None:
        self.asleep = False
        self._send = send
        self._seconds = seconds

    async def __call__(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._send(message)
        except TimeoutError as error:
            self.asleep = True
            raise OSError("The reader takes nothing.") from error


def _tool_calls(body: bytes) -> int:
    """How many tools a message of the Model Context Protocol calls; one that cannot be read calls none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    messages = told if isinstance(told, list) else [told]
    return sum(isinstance(message, dict) and message.get("method") == "tools/call" for message in messages)
