"""Writing with a model that OpenVINO GenAI runs: quick on processors, also on those without bfloat16."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, SupportsInt

from app.answering.models.adapter import TAUGHT_PROMPT
from app.answering.models.generation import Generation, Generator, OverError
from app.answering.models.gguf_file import GgufFile
from app.answering.models.openvino_runtime import openvino_runtime
from retrieval.errors import ModelError

if TYPE_CHECKING:
    import openvino_genai

TEMPERATURE, TOP_P = 0.7, 0.95
"""How candidates are drawn; their seeds are their numbers, so they are the same each time."""
LOOKUP_TOKENS, LONGEST_MATCH = 5, 3
"""So many tokens are guessed at once from what follows, in the prompt, the same last tokens (prompt lookup)."""


class OpenVinoGenerator(Generator):
    """Writes greedily with one pipeline of OpenVINO GenAI, or draws candidates.

    `says` is what the model's file says of itself. Only `LLMPipeline` lets Python's other threads run while it works;
    steps of `ContinuousBatchingPipeline` hold them all up.
    """

    def __init__(self, pipeline: openvino_genai.LLMPipeline, name: str, says: GgufFile) -> None:
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
        if not run.drawn:
            self._written(run, prompt_ids)
            return
        # One by one: a pipeline that guesses from the prompt draws no more, and reads the prompt once for all.
        with suppress(OverError):
            for seed in range(1, run.drawn + 1):
                run.check()
                run.candidates = (*run.candidates, self._written(run, prompt_ids, seed))
        if run.over:
            run.candidates = ()

    def _written(self, run: Generation, prompt_ids: list[int], seed: int = 0) -> list[int]:
        """What it writes, greedily or, with a `seed`, drawn."""
        import numpy as np

        genai = openvino_runtime()
        import openvino

        settings = self._pipeline.get_generation_config()
        settings.max_new_tokens, settings.do_sample, settings.num_beams = run.max_tokens, seed > 0, 1
        settings.num_assistant_tokens, settings.max_ngram_size = LOOKUP_TOKENS, LONGEST_MATCH
        if seed:
            settings.temperature, settings.top_p, settings.rng_seed = TEMPERATURE, TOP_P, seed
        ids = np.array([prompt_ids], dtype=np.int64)
        inputs = genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(np.ones_like(ids)))
        result = self._pipeline.generate(inputs, settings, _streamer(run))
        reasons = set(result.finish_reasons)
        if not run.over and genai.GenerationFinishReason.NONE in reasons:
            raise ModelError(f"The language model {self._name} ran out of memory: ask again, or choose a smaller one.")
        if genai.GenerationFinishReason.LENGTH in reasons:
            run.finish_reason = "length"
        return [int(token) for token in result.tokens[0]]


def _streamer(run: Generation) -> openvino_genai.StreamerBase:
    """Passes tokens on to the run and ends the generation once that is over."""
    genai = openvino_runtime()

    class Streamer(genai.StreamerBase):
        def write(self, token: SupportsInt | Sequence[SupportsInt]) -> openvino_genai.StreamingStatus:
            if not run.drawn:
                run.tell([*map(int, token)] if isinstance(token, Sequence) else [int(token)])
            try:
                run.check()
            except OverError:
                return genai.StreamingStatus.CANCEL
            return genai.StreamingStatus.RUNNING

        def end(self) -> None:
            """The run is closed instead, also after a failure."""

    return Streamer()


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
