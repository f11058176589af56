"""Writing with a causal model of transformers."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from app.answering.models.generation import Generation, Generator, OverError
from app.answering.models.protocols import CausalModel
from retrieval.models.heavy_imports import heavy_imports

if TYPE_CHECKING:
    import torch


class TransformersGenerator(Generator):
    """Writes greedily with one transformers causal model.

    `prompt_lookup_tokens` above 0 guesses that many tokens at a time from the prompt.
    """

    def __init__(self, model: CausalModel, name: str, prompt_lookup_tokens: int = 0) -> None:
        super().__init__(name)
        self._model = model
        self._lookup = {"prompt_lookup_num_tokens": prompt_lookup_tokens} if prompt_lookup_tokens else {}
        self._run: Generation | None = None
        self._eos_ids = _write_greedily(model)
        self._check_between_layers()

    @property
    def parameters(self) -> int:
        return int(self._model.num_parameters())

    @property
    def context_tokens(self) -> int | None:
        return getattr(self._model.config.get_text_config(), "max_position_embeddings", None)

    def setting(self, name: str) -> str | None:
        value = getattr(self._model.config, name, None)
        return value if isinstance(value, str) else None

    def write(self, run: Generation, prompt_ids: list[int]) -> None:
        if run.drawn:
            return  # its greedy answer is all that there is
        # Whole, as the model is made of it; an import would wait for whatever another thread imports now.
        torch = sys.modules["torch"]
        self._run = run
        ids = torch.tensor([prompt_ids], device=self._model.device)
        try:
            with suppress(OverError):
                sequence = self._model.generate(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    max_new_tokens=run.max_tokens,
                    streamer=_Streamer(run),
                    **self._lookup,
                )[0]
                ended = int(sequence[-1]) in self._eos_ids
                run.finish_reason = "length" if run.written >= run.max_tokens and not ended else "stop"
        finally:
            self._run = None

    def _check_between_layers(self) -> None:
        # Not only between tokens: reading a long prompt is a single step that can take seconds.
        with heavy_imports():
            from torch.nn import ModuleList

        def check(*_: object) -> None:
            if self._run is not None:
                self._run.check()

        lists = [module for module in self._model.modules() if isinstance(module, ModuleList)]
        for module in [self._model, *(layer for layers in lists for layer in layers)]:
            module.register_forward_pre_hook(check)


class _Streamer:
    """What transformers tells of tokens: the first call brings the prompt."""

    def __init__(self, run: Generation) -> None:
        self._run = run
        self._prompt_seen = False

    def put(self, tokens: torch.Tensor) -> None:
        if self._prompt_seen:
            self._run.tell([int(token) for token in tokens.reshape(-1)])
        self._prompt_seen = True

    def end(self) -> None:
        """The run is closed instead, also after a failure."""

    def check(self) -> None:
        """Raises where the run is over, for what writes in another process."""
        self._run.check()


def _write_greedily(model: CausalModel) -> frozenset[int]:
    """Take sampling out of the model's own settings; the ids that end its answers."""
    settings = model.generation_config
    settings.do_sample, settings.num_beams = False, 1
    # Left in place, these only bring a warning on every answer.
    for name in ("temperature", "top_p", "top_k", "min_p", "typical_p", "max_length"):
        setattr(settings, name, None)
    eos: list[int] | int | None = settings.eos_token_id
    eos_ids = frozenset(eos if isinstance(eos, list) else [] if eos is None else [eos])
    if settings.pad_token_id is None and eos_ids:
        settings.pad_token_id = min(eos_ids)
    return eos_ids
