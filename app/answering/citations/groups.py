"""What may stand in the brackets of a citation marker: numbers, lists, ranges, a word such as "Source"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

LONGEST = 200
"""Characters that are looked at, so that what is held back is bounded."""
DEEPEST = 5
"""Brackets within brackets that are looked into, so that a run of them is not read anew from each."""
OPENERS = {"[": "]", "【": "】", "［": "］", "(": ")", "（": "）"}
_ROUND = "(（"
_SOURCES = """
source sources quote quotes ref refs reference references citation citations cite evidence passage passages excerpt
excerpts doc docs document documents paper papers 来源 引用 引文 证据 文献 资料
"""
_SOURCE_WORDS = frozenset(_SOURCES.split())
_OTHER_WORDS = frozenset(["and", "to", "see", "from", "no", "nos", "n", "和", "与", "至", "见"])
_WORDS = _SOURCE_WORDS | _OTHER_WORDS
_LEXEME = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?::\d+)?)|(?P<dash>[-–—~‐‑−～])|(?P<separator>[,;:#&^|、，；：])"
    r"|(?P<word>[A-Za-z]+|[\u3400-\u9fff]+)|(?P<tail>†[^\s\[\]()【】［］（）]*)"
)
_YEARS = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class MarkerGroup:
    """Brackets up to `end`: the ranges of numbers that they name, none where they are no marker.

    `is_explicit`: they can be nothing but a marker, as "[1]" and "(Source 1)", unlike "(1)".
    `overflows`: no end within `LONGEST` characters of nothing but numbers and brackets, or over `DEEPEST` of them open.
    """

    end: int
    ranges: tuple[tuple[int, int], ...] = ()
    is_explicit: bool = False
    overflows: bool = False

    def among(self, known: Collection[int]) -> list[int]:
        """The known numbers that are named, in order, each once."""
        within = (number for low, high in self.ranges for number in sorted(known) if low <= number <= high)
        return list(dict.fromkeys(within))

    def names_only(self, known: Collection[int]) -> bool:
        """Whether every number named is known."""
        return all(high - low < len(known) and set(range(low, high + 1)) <= set(known) for low, high in self.ranges)


def read_marker_group(text: str, start: int, ended: bool) -> MarkerGroup | None:
    """The brackets that open at `start`; None where that hangs on text that is still to come."""
    window = text[start : start + LONGEST]
    full = len(window) == LONGEST
    reader = _Reader()
    at = 0
    while at < len(window):
        char = window[at]
        if char in OPENERS:
            if len(reader.closers) == DEEPEST:
                return MarkerGroup(start + 1, overflows=True)
            reader.open(char)
            at += 1
        elif match := _LEXEME.match(window, at):
            at = match.end()
            complete = at < len(window) or (ended and not full)
            if not reader.take(str(match.lastgroup), match.group(), complete):
                return MarkerGroup(start + 1)
        elif reader.closes(char):
            at += 1
            if not reader.closers:
                return (
                    MarkerGroup(start + at, tuple(reader.ranges), reader.explicit)
                    if reader.ranges
                    else MarkerGroup(start + 1)
                )
        else:
            return MarkerGroup(start + 1)
    if full:
        return MarkerGroup(start + 1, overflows=True)
    return MarkerGroup(start + 1) if ended else None


class _Reader:
    """What has been read of a group so far."""

    def __init__(self) -> None:
        self.closers: list[str] = []
        self.ranges: list[tuple[int, int]] = []
        self.explicit = False
        self._dashed = False
        self._after_number = False

    def open(self, char: str) -> None:
        self.closers.append(OPENERS[char])
        self.explicit = self.explicit or char not in _ROUND
        self._dashed = self._after_number = False

    def closes(self, char: str) -> bool:
        self._dashed = self._after_number = False
        return self.closers.pop() == char

    def take(self, kind: str, lexeme: str, complete: bool) -> bool:
        """Read one lexeme; False where no marker can hold it. An incomplete one may still grow."""
        if kind == "word":
            return self._word(lexeme.casefold(), complete)
        if kind == "number":
            return self._number(lexeme, complete)
        if kind == "tail":
            self.explicit = True
        if kind != "space":
            self._dashed = kind == "dash" and self._after_number
            self._after_number = False
        return True

    def _word(self, word: str, complete: bool) -> bool:
        self._dashed = word in {"to", "至"} and self._after_number
        self._after_number = False
        self.explicit = self.explicit or word in _SOURCE_WORDS
        return word in _WORDS if complete else any(known.startswith(word) for known in _WORDS)

    def _number(self, lexeme: str, complete: bool) -> bool:
        # "4:0" counts messages and sources elsewhere; no quote has that number.
        number = int(lexeme[:9]) if lexeme.isdecimal() else 0
        if complete and len(lexeme) == 4 and number in _YEARS:
            return False
        if self._dashed:
            first = self.ranges.pop()[0]
            self.ranges.append((min(first, number), max(first, number)))
        else:
            self.ranges.append((number, number))
        self._after_number = not self._dashed
        self._dashed = False
        return True
