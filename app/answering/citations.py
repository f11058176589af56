"""Citation markers in a model's text: parsed while it streams, never one that points nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection

from retrieval.chunking import split_sentences

_MARKER = re.compile(r"\s*\[\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*\]")
_UNFINISHED = re.compile(r"\s*(?:\[[\d\s,;–-]{0,24})?$")
_AFTER_FULL_STOP = re.compile(r"([.!?]+[\"'”’]?)((?:\s*\[\d+\])+)")
_NUMBER = re.compile(r"\[(\d+)\]")


class MarkerStream:
    """Rewrites markers in a text that comes in pieces cut anywhere.

    `[1, 2]` and `[1-3]` become `[1][2]` and `[1][2][3]`; numbers that are not in
    `known` are removed. What `feed` and `finish` give, joined, is the clean text.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._known = frozenset(known)
        self._held = ""

    def feed(self, piece: str) -> str:
        """The text that is certain after this piece; a marker still open is held back."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return self._clean(text[:cut])

    def finish(self) -> str:
        """What was held back, at the end of the text."""
        text, self._held = self._held, ""
        return self._clean(text)

    def _clean(self, text: str) -> str:
        return _MARKER.sub(self._replacement, text)

    def _replacement(self, match: re.Match[str]) -> str:
        numbers = dict.fromkeys(number for number in _numbers(match[1]) if number in self._known)
        return " " + "".join(f"[{number}]" for number in numbers) if numbers else ""


def _numbers(inside: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", inside):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        numbers += range(ends[0], min(ends[-1], ends[0] + 20) + 1) if len(ends) == 2 else ends
    return numbers


def cited_sentences(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a clean text, each with the numbers it cites.

    A marker after the full stop belongs to the sentence before it and is moved in front of it.
    """
    settled = _AFTER_FULL_STOP.sub(lambda match: f" {match[2].strip()}{match[1]}", text).strip()
    sentences = [settled[span.start : span.end] for span in split_sentences(settled)]
    return [
        (sentence, tuple(dict.fromkeys(int(number) for number in _NUMBER.findall(sentence)))) for sentence in sentences
    ]


def without_markers(text: str) -> str:
    """The text without its citation markers."""
    return _MARKER.sub("", text)
