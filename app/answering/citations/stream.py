"""Citation markers in a model's text: parsed while it streams, never one that points nowhere.

What counts as a marker: numbers in square or Chinese brackets, alone, in lists and
ranges, with or without a word such as "Source", a caret or a "†source" tail. Numbers
in round brackets are one only where every number is a quote's and nothing follows
that they could number: "(1) first" and "(2023)" are prose, and so is "[2023]".
Backticks make no difference: the page shows no code, and a model that fences its
whole answer still gets its citations.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from app.answering.citations.groups import OPENERS, MarkerGroup, read_marker_group
from app.languages import LANGUAGES, either
from retrieval.chunking import split_sentences
from retrieval.lexical.han import FIRST_HAN

_NOT_WORDS = re.compile(r"[\s\[【［(（]")
_ENDS_IN_MARKER = re.compile(r"\[[0-9]{1,9}\]$")
# What begins with a run of white space or of stops begins nowhere within it: long runs would take their square in time.
_RUN_OF_MARKERS = re.compile(r"(?<!\s)\s*+\[[0-9]{1,3}\](?:\s*+\[[0-9]{1,3}\])*+")
_LEADING = re.compile(r"(?:\s*\[[0-9]{1,3}\])+\s*")
_NUMBER = re.compile(r"\[([0-9]{1,3})\]")
_FULL_STOP = re.compile(r"(?:(?<![.!?])[.!?]++|(?<![。！？])[。！？]++)[\"'”’»)\]}」』）】》]*+$")
_LOOKED_BACK = 24
_LOOKED_AHEAD = 100
_LOOKED_AGAIN = 4
"""Brackets that wait are read again once they have grown by this part of their length."""
_STOPS = frozenset(".,;:!?。，；：！？、…")
_CLOSERS = frozenset("\"'”’»」』》)]）】")
# A number said again or a thing named, no citation.
_NAMING = re.compile(
    rf"(?:{either(language.markers.naming for language in LANGUAGES)}|=)$",
    re.IGNORECASE,
)


class MarkerStream:
    """Rewrites markers in a text that comes in pieces cut anywhere.

    `[1, 2]` and `【1】` become `[1][2]` and `[1]`; numbers that are not in `known`
    are removed. What `feed` and `finish` give, joined, is the clean text. Each step
    rests on what was said and on what follows, never on where the pieces are cut.
    The work grows with the text alone, also where the pieces are single characters.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._known = frozenset(known)
        self._held = ""
        self._said = ""
        self._removed = False
        # Of what is held: the white space that it begins with, and how long it must be to be looked at again.
        self._blank = 0
        self._enough = 0
        # Up to here it is known whether anything follows that round brackets could number.
        self._settled = 0
        self._numbers_nothing = False

    def feed(self, piece: str) -> str:
        """The text that is certain after this piece; a marker still open is held back."""
        self._held += piece
        return self._advance(ended=False) if len(self._held) >= self._enough else ""

    def finish(self) -> str:
        """What was held back, at the end of the text."""
        return self._advance(ended=True)

    def _advance(self, ended: bool) -> str:
        text, position = self._held, 0
        pieces: list[str] = []
        while position < len(text) and (step := self._step(text, position, ended)):
            position, piece = step
            pieces.append(piece)
            self._said = (self._said + piece)[-_LOOKED_BACK:]
            self._blank = 0
        self._held = text[position:]
        self._settled -= position
        waiting = len(self._held) - self._blank
        self._enough = len(self._held) + waiting // _LOOKED_AGAIN
        return "".join(pieces)

    def _step(self, text: str, position: int, ended: bool) -> tuple[int, str] | None:
        """How far to go on and what to say for it; None where that hangs on what comes next."""
        start = _after_space(text, position + self._blank)
        space = text[position:start]
        self._blank = len(space)
        if start == len(text):
            return (start, space) if ended else None
        if text[start] not in OPENERS:
            found = _NOT_WORDS.search(text, start)
            end = found.start() if found else len(text)
            return end, self._joint(space, text[start]) + text[start:end]
        group = read_marker_group(text, start, ended)
        if group and group.ranges and not group.is_explicit:
            group = self._as_prose_or_marker(group, text, start, space, ended)
        if group is None:
            return None
        if group.ranges:
            return group.end, self._marker(group, space)
        opener = "" if group.overflows else text[start]
        return start + 1, self._joint(space, text[start]) + opener

    def _as_prose_or_marker(
        self, group: MarkerGroup, text: str, start: int, space: str, ended: bool
    ) -> MarkerGroup | None:
        """Round brackets with numbers: themselves where they cite, an empty group where they are prose."""
        if not group.names_only(self._known) or not _may_follow(self._said, space):
            return MarkerGroup(start + 1)
        if group.end > self._settled:
            found = _ends_there(text, group.end, ended)
            if found is None:
                return None
            self._numbers_nothing, self._settled = found
        return group if self._numbers_nothing else MarkerGroup(start + 1)

    def _marker(self, group: MarkerGroup, space: str) -> str:
        numbers = group.among(self._known)
        self._removed = not numbers
        if not numbers:
            return ""
        gap = "" if not self._said or _ENDS_IN_MARKER.search(self._said) else " "
        return gap + "".join(f"[{number}]" for number in numbers)

    def _joint(self, space: str, follower: str) -> str:
        """The space before a follower; one where a removed marker would join words or figures, as in "3[7]5"."""
        joined = self._removed and not space and _is_word(self._said[-1:]) and _is_word(follower)
        self._removed = False
        return " " if joined else space


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


