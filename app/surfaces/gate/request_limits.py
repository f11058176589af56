"""What a request must bring, how large it may be, and how much of it is let through."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.surfaces.gate.places import AnswerPlaces, Place
from app.surfaces.gate.rate_limits import LimitError, RateLimit
from app.surfaces.gate.routes import READING, Rule
from app.surfaces.problems import openai_error, problem

MAX_BODY_BYTES = 256_000
MAX_PAGE_BODY_BYTES = 512_000
"""Of what our own page sends to Gradio, which may hold a whole conversation."""
BODY_SECONDS = 30.0
MAX_OPEN_QUESTIONS = 1_000
_COME_BACK_SECONDS = 5

REQUESTER = "paperbacked.requester"
"""Where the gate notes in the scope who sends the request."""
RULE = "paperbacked.rule"
"""Where it notes the rule for the request's address."""

LOOKUPS_A_QUESTION = 10
"""Searches, papers and the like are allowed so many times as often as questions."""

QUESTIONS_AN_ADDITION = 3
"""Papers may be sent to be added once in so many questions."""

LOGINS_A_MINUTE = 10
_OPENAI = "/v1/"
_OPENAI_CODES = {"key": "invalid_api_key", "limit": "rate_limit_exceeded"}
_OPENAI_KINDS = {429: "rate_limit_error", 503: "server_error"}


class RefusedError(Exception):
    """A request that goes no further; `reason` is one word for the metrics."""

    def __init__(self, status: int, reason: str, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence  # as it was given: a `Notice` keeps its code
        self.status = status
        self.reason = reason
        self.headers = headers

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = self._as_openai_says_it() if scope["path"].startswith(_OPENAI) else None
        await problem(self.status, self.sentence, self.headers, more)(scope, receive, send)

    def _as_openai_says_it(self) -> dict[str, Any]:
        kind = _OPENAI_KINDS.get(self.status, "invalid_request_error")
        return openai_error(self.sentence, kind, code=_OPENAI_CODES.get(self.reason, self.reason))


class PageSessions(Protocol):
    """What knows the page's sessions and events (app/surfaces/gate/page_sessions.py)."""

    def check(self, scope: Scope, body: bytes | None) -> bytes | None:
        """The body as the page's framework may have it. Raises `RefusedError` for what the page never sends."""
        ...

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on, and notes whose session listens."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What requests are counted by, each of them apart."""

    questions: RateLimit
    feedback: RateLimit
    lookups: RateLimit
    additions: RateLimit
    places: AnswerPlaces
    logins: RateLimit
    """Keys that are tried, right or wrong."""
    api_key: str | None = field(default=None, repr=False)
    refused: Callable[[str], None] = lambda reason: None
    max_open: int = MAX_OPEN_QUESTIONS

    def enter(self, client: str) -> Place:
        """A place for one question of the page's reader at that address, counted as one.

        Raises `LimitError` where it is one too many.
        """
        self.questions.admit(client)
        return self.places.enter(client)

    def brings_key(self, scope: Scope) -> bool:
        """Whether the request brings the key, compared in constant time; one that brings another is counted.

        Raises `RefusedError` where that was one key too many.
        """
        given = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        if self.api_key is None or given is None:
            return False
        scheme, _, token = given.partition(b" ")
        if scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self.api_key.encode()):
            return True
        with _as_refusal():
            self.logins.admit(client_of(scope))
        return False


def client_of(scope: Scope) -> str:
    """The address that the request comes from."""
    return (scope.get("client") or ("",))[0]


def limits_for(
    client_limit: int,
    server_limit: int,
    api_key: str | None = None,
    refused: Callable[[str], None] = lambda reason: None,
) -> Limits:
    """Limits of so many questions a minute, 0 for none; a client's line is as long as its limit."""
    return Limits(
        questions=RateLimit(client_limit, server_limit),
        feedback=RateLimit(client_limit, server_limit),
        lookups=RateLimit(LOOKUPS_A_QUESTION * client_limit, LOOKUPS_A_QUESTION * server_limit),
        additions=RateLimit(_additions(client_limit), _additions(server_limit)),
        places=AnswerPlaces(client_limit),
        logins=RateLimit(LOGINS_A_MINUTE, 0),
        api_key=api_key,
        refused=refused,
    )


