"""Writing with a model that OpenVINO GenAI runs: quick on processors, also on those without bfloat16."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app.answering.models.adapter import TAUGHT_PROMPT
from app.answering.models.generation import Generation, Generator, OverError
from app.answering.models.gguf_file import GgufFile

if TYPE_CHECKING:
    import openvino_genai

TEMPERATURE, TOP_P, SEED = 0.7, 0.95, 1
"""How other candidates are drawn: the same each time."""


class OpenVinoGenerator(Generator):
    """Writes with one pipeline of OpenVINO GenAI: greedily, and other candidates in the same steps.

    `says` is what the model's file says of itself.
    """

    def __init__(self, pipeline: openvino_genai.ContinuousBatchingPipeline, name: str, says: GgufFile) -> None:
        super().__init__(name)
        # Its stubs leave most types open.
        self._pipeline: Any = pipeline
        self._says = says

    @property
    def parameters(self) -> int:
        return self._says.parameters

    @property
    def context_tokens(self) -> int | None:
        return self._says.context_tokens

    def setting(self, name: str) -> str | None:
        return self._says.prompt if name == TAUGHT_PROMPT else None

    def write(self, run: Generation, prompt_ids: list[int]) -> None:
        import numpy as np
        import openvino

        ids = openvino.Tensor(np.array([prompt_ids], dtype=np.int64))
        settings = [self._settings(run, place) for place in range(1 + run.others)]
        asked = [self._pipeline.add_request(place, ids, one) for place, one in enumerate(settings)]
        try:
            with suppress(OverError):
                while self._pipeline.has_non_finished_requests():
                    run.check()
                    self._pipeline.step()
                    for place, request in enumerate(asked):
                        _pass_on(run, place, request)
        finally:
            for request in asked:
                request.cancel()

    def _settings(self, run: Generation, place: int) -> openvino_genai.GenerationConfig:
        """Those of the greedy answer at place 0, and of others, each with a seed of its own."""
        settings = self._pipeline.get_config()
        settings.num_beams, settings.num_return_sequences = 1, 1
        settings.max_new_tokens, settings.do_sample = run.max_tokens, place > 0
        if place:
            settings.temperature, settings.top_p, settings.rng_seed = TEMPERATURE, TOP_P, SEED + place
        return settings


def _pass_on(run: Generation, place: int, request: Any) -> None:
    import openvino_genai as genai

    while request.can_read():
        for written in request.read().values():
            run.tell(list(written.generated_ids), place)
            if place == 0 and written.finish_reason == genai.GenerationFinishReason.LENGTH:
                run.finish_reason = "length"


class OpenVinoTokenizer:
    """A tokenizer of OpenVINO GenAI with the interface that `LocalChat` asks for."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.chat_template: str | None = str(tokenizer.chat_template) or None
        vocabulary: Mapping[bytes, int] = tokenizer.get_vocab()
        # Whatever stands in the vocabulary as one word between such signs may mean more than text.
        self._marks = tuple(filter(_is_between_signs, (word.decode(errors="replace") for word in vocabulary)))

    @property
    def all_special_tokens(self) -> Sequence[str]:
        return self._marks

    def get_added_vocab(self) -> Mapping[str, int]:
        return {}

    def apply_chat_template(
        self,
        conversation: list[dict[str, str]],
        /,
        *,
        tokenize: bool,
        add_generation_prompt: bool,
        enable_thinking: bool,
    ) -> str:
        return self._tokenizer.apply_chat_template(
            conversation, add_generation_prompt, extra_context={"enable_thinking": enable_thinking}
        )

    def __call__(self, text: str, /, *, add_special_tokens: bool) -> Mapping[str, list[int]]:
        ids = self._tokenizer.encode(text, add_special_tokens=add_special_tokens).input_ids.data
        return {"input_ids": [int(token) for token in ids[0]]}

    def decode(self, token_ids: list[int], /, *, skip_special_tokens: bool, clean_up_tokenization_spaces: bool) -> str:
        return self._tokenizer.decode(token_ids, skip_special_tokens=skip_special_tokens)


def _is_between_signs(word: str) -> bool:
    return len(word) > 2 and word[0] + word[-1] in ("<>", "[]")
