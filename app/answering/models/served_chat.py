"""A LangChain chat model on a server that speaks the OpenAI chat-completions protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, SecretStr

from app.answering.models.generation import TICK_SECONDS
from app.answering.models.relay import relayed
from app.answering.models.served_http import MAX_ANSWER_BYTES, open_client, sent_elsewhere, without_secrets
from app.answering.models.text_stream import ThinkBlock
from retrieval.errors import ModelError

CONNECT_SECONDS = 5.0
BROKEN_OFF = "The model server stopped in the middle of its answer: ask again, or look at its log."
_OPENAI_HOST = "api.openai.com"


# Servers know different ways to keep a model from thinking aloud, and some refuse what they do not know.
_THINKING_OFF: tuple[dict[str, Any], ...] = (
    {"chat_template_kwargs": {"enable_thinking": False}, "reasoning_effort": "none"},
    {"chat_template_kwargs": {"enable_thinking": False}},
    {},
)


class ServedChat(ChatOpenAI):
    """Streams answers from a server; make one with `open_served_chat`.

    As with models in this process, a `<think>` block is dropped, empty chunks come while
    the server says nothing, closing the stream hangs up at once, and every failure is a
    `ModelError`: a server that is down, refuses, sends its callers elsewhere, does not begin
    within `first_token_s` or end within `time_limit_s` seconds, sends more than
    `MAX_ANSWER_BYTES`, or stops in the middle of an answer.
    """

    time_limit_s: float = 60.0
    first_token_s: float = 30.0
    _way: int = PrivateAttr(default=0)
    """Which of `_THINKING_OFF` the server takes."""

    def leave_thinking(self) -> None:
        """Ask for no way to keep the model from thinking aloud: the server is known to refuse them all."""
        self._way = len(_THINKING_OFF) - 1

    @property
    def display_name(self) -> str:
        return f"openai:{self.model_name}"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in relayed(lambda: self._astream(messages, stop, **kwargs), TICK_SECONDS):
            yield chunk or ChatGenerationChunk(message=AIMessageChunk(content=""))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[ChatGenerationChunk, None]:
        passage = _Passage(self.first_token_s, self.time_limit_s)
        with _as_model_errors(self._server, self.model_name, passage):
            async with aclosing(self._sent(messages, stop, **kwargs)) as chunks:
                while True:
                    try:
                        # Not `wait_for`, which loses the cancellation of who has left where a chunk is there already.
                        async with asyncio.timeout(passage.patience):
                            chunk = await anext(chunks)
                    except StopAsyncIteration:
                        break
                    # A server that is never silent would else keep all others waiting.
                    await asyncio.sleep(0)
                    # What says nothing is not passed on, so that thoughts without end fill no memory.
                    if passage.through(chunk):
                        yield chunk
            yield passage.last_chunk()

    async def _sent(
        self, messages: list[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AsyncGenerator[ChatGenerationChunk, None]:
        while True:
            way = self._way
            body = {**(self.extra_body or {}), **_THINKING_OFF[way]}
            try:
                # It is declared an iterator; only a generator can be closed.
                sent = super()._astream(messages, stop, extra_body=body, **kwargs)
                async with aclosing(cast("AsyncGenerator[ChatGenerationChunk, None]", sent)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                if way == len(_THINKING_OFF) - 1:
                    raise
                self._way = way + 1

    @property
    def _server(self) -> str:
        return without_secrets(self.openai_api_base or "")


class _Passage:
    """What the chunks of one answer pass through."""

    def __init__(self, first_token_s: float, time_limit_s: float) -> None:
        self._thoughts = ThinkBlock()
        self._began = time.monotonic()
        self._limits = (first_token_s, time_limit_s)
        self._finished = False
        self._said = False
        self.begun = False

    @property
    def _limit(self) -> float:
        return self._limits[1] if self._said else min(self._limits)

    @property
    def patience(self) -> float:
        """The seconds until the server must have said something, or all."""
        return max(0.0, self._began + self._limit - time.monotonic())

    @property
    def missed(self) -> str:
        """What a server out of time has not done."""
        return f"{'finish' if self._said else 'begin'} its answer within {self._limit:g}"

    def through(self, chunk: ChatGenerationChunk) -> bool:
        """Whether the chunk, freed of thoughts, says anything."""
        self.begun = True
        ends = not self._finished and bool((chunk.generation_info or {}).get("finish_reason"))
        self._finished |= ends
        if isinstance(chunk.message.content, str):
            chunk.message.content = self._thoughts.feed(chunk.message.content)
            chunk.text = chunk.message.content
        self._said |= bool(chunk.text)
        return ends or bool(chunk.text)

    def last_chunk(self) -> ChatGenerationChunk:
        """Raises `ModelError` where the server went away before it said that it had finished."""
        if not self._finished:
            raise ModelError(BROKEN_OFF)
        return ChatGenerationChunk(message=AIMessageChunk(content=self._thoughts.finish(), chunk_position="last"))


def open_served_chat(
    model: str,
    url: str,
    *,
    api_key: str | None = None,
    max_tokens: int = 220,
    timeout_s: float = 60.0,
    first_token_s: float = 30.0,
) -> ServedChat:
    """The model that the server at `url` calls `model`. Nothing is sent before the first question."""
    options: dict[str, Any]
    of_openai = urlsplit(url).hostname == _OPENAI_HOST
    if of_openai:
        options = {"max_completion_tokens": max_tokens}
    else:
        # Other servers know the older name of the limit; some of OpenAI's models refuse it, and a temperature too.
        options = {"extra_body": {"max_tokens": max_tokens}, "temperature": 0.0}
    timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_SECONDS, timeout_s))
    served = ServedChat(
        model=model,
        base_url=url.rstrip("/"),
        api_key=SecretStr(api_key or "none"),
        timeout=timeout,
        http_async_client=open_client(MAX_ANSWER_BYTES, timeout),
        # All answers are streamed by the other; without one of ours, this one would follow redirects.
        http_client=httpx.Client(follow_redirects=False),
        max_retries=0,
        streaming=True,
        stream_usage=False,
        use_responses_api=False,
        # Ours is `_Passage.patience`; this one loses cancellations.
        stream_chunk_timeout=None,
        time_limit_s=timeout_s,
        first_token_s=first_token_s,
        **options,
    )
    if of_openai:
        served.leave_thinking()
    return served


@contextmanager
def _as_model_errors(server: str, model: str, passage: _Passage) -> Generator[None, None, None]:
    try:
        yield
    except ModelError:
        raise
    except openai.APIStatusError as error:
        if elsewhere := sent_elsewhere(server, error.status_code):
            raise elsewhere from error
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
            f"The model server at {server} did not {passage.missed} seconds: "
            "ask again, or check that it is not overloaded."
        ) from error
    # Records of another form than the protocol's can come to any error in the libraries that read them.
    except Exception as error:
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
