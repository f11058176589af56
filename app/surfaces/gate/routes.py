"""The list of every address that the application answers: who may come there, and what it counts as.

What is not on it is not there (404), whatever a framework brings along.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from starlette.routing import compile_path

Audience = Literal["everybody", "page", "programs", "owners", "operators"]
"""Everybody who may see a document; our own page's framework; programs, allowed pages and our own; who keeps
collections, which is programs and our own page; programs alone."""
Counted = Literal["question", "tool calls", "feedback", "login", "lookup", "addition", "nothing"]
"""Which of a client's limits a request is counted against."""

COLLECTIONS = "/api/v1/collections"
API_ELSEWHERE = "/api/v1/{path:path}"
PAGE_EVENTS = "/gradio_api/queue/join"
PAGE_CALLS = "/gradio_api/run/predict"
PAGE_STREAM = "/gradio_api/queue/data"
PAGE_HEARTBEAT = "/gradio_api/heartbeat/{session_hash}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One address, `path` as Starlette writes it, with the methods that may be used there."""

    path: str
    methods: tuple[str, ...]
    audience: Audience
    counted: Counted = "lookup"
    streamed: bool = False
    """Whether the route reads the body by itself, as it comes, and so bounds it; any other is read before."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What an address must fit as a whole."""
        return _compiled(self.path)


READING = ("GET", "HEAD")

RULES: tuple[Rule, ...] = (
    Rule("/", READING, "everybody", "nothing"),
    Rule("/assets/{path:path}", READING, "everybody", "nothing"),
    Rule("/static/{path:path}", READING, "everybody", "nothing"),
    Rule("/page/fonts/{path:path}", READING, "everybody", "nothing"),
    Rule("/theme.css", READING, "everybody", "nothing"),
    Rule("/favicon.ico", READING, "everybody", "nothing"),
    Rule("/robots.txt", READING, "everybody", "nothing"),
    Rule("/widget.js", READING, "everybody", "nothing"),
    Rule("/widget/frame", READING, "everybody", "nothing"),
    Rule("/demo", READING, "everybody", "nothing"),
    Rule("/demo.css", READING, "everybody", "nothing"),
    Rule("/health/live", READING, "everybody", "nothing"),
    Rule("/health/ready", READING, "everybody", "nothing"),
    Rule("/config", READING, "page"),
    Rule("/gradio_api/app_id", READING, "page"),
    Rule(PAGE_HEARTBEAT, READING, "page"),
    Rule(PAGE_STREAM, READING, "page"),
    Rule(PAGE_EVENTS, ("POST",), "page"),
    Rule(PAGE_CALLS, ("POST",), "page"),
    Rule("/gradio_api/cancel", ("POST",), "page"),
    Rule("/gradio_api/reset", ("POST",), "page"),
    Rule("/api/v1/health", READING, "programs", "nothing"),
    Rule("/api/v1/ask", ("POST",), "programs", "question"),
    Rule("/api/v1/compare", ("POST",), "programs", "question"),
    Rule("/api/v1/feedback", ("POST",), "programs", "feedback"),
    Rule("/api/v1/export", ("POST",), "programs"),
    Rule("/api/v1/search", READING, "programs"),
    Rule("/api/v1/papers", READING, "programs"),
    Rule("/api/v1/papers/{paper_id:path}", READING, "programs"),
    Rule("/api/v1/openapi.json", READING, "programs"),
    Rule(COLLECTIONS, (*READING, "POST"), "owners"),
    Rule(f"{COLLECTIONS}/{{name}}", ("PATCH", "DELETE"), "owners"),
    Rule(f"{COLLECTIONS}/{{name}}/restore", ("POST",), "owners"),
    Rule(f"{COLLECTIONS}/{{name}}/papers", ("POST",), "owners", "addition", streamed=True),
    Rule(f"{COLLECTIONS}/{{name}}/papers/{{paper_id:path}}", ("DELETE",), "owners"),
    Rule(f"{COLLECTIONS}/{{name}}/jobs/{{job}}", READING, "owners"),
    Rule(f"{COLLECTIONS}/{{name}}/reports", READING, "owners"),
    # The API says by itself, and in its own words, what it has not.
    Rule(API_ELSEWHERE, ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), "programs"),
    Rule("/v1/chat/completions", ("POST",), "programs", "question"),
    Rule("/v1/models", READING, "programs"),
    Rule("/v1/models/{name:path}", READING, "programs"),
    Rule("/mcp", ("POST",), "programs", "tool calls"),
    Rule("/metrics", READING, "operators", "nothing"),
)
"""The first that fits an address goes."""


WITHOUT_LOGIN = frozenset({"/health/live", "/health/ready", "/api/v1/health", "/robots.txt", "/favicon.ico"})
"""What is there for everybody although there is a login."""


def rule_at(path: str, more: tuple[Rule, ...] = ()) -> Rule | None:
    """The rule for an address, None where there is nothing. A slash at its end makes no difference.

    `more` are rules beside the list's own, such as those of a login.
    """
    bare = path.rstrip("/") or "/"
    return next((rule for rule in (*more, *RULES) if rule.pattern.fullmatch(bare)), None)


@lru_cache(maxsize=256)
def _compiled(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]