# From the first Chinese character on there are no spaces between words.
def _is_word(char: str) -> bool:
    return (char.isalnum() and char < FIRST_HAN) or char == "†"


def _may_follow(said: str, space: str) -> bool:
    """Whether a citation in round brackets can stand after these words: not at a line's start, not in "f(1)"."""
    last = said[-1:]
    if not last or "\n" in space or _NAMING.search(said):
        return False
    if last in _CLOSERS or last in ".!?。！？…" or (last.isalnum() and last >= FIRST_HAN):
        return True
    return bool(space) and (last.isalnum() or last == "%")


def _ends_there(text: str, position: int, ended: bool) -> tuple[bool, int] | None:
    """Whether nothing follows that a number in brackets could number; None where that is not known yet.

    Then also how far the brackets go that follow each other, as the same is true of each of them.
    """
    limit = position + _LOOKED_AHEAD
    while True:
        start = _after_space(text, position)
        if start >= limit or "\n" in text[position:start]:
            return True, position
        if start == len(text):
            return (True, position) if ended else None
        if text[start] in _STOPS or text[start] in _CLOSERS:
            return True, position
        if text[start] not in OPENERS:
            return False, position
        group = read_marker_group(text, start, ended)
        if group is None:
            return None
        if group.is_explicit or group.overflows:
            return True, position
        if not group.ranges:
            return False, position
        position = group.end


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
    """The text without its citation markers, whatever their numbers."""
    stream = MarkerStream(())
    return stream.feed(text) + stream.finish()


def renumbered(
    sentences: Sequence[AnswerSentence], quotes: Sequence[Citation]
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """The sentences with their quotes numbered from 1 in order of first use, and those quotes in that order.

    A quote that no sentence cites is not among them.
    """
    used = dict.fromkeys(number for sentence in sentences for number in sentence.citations)
    by_number = {quote.number: quote for quote in quotes}
    new = {old: place for place, old in enumerate(used, start=1)}
    citations = tuple(replace(by_number[old], number=number) for old, number in new.items())
    if all(old == number for old, number in new.items()):
        return tuple(sentences), citations
    return tuple(_renumbered_sentence(sentence, new) for sentence in sentences), citations


def _renumbered_sentence(sentence: AnswerSentence, new: dict[int, int]) -> AnswerSentence:
    text = _NUMBER.sub(lambda match: f"[{new.get(int(match[1]), match[1])}]", sentence.text)
    return replace(sentence, text=text, citations=tuple(new[number] for number in sentence.citations))
