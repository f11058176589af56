"""Readers of every surface: some read all, some leave in the middle, some are slow."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

Manner = Literal["whole", "leaves", "slow"]
MANNERS: tuple[Manner, ...] = ("whole", "whole", "leaves", "slow")
"""Half of them read as a reader should."""
PATIENCE_SECONDS = 60.0
SLOW_SECONDS = 0.1
"""How long a slow reader looks at each line."""
THINKING_SECONDS = 1.0
"""The mean pause between two questions of a reader."""
_EVENTS = {"Accept": "text/event-stream"}
_TOOLS = {"Accept": "application/json, text/event-stream"}
_PAGE = {"Sec-Fetch-Site": "same-origin"}
Opened = Callable[[httpx.AsyncClient, str], AbstractAsyncContextManager[httpx.Response]]


@dataclass
class Told:
    """What the readers saw: (seconds since the beginning, seconds to the end of an answer) of those who read all, and
    what became of the questions, by surface."""

    took: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    outcomes: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    def count(self, surface: str, outcome: str) -> None:
        """One question more of that surface that ended so."""
        self.outcomes.setdefault(surface, Counter())[outcome] += 1


@asynccontextmanager
async def _page(client: httpx.AsyncClient, question: str) -> AsyncIterator[httpx.Response]:
    """A question of the chat page, as Gradio's client in a browser asks it."""
    session = secrets.token_hex(6)
    data = [question, None, [], [], [], None, 0, 0, "en", None]
    asked = {"fn_index": 0, "data": data, "event_data": None, "session_hash": session, "trigger_id": 22}
    joined = await client.post("/gradio_api/queue/join", json=asked, headers=_PAGE)
    joined.raise_for_status()
    listening = client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}, headers=_PAGE)
    async with listening as response:
        yield response


def _posted(path: str, body: Callable[[str], dict[str, Any]], headers: dict[str, str]) -> Opened:
    def opened(client: httpx.AsyncClient, question: str) -> AbstractAsyncContextManager[httpx.Response]:
        return client.stream("POST", path, json=body(question), headers=headers)

    return opened


def _chat(question: str) -> dict[str, Any]:
    return {"model": "paperbacked", "stream": True, "messages": [{"role": "user", "content": question}]}


def _tool(question: str) -> dict[str, Any]:
    params = {"name": "ask", "arguments": {"question": question}}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


@dataclass(frozen=True, slots=True)
class Surface:
    """Where questions are asked, and what stands in the last of an answer's lines there."""

    open: Opened
    end: str


SURFACES: dict[str, Surface] = {
    "page": Surface(_page, '"msg":"process_completed"'),
    "events": Surface(_posted("/api/v1/ask", lambda question: {"question": question}, _EVENTS), "event: done"),
    "OpenAI": Surface(_posted("/v1/chat/completions", _chat, {}), "data: [DONE]"),
    "MCP": Surface(_posted("/mcp", _tool, _TOOLS), '"isError":false'),
}


async def read(surface: Surface, client: httpx.AsyncClient, question: str, manner: Manner, leaves_after: int) -> str:
    """Ask one question and read in that manner; gives what became of it: answered, left, or what went wrong.

    Who leaves does so after so many lines.
    """
    lines = 0
    async with surface.open(client, question) as response:
        if response.status_code != 200:
            return f"status {response.status_code}"
        async for line in response.aiter_lines():
            lines += 1
            if surface.end in line:
                return "answered"
            if manner == "leaves" and lines >= leaves_after:
                return "left"
            if manner == "slow":
                await asyncio.sleep(SLOW_SECONDS)
    return "broken off"


async def reader(number: int, address: str, questions: Sequence[str], until: float, told: Told) -> None:
    """One reader from an address of its own, who asks question after question on one surface until that moment."""
    chance = random.Random(number)
    name = list(SURFACES)[number % len(SURFACES)]
    # Whoever is there, Python's client keeps a connection as a browser does.
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{2 + number}")
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=address, transport=transport, timeout=PATIENCE_SECONDS) as client:
        while time.monotonic() < until:
            manner = chance.choice(MANNERS)
            asked = time.monotonic()
            try:
                outcome = await read(SURFACES[name], client, chance.choice(questions), manner, chance.randrange(1, 6))
            except httpx.HTTPError as error:
                outcome = type(error).__name__
            told.count(name, outcome)
            if (manner, outcome) == ("whole", "answered"):
                told.took.append((asked - began, time.monotonic() - asked))
            await asyncio.sleep(chance.expovariate(1 / THINKING_SECONDS))


async def read_for(seconds: float, address: str, questions: Sequence[str], readers: int) -> Told:
    """So many readers at once, spread over all surfaces, for so many seconds."""
    told, until = Told(), time.monotonic() + seconds
    await asyncio.gather(*(reader(number, address, questions, until, told) for number in range(readers)))
    return told