def _additions(questions: int) -> int:
    return max(1, questions // QUESTIONS_AN_ADDITION) if questions else 0


class RequestLimits:
    """ASGI middleware behind the gate, which has noted in the scope who asks and by which rule."""

    def __init__(self, app: ASGIApp, limits: Limits, page: PageSessions | None = None) -> None:
        self.app = app
        self.limits = limits
        self._page = page
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule: Rule = scope[RULE]
        client = client_of(scope)
        try:
            self._check_key(scope, rule)
            most = MAX_PAGE_BODY_BYTES if rule.audience == "page" else MAX_BODY_BYTES
            body = None if rule.streamed else await whole_body(scope, receive, most)
            questions = self._count(rule, client, body)
            if self._page and rule.audience == "page":
                body = self._page.check(scope, body)
            place = _Turn(self.limits.places, client) if questions else None
        except RefusedError as refusal:
            self.limits.refused(refusal.reason)
            await refusal.answer(scope, receive, send)
            return
        receive = receive if body is None else again(body, receive)
        if place is None:
            await self._hand_on(rule, scope, receive, send)
            return
        self._open += 1
        try:
            if await place.comes(receive):
                await self._hand_on(rule, scope, place.receive, send)
        finally:
            self._open -= 1
            place.leave()

    def _check_key(self, scope: Scope, rule: Rule) -> None:
        """Raises `RefusedError` for a program's request without the key, where there is one."""
        if self.limits.api_key is None or not wants_key(scope, rule) or self.limits.brings_key(scope):
            return
        raise RefusedError(
            401,
            "key",
            "This server asks programs for a key: send it as Authorization: Bearer KEY.",
            {"WWW-Authenticate": 'Bearer realm="paperbacked"'},
        )

    async def _hand_on(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        if self._page and rule.audience == "page":
            await self._page(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _count(self, rule: Rule, client: str, body: bytes | None) -> int:
        """How many questions the request asks, having counted them. Raises `RefusedError` where they are too many."""
        if rule.counted == "nothing":
            return 0
        # Only where it tells how much is asked is a body read before it is known whether there may be one more.
        questions = _tool_calls(body or b"") if rule.counted == "tool calls" else int(rule.counted == "question")
        if questions and self._open >= self.limits.max_open:
            sentence = f"Too many answers are being made at once: try again in {_COME_BACK_SECONDS} seconds."
            raise RefusedError(503, "crowd", sentence, {"Retry-After": str(_COME_BACK_SECONDS)})
        other = {
            "feedback": self.limits.feedback,
            "login": self.limits.logins,
            "addition": self.limits.additions,
        }.get(rule.counted, self.limits.lookups)
        with _as_refusal():
            for _ in range(questions):
                self.limits.questions.admit(client)
            if not questions:
                other.admit(client)
        return questions


@contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except LimitError as error:
        raise RefusedError(429, "limit", error.message, {"Retry-After": str(error.retry_after)}) from error


class _Turn:
    """A place among the answers of a client, waited for on the event loop."""

    def __init__(self, places: AnswerPlaces, client: str) -> None:
        """Raises `RefusedError` where too many wait already."""
        loop, self._called = asyncio.get_running_loop(), asyncio.Event()
        with _as_refusal():
            self._place = places.enter(client, lambda: loop.call_soon_threadsafe(self._called.set))

    async def comes(self, receive: Receive) -> bool:
        """Wait for it; false where the client hangs up before. From then on `receive` is what the answer reads from."""
        self.receive = receive
        if self._place.ready:
            return True
        # The first message is the body, which is here already; whatever comes next is that the client has gone.
        first = await receive()
        gone = asyncio.ensure_future(receive())
        called = asyncio.ensure_future(self._called.wait())
        await asyncio.wait((gone, called), return_when=asyncio.FIRST_COMPLETED)
        called.cancel()
        self.receive = _in_order(first, gone)
        return not gone.done()

    def leave(self) -> None:
        self._place.leave()


def _in_order(first: Message, then: asyncio.Future[Message]) -> Receive:
    """A `receive` that gives a message that was read, and then the one that is waited for."""
    read = [first]

    async def receive() -> Message:
        return read.pop() if read else await asyncio.shield(then)

    return receive


def wants_key(scope: Scope, rule: Rule) -> bool:
    """Whether a program has to bring the key, where there is one, to come to the rule's address."""
    if scope[REQUESTER] != "program":
        return False
    if rule.audience in ("programs", "owners"):
        return rule.counted != "nothing"
    return rule.audience == "operators" or (rule.audience == "page" and scope["method"] not in READING)


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


def _tool_calls(body: bytes) -> int:
    """How many tools a message of the Model Context Protocol calls; one that cannot be read calls none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    messages = told if isinstance(told, list) else [told]
    return sum(isinstance(message, dict) and message.get("method") == "tools/call" for message in messages)
