"""Answers in the making, and those kept under the key of their request, so that nobody asks twice."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from app.answering.events import Event
from app.answering.question import Question
from app.surfaces.api.answer_run import AnswerRun, Reader
from retrieval.errors import InputError, PaperbackedError

KEY_PATTERN = r"^[A-Za-z0-9_-]{8,64}$"
THREADS = 40


class KeyTakenError(InputError):
    """The key belongs to another question."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many answers are kept under a key, how long after their end, and how many bytes in all.

    `linger_s` is how long one goes on being made after its last reader has left.
    """

    answers: int = 500
    seconds: float = 300.0
    max_bytes: int = 64_000_000
    linger_s: float = 15.0


@dataclass(frozen=True, slots=True)
class _Kept:
    asked: str
    run: AnswerRun


class AnswerRuns:
    """Starts answers, and finds again those with a key; safe from any thread."""

    def __init__(self, stream: Callable[[Question], Generator[Event]], keeping: Keeping = Keeping()) -> None:
        self._stream = stream
        self._keeping = keeping
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="paperbacked-answer")
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def begin(self, question: Question) -> Reader:
        """A reader of a new answer, which ends when the reader leaves."""
        return self._begun(question, Reader(), 0.0)

    def attach(self, key: str, body: Any, question: Question, after: int = 0) -> Reader:
        """A reader of the answer with that key, from the event after number `after`; begun where there is none yet.

        Raises `KeyTakenError` where the key came with another body, `PaperbackedError`
        where too many answers are being made.
        """
        asked, reader = fingerprint(body), Reader(after)
        with self._lock:
            self._forget()
            kept = self._kept.get(key)
            if kept and kept.asked != asked:
                raise KeyTakenError("This Idempotency-Key came with another question: take a new key for this one.")
            if kept and reader.reads(kept.run):
                return reader
            if len(self._kept) >= self._keeping.answers:
                raise PaperbackedError("Too many answers are being written: ask again in a moment.")
            begun = self._begun(question, reader, self._keeping.linger_s)
            self._kept[key] = _Kept(asked, begun.run)
            return begun

    @property
    def kept(self) -> int:
        """How many answers are kept now."""
        with self._lock:
            self._forget()
            return len(self._kept)

    def _begun(self, question: Question, reader: Reader, linger_s: float) -> Reader:
        run = AnswerRun(self._stream(question), self._pool, linger_s)
        reader.reads(run)
        run.start()
        return reader

    def _forget(self) -> None:
        """Drop what is over: too long ago, or the oldest where there are too many or too much."""
        now = time.monotonic()
        over = [key for key, kept in self._kept.items() if kept.run.cancelled or self._is_old(kept.run, now)]
        for key in over:
            del self._kept[key]
        size = sum(kept.run.size for kept in self._kept.values())
        for key, kept in [item for item in self._kept.items() if item[1].run.ended]:
            if len(self._kept) < self._keeping.answers and size <= self._keeping.max_bytes:
                return
            size -= kept.run.size
            del self._kept[key]

    def _is_old(self, run: AnswerRun, now: float) -> bool:
        return run.ended_at is not None and now - run.ended_at > self._keeping.seconds


def fingerprint(body: Any) -> str:
    """The same for two bodies that are the same JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
