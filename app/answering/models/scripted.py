"""A language model that says what it is told to, for tests and demonstrations."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field, PrivateAttr

from retrieval.errors import ModelError


class ScriptedLLM(BaseChatModel):
    """Gives `replies` in turn, from the first again after the last.

    Each is streamed in pieces of `piece` characters, `delay_s` seconds before each piece.
    With `fail_after=n`, `error` is raised in place of the piece after the n-th.
    `asked` holds the messages of every call so far, `closed_early` how many streams
    were closed before their end.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    replies: list[str] = Field(min_length=1)
    piece: int = Field(default=4, ge=1)
    delay_s: float = Field(default=0.0, ge=0)
    fail_after: int | None = Field(default=None, ge=0)
    error: Exception = ModelError("The scripted model failed as it was told to: give it no fail_after.")
    model_name: str = "scripted"
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list[list[BaseMessage]])
    _closed_early: int = PrivateAttr(default=0)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "paperbacked-scripted"

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return list(self._asked)

    @property
    def closed_early(self) -> int:
        return self._closed_early

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with self._lock:
            reply = self.replies[len(self._asked) % len(self.replies)]
            self._asked.append(list(messages))
        for string in stop or ():
            reply = reply.partition(string)[0]
        pieces = [reply[start : start + self.piece] for start in range(0, len(reply), self.piece)]
        try:
            for number, text in enumerate(pieces):
                time.sleep(self.delay_s)
                if number == self.fail_after:
                    raise self.error
                yield ChatGenerationChunk(message=AIMessageChunk(content=text))
            if self.fail_after == len(pieces):
                raise self.error
            yield ChatGenerationChunk(
                message=AIMessageChunk(content="", chunk_position="last"), generation_info={"finish_reason": "stop"}
            )
        except GeneratorExit:
            with self._lock:
                self._closed_early += 1
            raise
