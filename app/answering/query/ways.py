"""Ways in which people ask about the collection itself, for those that its grammar does not read: "oldest one?"."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.lexical.han import HAN
from retrieval.lexical.tokens import content_words
from retrieval.models.embedder import Embedder

FILE = "ways.jsonl"
MAX_WORDS = 25
KNOWN_FROM = 0.6
"""The share of a question's content words that some way has; what has fewer asks of something else …"""
NEAR_FROM = 0.6
"""… and so does what is no nearer to any way than this. Both hold for ways left out, and for questions of papers."""
_WORD = re.compile(rf"[{HAN}]|[^\W\d_{HAN}]+")


@dataclass(frozen=True, slots=True)
class Way:
    """A question as somebody typed it, and how it reads `plainly`."""

    text: str
    plainly: str


def read_ways(file: Path) -> tuple[Way, ...]:
    """The ways of a file. Raises `InputError`."""
    return tuple(way for _, way in read_records(file, _parsed, what="ways of asking", kind=InputError))


def _parsed(record: dict[str, Any]) -> Way:
    return Way(str(record["question"]), str(record["as"]))


class WaysOfAsking:
    """Which plain question somebody means, by the nearest way; the ways are embedded when the first may be meant."""

    def __init__(self, ways: Sequence[Way], embedder: Embedder, in_english: Callable[[str], str]) -> None:
        self._ways = ways
        self._embedder = embedder
        self._in_english = in_english
        self._known = {word for way in ways for word in content_words(way.text)}
        self._loading = threading.Lock()
        self._vectors: np.ndarray | None = None

    def plainly(self, text: str) -> str | None:
        """The plain question that the text asks; None where it asks something else."""
        if not 0 < len(_WORD.findall(text)) <= MAX_WORDS:
            return None
        words = content_words(text)
        if sum(word in self._known for word in words) < KNOWN_FROM * len(words):
            return None
        near = self._embedded() @ self._embed([text])[0]
        best = int(near.argmax())
        return self._ways[best].plainly if near[best] >= NEAR_FROM else None

    def load(self) -> None:
        """Embed the ways now rather than at the first question that may mean one. Raises `ModelError`."""
        self._embedded()

    def _embedded(self) -> np.ndarray:
        with self._loading:
            if self._vectors is None:
                self._vectors = self._embed([way.text for way in self._ways])
            return self._vectors

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        return self._embedder.embed([self._in_english(text) or text for text in texts])
