"""Citation markers in a model's text: parsed while it streams, never one that points nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection

from retrieval.chunking import split_sentences

# A list of numbers in brackets, of bounded length, so that what is held back is bounded too.
_MARKER = re.compile(r"\s*\[(?=[0-9\s,;–-]{1,200}\])\s*([0-9]{1,3}(?:\s*[,;–-]\s*[0-9]{1,3})*)\s*\]")
_UNFINISHED = re.compile(r"\s*(?:\[[0-9\s,;–\[-]{0,200})?$")
_ENDS_IN_MARKER = re.compile(r"\[[0-9]{1,3}\]$")
_RUN_OF_MARKERS = re.compile(r"\s*\[[0-9]{1,3}\](?:\s*\[[0-9]{1,3}\])*")
_LEADING = re.compile(r"(?:\s*\[[0-9]{1,3}\])+\s*")
_NUMBER = re.compile(r"\[([0-9]{1,3})\]")
_FULL_STOP = re.compile(r"(?:[.!?]+|[。！？]+)[\"'”’»)\]}」』）】》]*$")


class MarkerStream:
    """Rewrites markers in a text that comes in pieces cut anywhere.

    `[1, 2]` and `[1-3]` become `[1][2]` and `[1][2][3]`; numbers that are not in
    `known` are removed. What `feed` and `finish` give, joined, is the clean text.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._known = frozenset(known)
        self._held = ""
        self._said = ""

    def feed(self, piece: str) -> str:
        """The text that is certain after this piece; a marker still open is held back."""
        text = self._clean(self._held + piece)
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        self._said = (self._said + text[:cut])[-8:]
        return text[:cut]

    def finish(self) -> str:
        """What was held back, at the end of the text."""
        text, self._held = self._held, ""
        return text

    def _clean(self, text: str) -> str:
        # Again until nothing changes: without [7], "[[7]9]" leaves a marker that was not there.
        while (cleaned := _MARKER.sub(self._replacement, text)) != text:
            text = cleaned
        return text

    def _replacement(self, match: re.Match[str]) -> str:
        numbers = dict.fromkeys(number for number in _numbers(match[1]) if number in self._known)
        if not numbers:
            return ""
        before = self._said + match.string[: match.start()]
        gap = "" if _ENDS_IN_MARKER.search(before) else " "
        return gap + "".join(f"[{number}]" for number in numbers)


def _numbers(inside: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", inside):
        ends = [int(number) for number in re.findall(r"[0-9]+", part)]
        numbers += range(ends[0], min(ends[-1], ends[0] + 20) + 1) if len(ends) == 2 else ends
    return numbers


def cited_sentences(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a clean text, each with the numbers it cites.

    A marker after the full stop belongs to the sentence before it and is moved in front of the stop.
    """
    spaced = _RUN_OF_MARKERS.sub(lambda match: f" {match[0].strip()}", text)
    sentences: list[str] = []
    for span in split_sentences(spaced):
        sentence = spaced[span.start : span.end]
        leading = _LEADING.match(sentence)
        if leading and sentences:
            sentences[-1] = marked(sentences[-1], leading[0].strip())
            sentence = sentence[leading.end() :]
        if sentence:
            sentences.append(sentence)
    return [(sentence, tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(sentence)))) for sentence in sentences]


def marked(sentence: str, markers: str) -> str:
    """The sentence with markers such as "[1][2]" in front of its full stop."""
    stop = _FULL_STOP.search(sentence)
    at = stop.start() if stop else len(sentence)
    return f"{sentence[:at].rstrip()} {markers}{sentence[at:]}"


def without_markers(text: str) -> str:
    """The text without its citation markers."""
    return _MARKER.sub("", text)
