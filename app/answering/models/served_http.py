"""How a model server is spoken to: it is followed to no other address, and what it sends has bounds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx

from app.answering.models.relay import within
from retrieval.errors import ModelError

MAX_ANSWER_BYTES = 4_000_000
"""Of one answer, its thoughts among it: some 13,000 tokens, each in a record of its own."""
MAX_LIST_BYTES = 1_000_000
LIST_SECONDS = 2.5
MAX_NAME_CHARS = 200


def open_client(most_bytes: int, timeout: httpx.Timeout) -> httpx.AsyncClient:
    """A client that follows no redirects and reads at most `most_bytes` of each answer; more raises `ModelError`.

    It keeps no connection open from one request to the next: so there is nothing to
    close where a model is exchanged, and it serves any event loop.
    """

    async def bound(response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Bounded(response.stream, most_bytes, response)

    return httpx.AsyncClient(
        follow_redirects=False,
        timeout=timeout,
        limits=httpx.Limits(max_keepalive_connections=0),
        # Packed, a thousandfold fits into the same bytes.
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [bound]},
    )


class _Bounded(httpx.AsyncByteStream):
    """The bytes of a response up to a bound."""

    def __init__(self, stream: httpx.AsyncByteStream, most_bytes: int, response: httpx.Response) -> None:
        self._stream = stream
        self._most_bytes = most_bytes
        self._packed = response.headers.get("Content-Encoding", "identity").strip().casefold() != "identity"
        self._server = without_secrets(str(response.request.url))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._packed:
            raise ModelError(
                f"The model server at {self._server} sent a compressed answer, which was not asked for: "
                "have it, or the proxy before it, send answers as they are."
            )
        read = 0
        async for piece in self._stream:
            read += len(piece)
            if read > self._most_bytes:
                raise ModelError(
                    f"The model server at {self._server} sent more than {self._most_bytes / 1e6:g} MB for one answer: "
                    "look at its log, or choose another model."
                )
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def without_secrets(url: str) -> str:
    """Host and port, without user and password, which an address may hold."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def sent_elsewhere(server: str, status: int) -> ModelError | None:
    """What to say of a redirect, None of any other status: the question and the key go where they were meant to go."""
    if not 300 <= status < 400:
        return None
    return ModelError(
        f"The model server at {server} sends its callers on to another address (status {status}), "
        "which is not followed: set --llm-url to the address that answers."
    )


def first_model_at(url: str, api_key: str | None = None) -> str:
    """The name of the first model that the server at `url` lists. Raises `ModelError` within 3 seconds."""
    server = without_secrets(url)
    try:
        names = [model["id"] for model in json.loads(within(lambda: _listed(url, api_key), LIST_SECONDS))["data"]]
    # Deep brackets make a RecursionError.
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(
            f"The model server at {server} does not list its models ({type(error).__name__}): "
            "check that it runs, or name one with --llm openai:MODEL."
        ) from error
    for name in names:
        if isinstance(name, str) and name.isprintable() and 0 < len(name) <= MAX_NAME_CHARS:
            return name
    raise ModelError(f"The model server at {server} has no models: give it one, or name one with --llm openai:MODEL.")


async def _listed(url: str, api_key: str | None) -> bytes:
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    async with open_client(MAX_LIST_BYTES, httpx.Timeout(LIST_SECONDS)) as client:
        answer = await client.get(f"{url.rstrip('/')}/models", headers=headers)
        if elsewhere := sent_elsewhere(without_secrets(url), answer.status_code):
            raise elsewhere
        return answer.raise_for_status().content
