"""Hundreds of questions at once: none lost, none mixed up, and nobody starved, also while a model hangs."""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr

from app.answering.models.scripted import ScriptedLLM
from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.options import ServingOptions
from app.surfaces.runs.answer_runs import WRITING_THREADS
from retrieval.types import Paper

pytestmark = [pytest.mark.load, pytest.mark.timeout(240)]

AT_ONCE = 200
BOUND_SECONDS = 60.0
ASK = "/api/v1/ask"
ORDER = ["status", "sources", "quotes", "token", "sentence", "followups", "done"]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of a real server on a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="served")
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the server did not stop"


@pytest.fixture(scope="module")
def address(answerer: LocalAnswerer) -> Iterator[str]:
    """A server without limits."""
    with served(create_app(answerer)) as address:
        yield address


@dataclass(frozen=True)
class Told:
    """What one question got."""

    question: str
    paper: str
    status: int
    events: list[tuple[int, str, Any]]
    retry_after: int | None = None
    seconds: float = 0.0

    @property
    def names(self) -> list[str]:
        return [name for _, name, _ in self.events]


def questions(papers: tuple[Paper, ...], number: int) -> list[tuple[str, str]]:
    """Different questions, each in the words of one paper's own abstract, with that paper's id."""
    told = [paper for paper in papers if len(paper.abstract) > 400 and paper.language == "en"]
    asked = []
    for n in range(number):
        paper = told[n % len(told)]
        words = paper.abstract.split()
        start = 8 * (n // len(told))
        asked.append((f"What is said about {' '.join(words[start : start + 14])}?", paper.id))
    assert len({question for question, _ in asked}) == number
    return asked


def events_of(text: str) -> list[tuple[int, str, Any]]:
    """(number, name, data) of each event; heartbeats are passed over."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return events


async def ask(client: httpx.AsyncClient, question: str, paper: str) -> Told:
    began = time.monotonic()
    response = await client.post(ASK, json={"question": question}, headers={"Accept": "text/event-stream"})
    told = events_of(response.text) if response.status_code == 200 else []
    wait = response.headers.get("retry-after")
    return Told(question, paper, response.status_code, told, int(wait) if wait else None, time.monotonic() - began)


@asynccontextmanager
async def client_of(address: str) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=BOUND_SECONDS) as client:
        yield client


def story(told: Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]], address: str) -> Any:
    """Runs `told(client)` to its end, within the bound."""

    async def within() -> Any:
        async with asyncio.timeout(BOUND_SECONDS), client_of(address) as client:
            return await told(client)

    return asyncio.run(within())


def assert_whole(told: Told) -> None:
    assert [number for number, _, _ in told.events] == list(range(1, len(told.events) + 1))
    assert told.names[-1] == "done" and told.names.count("done") == 1, told.names
    first = [told.names.index(name) for name in ORDER if name in told.names]
    assert first == sorted(first)
    answer = told.events[-1][2]
    assert answer["question"] == told.question
    # Everything in the stream belongs to the answer at its end.
    sources = next(data for _, name, data in told.events if name == "sources")["sources"]
    assert sources == answer["sources"]
    if answer["mode"] == "quotes" and not answer["note"]:
        assert "".join(data["text"] for _, name, data in told.events if name == "token") == answer["answer"]


def test_two_hundred_at_once_are_all_answered(address: str, all_papers: tuple[Paper, ...]) -> None:
    asked = questions(all_papers, AT_ONCE)

    async def all_at_once(client: httpx.AsyncClient) -> list[Told]:
        return await asyncio.gather(*(ask(client, question, paper) for question, paper in asked))

    told = story(all_at_once, address)
    assert [one.status for one in told] == [200] * AT_ONCE
    for one in told:
        assert_whole(one)
    assert len({one.events[-1][2]["id"] for one in told}) == AT_ONCE
    # The hash embedder knows words, and the words are the paper's own: a stream that was mixed up would not find it.
    found = [one.paper in {source["paper"]["id"] for source in one.events[-1][2]["sources"]} for one in told]
    assert sum(found) >= 0.95 * AT_ONCE
    print(f"{AT_ONCE} questions in {max(one.seconds for one in told):.1f} s")


def test_beyond_a_limit_the_rest_are_told_when_to_come_back(
    answerer: LocalAnswerer, all_papers: tuple[Paper, ...]
) -> None:
    asked = questions(all_papers, AT_ONCE)

    async def all_at_once(client: httpx.AsyncClient) -> list[Told]:
        told = await asyncio.gather(*(ask(client, question, paper) for question, paper in asked))
        assert (await client.get("/api/v1/health")).status_code == 200
        return told

    with served(create_app(answerer, options=ServingOptions(client_limit=50, server_limit=1000))) as address:
        told = story(all_at_once, address)
    answered = [one for one in told if one.status == 200]
    refused = [one for one in told if one.status == 429]
    assert (len(answered), len(refused)) == (50, AT_ONCE - 50)
    for one in answered:
        assert_whole(one)
    assert all(one.retry_after and 0 < one.retry_after <= 60 for one in refused)


def test_who_reads_slowly_or_hangs_up_starves_nobody(address: str, all_papers: tuple[Paper, ...]) -> None:
    asked = questions(all_papers, AT_ONCE)
    port = int(address.rpartition(":")[2])

    async def begun(question: str) -> asyncio.StreamWriter:
        """A question whose answer is not read."""
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=64)
        body = json.dumps({"question": question}).encode()
        head = f"POST {ASK} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        return writer

    async def between_others(client: httpx.AsyncClient) -> list[Told]:
        idle = await asyncio.gather(*(begun(question) for question, _ in asked[:80]))
        for writer in idle[:40]:
            writer.close()
        told = await asyncio.gather(*(ask(client, *one) for one in asked[80:120]))
        assert (await client.get("/health/live")).status_code == 200
        for writer in idle[40:]:
            writer.close()
        return told

    told = story(between_others, address)
    assert [one.status for one in told] == [200] * 40
    for one in told:
        assert_whole(one)
    story(lambda client: nothing_runs(client), address)


async def nothing_runs(client: httpx.AsyncClient) -> None:
    """Waits until the work for everybody who hung up has ended."""
    while "paperbacked_answers_running 0.0" not in (await client.get("/metrics")).text:
        await asyncio.sleep(0.05)


class HeldLLM(ScriptedLLM):
    """Says nothing before it is let go."""

    _let_go: threading.Event = PrivateAttr(default_factory=threading.Event)
    _waiting: threading.Semaphore = PrivateAttr(default_factory=lambda: threading.Semaphore(0))

    def hangs(self, answers: int) -> bool:
        """Whether, within a while, so many answers wait for it."""
        return all(self._waiting.acquire(timeout=BOUND_SECONDS / 2) for _ in range(answers))

    def let_go(self) -> None:
        self._let_go.set()

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        self._waiting.release()
        self._let_go.wait(BOUND_SECONDS)
        yield from super()._stream(*args, **kwargs)


def test_a_language_model_that_hangs_does_not_hang_the_server(
    writing: Callable[[ScriptedLLM], LocalAnswerer], all_papers: tuple[Paper, ...]
) -> None:
    llm = HeldLLM(replies=["The papers say so in these very words [1]."])
    asked = questions(all_papers, 120)

    async def all_at_once(client: httpx.AsyncClient) -> list[Told]:
        asking = [asyncio.ensure_future(ask(client, *one)) for one in asked]
        assert await asyncio.to_thread(llm.hangs, WRITING_THREADS)
        for path in ("/health/live", "/health/ready", "/api/v1/health", "/api/v1/papers", "/api/v1/search?q=trust"):
            assert (await client.get(path)).status_code == 200
        assert not any(one.done() for one in asking)
        llm.let_go()
        return await asyncio.gather(*asking)

    with served(create_app(writing(llm))) as address:
        told = story(all_at_once, address)
    for one in told:
        assert_whole(one)


HANGING = 300
HEALTH = ("/health/live", "/health/ready", "/api/v1/health", "/metrics")
HEALTH_SECONDS = 0.05
SEARCH_SECONDS = 1.0


def openai_request(question: str, *, stream: bool) -> dict[str, Any]:
    body = {"model": "paperbacked", "stream": stream, "messages": [{"role": "user", "content": question}]}
    return {"url": "/v1/chat/completions", "json": body}


def tool_call(question: str) -> dict[str, Any]:
    params = {"name": "ask", "arguments": {"question": question}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return {"url": "/mcp", "json": body, "headers": {"Accept": "application/json, text/event-stream"}}


@pytest.mark.parametrize(
    "request_of",
    [
        pytest.param(lambda question: openai_request(question, stream=True), id="openai-stream"),
        pytest.param(lambda question: openai_request(question, stream=False), id="openai-whole"),
        pytest.param(tool_call, id="mcp"),
        pytest.param(lambda question: {"url": ASK, "json": {"question": question}}, id="api"),
    ],
)
def test_three_hundred_hanging_answers_keep_nobody_else_waiting(
    writing: Callable[[ScriptedLLM], LocalAnswerer],
    all_papers: tuple[Paper, ...],
    request_of: Callable[[str], dict[str, Any]],
) -> None:
    """Neither whoever watches the server's health, nor a search, nor the quotes of a new question."""
    llm = HeldLLM(replies=["The papers say so in these very words [1]."])
    asked = questions(all_papers, HANGING)

    async def seconds_for(client: httpx.AsyncClient, path: str) -> float:
        began = time.monotonic()
        assert (await client.get(path)).status_code == 200
        return time.monotonic() - began

    async def first_quotes(client: httpx.AsyncClient) -> None:
        body, headers = {"question": "What is said about trust?"}, {"Accept": "text/event-stream"}
        async with client.stream("POST", ASK, json=body, headers=headers) as response:
            assert "event: quotes" in [line async for line in up_to(response, "event: quotes")]

    async def while_they_hang(client: httpx.AsyncClient) -> None:
        asking = [asyncio.ensure_future(client.post(**request_of(question))) for question, _ in asked]
        try:
            assert await asyncio.to_thread(llm.hangs, WRITING_THREADS)
            # All have their quotes, so that no work is left that could be quick or slow.
            async with asyncio.timeout(BOUND_SECONDS / 2):
                while f"paperbacked_answers_running {HANGING}.0" not in (await client.get("/metrics")).text:
                    await asyncio.sleep(0.2)
            health = [await seconds_for(client, path) for path in HEALTH for _ in range(10)]
            search = [await seconds_for(client, f"/api/v1/search?q={word}") for word in ("trust", "debate", "models")]
            await asyncio.wait_for(first_quotes(client), SEARCH_SECONDS)
            assert not any(one.done() for one in asking)
        finally:
            llm.let_go()
        assert {one.status_code for one in await asyncio.gather(*asking)} == {200}
        shown = (
            f"{name} {1000 * statistics.median(took):.1f} ms" for name, took in (("health", health), ("search", search))
        )
        print(f"{HANGING} hang, median: {', '.join(shown)}")
        assert statistics.median(health) < HEALTH_SECONDS
        assert statistics.median(search) < SEARCH_SECONDS

    with served(create_app(writing(llm))) as address:
        story(while_they_hang, address)


async def up_to(response: httpx.Response, last: str) -> AsyncIterator[str]:
    """The lines of a stream to the first that is `last`."""
    async for line in response.aiter_lines():
        yield line
        if line == last:
            return
