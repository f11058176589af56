"""Answers kept under the key of their request, so that nobody asks twice."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from app.answering.events import Event
from app.surfaces.api.sse import frame
from app.surfaces.runs.answer_run import AnswerRun, EventReader
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.errors import InputError, PaperbackedError

KEY_PATTERN = r"^[A-Za-z0-9_-]{8,64}$"


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


@dataclass(slots=True)
class _Kept:
    """A run and the fingerprint of what was asked; each of its events is measured once."""

    asked: str
    run: AnswerRun
    _measured: int = 0
    _size: int = 0

    def size(self) -> int:
        """The bytes of its events as they go over the wire; in memory, where they share papers, they take less."""
        events, _ = self.run.after(self._measured)
        self._size += sum(len(frame(number, event)) for number, event in enumerate(events, self._measured + 1))
        self._measured += len(events)
        return self._size


class KeptAnswers:
    """Begins answers with a key among `runs`, and finds them again; safe from any thread."""

    def __init__(self, runs: AnswerRuns, keeping: Keeping = Keeping()) -> None:
        self._runs = runs
        self._keeping = keeping
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def attach(self, key: str, body: Any, ask: Callable[[], Generator[Event]], after: int = 0) -> EventReader:
        """A reader of the answer with that key, from the event after number `after`; `ask` begins it where it is new.

        Raises `KeyTakenError` where the key came with another body, `PaperbackedError`
        where too many answers are being made, or the program is ending.
        """
        asked = fingerprint(body)
        with self._lock:
            self._forget()
            kept = self._kept.get(key)
            if kept and kept.asked != asked:
                raise KeyTakenError("This Idempotency-Key came with another question: take a new key for this one.")
            if kept and (reader := kept.run.join(after)):
                return reader
            if len(self._kept) >= self._keeping.answers:
                raise PaperbackedError("Too many answers are being written: ask again in a moment.")
            reader = self._runs.begin(ask(), after, self._keeping.linger_s)
            self._kept[key] = _Kept(asked, reader.run)
            return reader

    @property
    def kept(self) -> int:
        """How many answers are kept now."""
        with self._lock:
            self._forget()
            return len(self._kept)

    def _forget(self) -> None:
        """Drop what is over: too long ago, or the oldest where there are too many or too much."""
        now = time.monotonic()
        over = [key for key, kept in self._kept.items() if kept.run.cancelled or self._is_old(kept.run, now)]
        for key in over:
            del self._kept[key]
        size = sum(kept.size() for kept in self._kept.values())
        for key, kept in [item for item in self._kept.items() if item[1].run.ended]:
            if len(self._kept) < self._keeping.answers and size <= self._keeping.max_bytes:
                return
            size -= kept.size()
            del self._kept[key]

    def _is_old(self, run: AnswerRun, now: float) -> bool:
        return run.ended_at is not None and now - run.ended_at > self._keeping.seconds


def fingerprint(body: Any) -> str:
    """The same for two bodies that are the same JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
