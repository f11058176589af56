"""A LangChain chat model on a server that speaks the OpenAI chat-completions protocol."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import openai
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from app.answering.text_stream import ThinkBlock
from retrieval.errors import ModelError

CONNECT_SECONDS = 5.0
BROKEN_OFF = "The model server stopped in the middle of its answer: ask again, or look at its log."
_OPENAI_HOST = "api.openai.com"


class ServedChat(ChatOpenAI):
    """Streams answers from a server; make one with `open_served_chat`.

    As with models in this process, a `<think>` block is dropped, an answer ends after
    `time_limit_s` seconds with finish_reason "time", and every failure is a `ModelError`:
    a server that is down, refuses, or stops in the middle of an answer.
    """

    time_limit_s: float = 60.0

    @property
    def display_name(self) -> str:
        return f"openai:{self.model_name}"

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        passage = _Passage(self.time_limit_s)
        with _as_model_errors(self._server, self.model_name, passage):
            for chunk in super()._stream(*args, **kwargs):
                yield passage.through(chunk)
                if passage.late:
                    break
            yield passage.last_chunk()

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        passage = _Passage(self.time_limit_s)
        with _as_model_errors(self._server, self.model_name, passage):
            async for chunk in super()._astream(*args, **kwargs):
                yield passage.through(chunk)
                if passage.late:
                    break
            yield passage.last_chunk()

    @property
    def _server(self) -> str:
        # Without user and password, which an address may hold.
        parts = urlsplit(self.openai_api_base or "")
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


class _Passage:
    """What the chunks of one answer pass through."""

    def __init__(self, time_limit_s: float) -> None:
        self._thoughts = ThinkBlock()
        self._deadline = time.monotonic() + time_limit_s
        self._finished = False
        self.begun = False

    @property
    def late(self) -> bool:
        return not self._finished and time.monotonic() > self._deadline

    def through(self, chunk: ChatGenerationChunk) -> ChatGenerationChunk:
        self.begun = True
        self._finished |= bool((chunk.generation_info or {}).get("finish_reason"))
        if isinstance(chunk.message.content, str):
            chunk.message.content = self._thoughts.feed(chunk.message.content)
            chunk.text = chunk.message.content
        return chunk

    def last_chunk(self) -> ChatGenerationChunk:
        """Raises `ModelError` where the server went away before it said that it had finished."""
        late = self.late
        if not (self._finished or late):
            raise ModelError(BROKEN_OFF)
        message = AIMessageChunk(content=self._thoughts.finish(), chunk_position="last")
        return ChatGenerationChunk(message=message, generation_info={"finish_reason": "time"} if late else None)


def open_served_chat(
    model: str, url: str, *, api_key: str | None = None, max_tokens: int = 220, timeout_s: float = 60.0
) -> ServedChat:
    """The model that the server at `url` calls `model`. Nothing is sent before the first question."""
    options: dict[str, Any]
    if urlsplit(url).hostname == _OPENAI_HOST:
        options = {"max_completion_tokens": max_tokens}
    else:
        # Other servers know the older name of the limit; some of OpenAI's models refuse it, and a temperature too.
        options = {"extra_body": {"max_tokens": max_tokens}, "temperature": 0.0}
    return ServedChat(
        model=model,
        base_url=url.rstrip("/"),
        api_key=SecretStr(api_key or "none"),
        timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_SECONDS, timeout_s)),
        max_retries=0,
        streaming=True,
        stream_usage=False,
        use_responses_api=False,
        stream_chunk_timeout=timeout_s,
        time_limit_s=timeout_s,
        **options,
    )


@contextmanager
def _as_model_errors(server: str, model: str, passage: _Passage) -> Iterator[None]:
    try:
        yield
    except openai.APIStatusError as error:
        advice = {
            401: "check its API key",
            403: "check its API key",
            404: "check the model's name and that --llm-url ends in /v1",
        }
        raise ModelError(
            f"The model server at {server} refused the request for {model} with status {error.status_code}: "
            f"{advice.get(error.status_code, 'look at its log, or ask again later')}."
        ) from error
    except (openai.APITimeoutError, httpx.TimeoutException, TimeoutError) as error:
        raise ModelError(
            f"The model server at {server} did not answer in time: ask again, or check that it is not overloaded."
        ) from error
    except (openai.OpenAIError, httpx.HTTPError, ValueError) as error:
        if passage.begun:
            raise ModelError(BROKEN_OFF) from error
        if isinstance(error, openai.APIConnectionError):
            raise ModelError(
                f"The model server at {server} cannot be reached: check that it runs and that --llm-url is right."
            ) from error
        raise ModelError(
            f"The model server at {server} gave no proper answer ({type(error).__name__}): "
            "check that it speaks the OpenAI chat protocol."
        ) from error
