"""One causal language model in this process, writing one answer at a time on a thread of its own.

A thread, so that a reader who takes the tokens slowly, or not at all, keeps nobody else waiting.
Whoever comes while it writes stands in line, first come, first served.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Literal

from app.answering.models.protocols import CausalModel
from retrieval.errors import ModelError, one_line
from retrieval.models.heavy_imports import heavy_imports

if TYPE_CHECKING:
    import torch

FinishReason = Literal["stop", "length", "time"]
TICK_SECONDS = 0.1
"""How often a silent model lets its reader speak: a stop is heard within this time."""
_POLL_SECONDS = 0.05


class _OverError(Exception):
    """Raised inside the model to leave a generation that is no longer wanted."""


class Generation:
    """One answer in the making. Iterating gives lists of token ids as they are written.

    While nothing is written it gives an empty list every `TICK_SECONDS`; `readers_before`
    then says how many stand before this one in the line. Iterating raises `ModelError`
    where the generation failed. `stop()` ends it from any thread, within one layer of the
    model. `finish_reason` is set at the end.
    """

    def __init__(self, max_tokens: int, timeout_s: float) -> None:
        self.max_tokens = max_tokens
        self.timeout_s = timeout_s
        self.written = 0
        self.finish_reason: FinishReason = "stop"
        self.readers_before = 0
        self._prompt_seen = False
        self._stopped = threading.Event()
        self._deadline = time.monotonic() + timeout_s
        self._queue: SimpleQueue[list[int] | ModelError | None] = SimpleQueue()

    def __iter__(self) -> Iterator[list[int]]:
        while True:
            try:
                item = self._queue.get(timeout=TICK_SECONDS)
            except Empty:
                yield []
                continue
            if item is None:
                return
            if isinstance(item, ModelError):
                raise item
            yield item

    def stop(self) -> None:
        self._stopped.set()

    def put(self, tokens: torch.Tensor) -> None:
        """transformers' streamer protocol; the first call brings the prompt."""
        if not self._prompt_seen:
            self._prompt_seen = True
            return
        ids = [int(token) for token in tokens.reshape(-1)]
        self.written += len(ids)
        self._queue.put(ids)

    def end(self) -> None:
        """transformers' streamer protocol; `close` ends the run instead, also after a failure."""

    def close(self, error: ModelError | None = None) -> None:
        if error is not None:
            self._queue.put(error)
        self._queue.put(None)

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    @property
    def late(self) -> bool:
        return time.monotonic() > self._deadline

    def start_clock(self) -> None:
        """The time limit counts from here: waiting for one's turn has had its own."""
        self._deadline = time.monotonic() + self.timeout_s

    def check(self) -> None:
        """Raises `_OverError` where the run was stopped or is out of time."""
        if self._stopped.is_set():
            raise _OverError
        if time.monotonic() > self._deadline:
            self.finish_reason = "time"
            raise _OverError


class _Line:
    """Runs in the order in which they came; the first one has its turn."""

    def __init__(self) -> None:
        self._runs: deque[Generation] = deque()
        self._moved = threading.Condition()

    @property
    def busy(self) -> bool:
        return bool(self._runs)

    def join(self, run: Generation) -> None:
        with self._moved:
            self._runs.append(run)
            run.readers_before = len(self._runs) - 1

    def leave(self, run: Generation) -> None:
        with self._moved:
            self._runs.remove(run)
            for place, waiting in enumerate(self._runs):
                waiting.readers_before = place
            self._moved.notify_all()

    def wait(self, run: Generation, seconds: float) -> bool:
        """Whether it is the run's turn, after at most that time."""
        with self._moved:
            return self._moved.wait_for(lambda: self._runs[0] is run, seconds)


class Generator:
    """Writes with one transformers causal model; runs wait for each other in turn.

    `prompt_lookup_tokens` above 0 guesses that many tokens at a time from the prompt.
    """

    def __init__(self, model: CausalModel, name: str, prompt_lookup_tokens: int = 0) -> None:
        self._model = model
        self._name = name
        self._lookup = {"prompt_lookup_num_tokens": prompt_lookup_tokens} if prompt_lookup_tokens else {}
        self._line = _Line()
        self._run: Generation | None = None
        self._eos_ids = _write_greedily(model)
        self._check_between_layers()

    @property
    def busy(self) -> bool:
        """Whether an answer is being written now."""
        return self._line.busy

    @property
    def parameters(self) -> int:
        """How many weights the model has."""
        return int(self._model.num_parameters())

    def setting(self, name: str) -> str | None:
        """A text that the model's own configuration has under that name."""
        value = getattr(self._model.config, name, None)
        return value if isinstance(value, str) else None

    @property
    def context_tokens(self) -> int | None:
        """How many tokens of prompt and answer together the model takes, where it says so."""
        return getattr(self._model.config.get_text_config(), "max_position_embeddings", None)

    def start(self, prompt_ids: list[int], max_tokens: int, timeout_s: float) -> Generation:
        """Begin an answer of at most `max_tokens` tokens and `timeout_s` seconds."""
        run = Generation(max_tokens, timeout_s)
        self._line.join(run)
        threading.Thread(target=self._work, args=(run, prompt_ids), name="paperbacked-llm").start()
        return run

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

    def _work(self, run: Generation, prompt_ids: list[int]) -> None:
        error = None
        try:
            if self._has_turn(run):
                self._write(run, prompt_ids)
        except ModelError as failure:
            error = failure
        except BaseException as failure:
            error = ModelError(
                f"The language model {self._name} failed while writing ({one_line(failure)}): "
                "ask again, or choose another model."
            )
            error.__cause__ = failure
        finally:
            self._line.leave(run)
            run.close(error)

    def _has_turn(self, run: Generation) -> bool:
        while not self._line.wait(run, _POLL_SECONDS):
            if run.stopped:
                return False
            if run.late:
                raise ModelError(
                    f"The language model {self._name} is still busy with other answers: ask again in a moment."
                )
        return True

    def _write(self, run: Generation, prompt_ids: list[int]) -> None:
        # Whole, as the model is made of it; an import would wait for whatever another thread imports now.
        torch = sys.modules["torch"]
        run.start_clock()
        self._run = run
        ids = torch.tensor([prompt_ids], device=self._model.device)
        try:
            with suppress(_OverError):
                sequence = self._model.generate(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    max_new_tokens=run.max_tokens,
                    streamer=run,
                    **self._lookup,
                )[0]
                ended = int(sequence[-1]) in self._eos_ids
                run.finish_reason = "length" if run.written >= run.max_tokens and not ended else "stop"
        finally:
            self._run = None


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
