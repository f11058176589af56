"""A language model in this process, writing one answer at a time on a thread of its own.

A thread, so that a reader who takes the tokens slowly, or not at all, keeps nobody else waiting.
Whoever comes while it writes stands in line, first come, first served.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Literal

from retrieval.errors import ModelError, one_line

FinishReason = Literal["stop", "length", "time"]
TICK_SECONDS = 0.1
"""How often a silent model lets its reader speak: a stop is heard within this time."""
_POLL_SECONDS = 0.05


class OverError(Exception):
    """Raised inside the model to leave a generation that is no longer wanted."""


class Generation:
    """One answer in the making. Iterating gives lists of token ids as they are written.

    While nothing is written it gives an empty list every `TICK_SECONDS`; `readers_before`
    then says how many stand before this one in the line. Iterating raises `ModelError`
    where the generation failed. `stop()` ends it from any thread: within one layer of a
    transformers model, before the next token of others. `finish_reason` is set at the end.
    With `drawn` above 0 nothing is told as it is written: so many candidates are drawn, which
    `candidates` has at the end, where the model can draw any.
    """

    def __init__(self, max_tokens: int, timeout_s: float, drawn: int = 0) -> None:
        self.max_tokens = max_tokens
        self.timeout_s = timeout_s
        self.drawn = drawn
        self.candidates: tuple[list[int], ...] = ()
        self.written = 0
        self.finish_reason: FinishReason = "stop"
        self.readers_before = 0
        self._stopped = threading.Event()
        self._began = False
        self._deadline = time.monotonic() + timeout_s
        self._queue: SimpleQueue[list[int] | ModelError | None] = SimpleQueue()

    def __iter__(self) -> Iterator[list[int]]:
        while True:
            try:
                item = self._queue.get(timeout=TICK_SECONDS)
            except Empty:
                # Whoever writes may be reading a long prompt, in which nothing can be told.
                if self._began and self.late:
                    self.finish_reason = "time"
                    self.stop()
                    return
                yield []
                continue
            if item is None:
                return
            if isinstance(item, ModelError):
                raise item
            yield item

    def stop(self) -> None:
        self._stopped.set()

    def tell(self, ids: list[int]) -> None:
        """Pass on what was written."""
        self.written += len(ids)
        self._queue.put(ids)

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
        self._began, self._deadline = True, time.monotonic() + self.timeout_s

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.stopped or self.finish_reason == "time"

    def check(self) -> None:
        """Raises `OverError` where the run was stopped or is out of time."""
        if self._stopped.is_set():
            raise OverError
        if time.monotonic() > self._deadline:
            self.finish_reason = "time"
            raise OverError


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


class Generator(ABC):
    """Writes with one language model; runs wait for each other in turn."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._line = _Line()

    @property
    def busy(self) -> bool:
        """Whether an answer is being written now."""
        return self._line.busy

    @property
    @abstractmethod
    def parameters(self) -> int:
        """How many weights the model has."""

    @property
    @abstractmethod
    def context_tokens(self) -> int | None:
        """How many tokens of prompt and answer together the model takes, where it says so."""

    @abstractmethod
    def setting(self, name: str) -> str | None:
        """A text that the model's own configuration has under that name."""

    @abstractmethod
    def write(self, run: Generation, prompt_ids: list[int]) -> None:
        """Write the answer into `run`, whose turn it is, until it ends or is over (`Generation.check`)."""

    def start(self, prompt_ids: list[int], max_tokens: int, timeout_s: float, drawn: int = 0) -> Generation:
        """Begin an answer of at most `max_tokens` tokens and `timeout_s` seconds, or so many candidates for one."""
        run = Generation(max_tokens, timeout_s, drawn)
        self._line.join(run)
        threading.Thread(target=self._work, args=(run, prompt_ids), name="paperbacked-llm").start()
        return run

    def _work(self, run: Generation, prompt_ids: list[int]) -> None:
        error = None
        try:
            if self._has_turn(run):
                run.start_clock()
                self.write(run, prompt_ids)
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
