"""A LangChain chat model over a language model in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from app.answering.models.adapter import TAUGHT_PROMPT
from app.answering.models.chat_template import render_chat
from app.answering.models.generation import Generation, Generator
from app.answering.models.protocols import Tokenizer
from app.answering.models.text_stream import THINK_OPENS, Detokenizer, StopStrings, ThinkBlock
from retrieval.errors import ModelError

DRAWN = "drawn"
"""The argument of `stream` with which candidates are drawn in place of one answer; nothing is told of them but, in the
last chunk's `response_metadata`, their texts."""
READERS_BEFORE = "readers_before"
"""The key of an empty chunk's `response_metadata` that says how many readers are served first."""


class LocalChat(BaseChatModel):
    """Streams greedy answers token by token; `open_transformers_chat` and `open_gguf_chat` make one.

    An answer ends after `max_tokens` tokens or `timeout_s` seconds, thoughts included;
    the last chunk's `response_metadata["finish_reason"]` is then "length" or "time",
    otherwise "stop". One answer is written at a time, others wait up to `timeout_s`.
    While there is nothing to read, empty chunks come ten times a second, and those of a
    reader in the line say `READERS_BEFORE`: so whoever reads can leave at any time.
    Closing the stream stops the model. Raises `ModelError` for a prompt that is too
    long, a message that is not system, human or AI text, and any failure of the model.
    """

    model_name: str
    max_tokens: int = 220
    timeout_s: float = 60.0
    _tokenizer: Tokenizer = PrivateAttr()
    _generator: Generator = PrivateAttr()

    def __init__(self, *, generator: Generator, tokenizer: Tokenizer, **fields: Any) -> None:
        super().__init__(**fields)
        self._tokenizer = tokenizer
        self._generator = generator

    @property
    def _llm_type(self) -> str:
        return "paperbacked-local"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "max_tokens": self.max_tokens}

    @property
    def busy(self) -> bool:
        """Whether an answer is being written now."""
        return self._generator.busy

    @property
    def taught_prompt(self) -> str | None:
        """The prompt that the model says it was trained for (`TAUGHT_PROMPT` of its config.json), if any."""
        return self._generator.setting(TAUGHT_PROMPT)

    @property
    def parameters(self) -> int:
        """How many weights the model has."""
        return self._generator.parameters

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
        prompt = self._render(messages)
        prompt_ids = self._tokenizer(prompt, add_special_tokens=False)["input_ids"]
        max_tokens = int(kwargs.get("max_tokens", self.max_tokens))
        self._check_length(len(prompt_ids), max_tokens)
        detokenizer = Detokenizer(self._decode)
        thoughts = ThinkBlock(opened=prompt.rstrip().endswith(THINK_OPENS))
        stops = StopStrings(stop)
        run = self._generator.start(prompt_ids, max_tokens, self.timeout_s, int(kwargs.get(DRAWN, 0)))
        try:
            for ids in run:
                text = stops.feed(thoughts.feed(detokenizer.feed(ids)))
                line = {READERS_BEFORE: run.readers_before} if run.readers_before else None
                yield ChatGenerationChunk(message=AIMessageChunk(content=text), generation_info=line)
                if stops.reached:
                    run.stop()
                    break
            rest = stops.feed(thoughts.feed(detokenizer.finish()) + thoughts.finish()) + stops.finish()
            yield self._last_chunk(rest, len(prompt_ids), run)
        finally:
            run.stop()

    def _last_chunk(self, text: str, prompt_tokens: int, run: Generation) -> ChatGenerationChunk:
        usage = UsageMetadata(
            input_tokens=prompt_tokens, output_tokens=run.written, total_tokens=prompt_tokens + run.written
        )
        told: dict[str, Any] = {"finish_reason": run.finish_reason, "model_name": self.model_name}
        if run.drawn:
            told[DRAWN] = [self._decode(ids) for ids in run.candidates]
        return ChatGenerationChunk(
            message=AIMessageChunk(content=text, usage_metadata=usage, chunk_position="last"), generation_info=told
        )

    def _decode(self, ids: list[int]) -> str:
        return self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def _render(self, messages: Sequence[BaseMessage]) -> str:
        """The prompt as the model's template writes it, ready for the answer to begin."""
        return render_chat(
            self._tokenizer, [(message.type, str(message.text)) for message in messages], self.model_name
        )

    def _check_length(self, prompt_tokens: int, max_tokens: int) -> None:
        limit = self._generator.context_tokens
        if limit is not None and prompt_tokens + max_tokens > limit:
            raise ModelError(
                f"The prompt has {prompt_tokens} tokens and the answer may have {max_tokens}, "
                f"but {self.model_name} takes {limit} in all: "
                "ask more briefly, or choose a model with a longer context."
            )
