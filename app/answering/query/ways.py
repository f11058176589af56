"""Ways in which people ask about the collection or a paper's record, for those that its grammar does not read."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from app.answering.evidence.figures import asks_figure
from app.languages import any_of, language_of
from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.lexical.han import HAN, has_han
from retrieval.lexical.tokens import content_words
from retrieval.models.embedder import Embedder

FILE = "ways.jsonl"
WHOLE, PAPER, TOPIC = "", "{paper}", "{topic}"
"""What a way asks about: the collection, one paper, or the papers of a topic, whose name the latter two stand for."""
SLOTS = (WHOLE, PAPER, TOPIC)
Named = Callable[[str], str]
"""What a piece of a question names, as a plain question writes it; empty where it names nothing."""
MAX_WORDS = 25
MAX_NAME_WORDS = 12
MAX_NAMES = 5
"""So many pieces of a question that name something are tried, the longest first."""
KNOWN_FROM = 0.6
"""The share of a question's content words that some way has; what has fewer asks of something else …"""
NEAR_FROM = 0.6
"""… and so does what is no nearer to any way than this. Both hold for ways left out, and for questions of papers."""
NEAR_OF_NAME_FROM = 0.7
"""The same for what is asked of a paper or a topic …"""
USED_FROM = 0.75
"""… where this share of all words beside its name is known, and `KNOWN_FROM` of those with a content."""
_OF_CONTENT = any_of(lambda language: language.grammar.of_content, re.IGNORECASE)
_WORD = re.compile(rf"[{HAN}]|[^\W\d_{HAN}]+")


@dataclass(frozen=True, slots=True)
class Way:
    """A question as somebody typed it, and how it reads `plainly`."""

    text: str
    plainly: str


def slot_of(way: Way) -> str:
    return next((slot for slot in SLOTS if slot and slot in way.text), WHOLE)


def without_slots(text: str) -> str:
    return text.replace(PAPER, " ").replace(TOPIC, " ")


def spelled_out(text: str) -> str:
    """The text with words of its language where names were taken out."""
    grammar = language_of(without_slots(text)).grammar
    return text.replace(PAPER, grammar.this_paper).replace(TOPIC, grammar.this_topic)


def read_ways(file: Path) -> tuple[Way, ...]:
    """The ways of a file. Raises `InputError`."""
    return tuple(way for _, way in read_records(file, _parsed, what="ways of asking", kind=InputError))


def _parsed(record: dict[str, Any]) -> Way:
    return Way(str(record["question"]), str(record["as"]))


class WaysOfAsking:
    """Which plain question somebody means, by the nearest way; the ways are embedded when the first may be meant.

    Those with a `PAPER` or a `TOPIC` in them ask of one: its name is taken out of a question before it is compared.
    """

    def __init__(self, ways: Sequence[Way], embedder: Embedder, in_english: Callable[[str], str]) -> None:
        of_slot: dict[str, list[Way]] = {slot: [] for slot in SLOTS}
        for way in ways:
            of_slot[slot_of(way)].append(way)
        self._of_slot = {slot: _Ways(own, slot, embedder, in_english) for slot, own in of_slot.items()}

    def plainly(self, text: str, meant: Mapping[str, Named] = MappingProxyType({})) -> str | None:
        """The plain question that the text asks; None where it asks something else.

        `meant` says of each kind of name what a piece of a question names; of a kind that it lacks nothing is asked.
        """
        if not 0 < len(_WORD.findall(text)) <= MAX_WORDS:
            return None
        near, _, way = self._of_slot[WHOLE].nearest([text])
        if near >= NEAR_FROM:
            return way
        if asks_figure(text):
            return None
        slots = [slot for slot in meant if slot != TOPIC or not _OF_CONTENT.match(text)]
        found = (self._of_slot[slot].named(text, meant[slot]) for slot in slots)
        return next((plainly for plainly in found if plainly), None)

    def load(self) -> None:
        """Embed the ways now rather than at the first question that may mean one. Raises `ModelError`."""
        for ways in self._of_slot.values():
            ways.embedded()


class _Ways:
    """Ways with the same slot."""

    def __init__(self, ways: Sequence[Way], slot: str, embedder: Embedder, in_english: Callable[[str], str]) -> None:
        self._ways = ways
        self._slot = slot
        self._embedder = embedder
        self._in_english = in_english
        self._words_of: dict[str, set[str]] = defaultdict(set)
        for way in ways:
            self._words_of[way.plainly].update(_content(way.text))
        self._known = frozenset[str]().union(*self._words_of.values())
        self._used = {word for way in ways for word in _WORD.findall(without_slots(way.text).casefold())}
        self._loading = threading.Lock()
        self._vectors: np.ndarray | None = None

    def nearest(self, texts: Sequence[str]) -> tuple[float, int, str]:
        """How near the nearest way comes to any of the texts whose words are known, to which, and what it means."""
        places = [place for place, text in enumerate(texts) if self._is_known(text)] if self._ways else []
        if not places:
            return 0.0, 0, ""
        near = self._embed([texts[place] for place in places]) @ self.embedded().T
        near[~np.array([self._may_mean(texts[place]) for place in places])] = 0.0
        text, way = divmod(int(near.argmax()), len(self._ways))
        return float(near.max()), places[text], self._ways[way].plainly

    def named(self, text: str, named: Named) -> str | None:
        """The plain question about what a piece of the text names; None where it asks something else."""
        if named(text):
            return None
        pieces = ((text[:at] + self._slot + text[end:], text[at:end]) for at, end in self.known_around(text))
        filled = list(islice(((rest, name) for rest, piece in pieces if (name := named(piece))), MAX_NAMES))
        near, place, way = self.nearest([rest for rest, _ in filled])
        return way.replace(self._slot, filled[place][1]) if near >= NEAR_OF_NAME_FROM else None

    def known_around(self, text: str) -> list[tuple[int, int]]:
        """Where a name may stand in a text, the longest first: what is left without it is mostly known."""
        words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        used = [self._is_used(text[at:end]) for at, end in words]
        spans = [
            (words[first][0], words[first + length - 1][1])
            for length in range(min(MAX_NAME_WORDS, len(words) - 1), 0, -1)
            for first in range(len(words) - length + 1)
            if _mostly(used[:first] + used[first + length :], USED_FROM)
        ]
        return [(at, end) for at, end in spans if self._is_known(f"{text[:at]} {text[end:]}")]

    def embedded(self) -> np.ndarray:
        """The ways' vectors, (ways, dimensions)."""
        with self._loading:
            if self._vectors is None:
                self._vectors = self._embed([way.text for way in self._ways])
            return self._vectors

    def _is_used(self, word: str) -> bool:
        return word.casefold() in self._used or not self._known.isdisjoint(content_words(word))

    def _is_known(self, text: str) -> bool:
        words = _content(text)
        return bool(words) and _mostly([word in self._known for word in words], KNOWN_FROM)

    def _may_mean(self, text: str) -> list[bool]:
        """Of each way, whether those that mean the same have all words of the text that any way has."""
        known = self._known.intersection(_content(text))
        may = {plainly: known <= words for plainly, words in self._words_of.items()}
        return [may[way.plainly] for way in self._ways]

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        read = [spelled_out(text) for text in texts]
        return self._embedder.embed([self._in_english(text) or text for text in read])


def _content(text: str) -> list[str]:
    """The content words beside the paper's name, of more than a letter."""
    return [word for word in content_words(without_slots(text)) if len(word) > 1 or has_han(word)]


def _mostly(known: Sequence[bool], share: float) -> bool:
    return sum(known) >= share * len(known)
