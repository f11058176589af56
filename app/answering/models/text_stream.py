"""Text that arrives in pieces: tokens to text, thoughts removed, stop strings honoured.

Each stage has `feed(piece) -> str`, what can be passed on now, and `finish() -> str`,
what was held back and no longer needs to be. How the stream is cut never changes the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

THINK_OPENS = "<think>"
THINK_CLOSES = "</think>"
_SPACE = re.compile(r"\s*")
_UNFINISHED_CHARACTER = "\ufffd"


class Detokenizer:
    """Turns token ids into text as they come.

    `decode` gives the text of a list of ids. Bytes of a character that is not
    whole yet are held back.
    """

    def __init__(self, decode: Callable[[list[int]], str]) -> None:
        self._decode = decode
        self._ids: list[int] = []
        # The ids before `_told_from` are gone for good; those up to `_told_to` are told, and kept
        # because many tokenizers write a token differently at the start of a text.
        self._told_from = 0
        self._told_to = 0

    def feed(self, ids: Iterable[int]) -> str:
        self._ids.extend(ids)
        text = self._untold()
        if not text or text.endswith(_UNFINISHED_CHARACTER):
            return ""
        self._told_from, self._told_to = self._told_to, len(self._ids)
        return text

    def finish(self) -> str:
        text = self._untold()
        self._told_from = self._told_to = len(self._ids)
        return text

    def _untold(self) -> str:
        told = self._decode(self._ids[self._told_from : self._told_to])
        return self._decode(self._ids[self._told_from :])[len(told) :]


class ThinkBlock:
    """Drops `<think>…</think>` from the beginning of an answer, with the white space after it.

    Only there: further on, the same letters may be a quote from a paper on reasoning models.
    `opened` says that the prompt has opened the block already, as some templates do.
    Of a thought, or of white space before the answer, nothing is kept, however long it goes on.
    """

    def __init__(self, opened: bool = False) -> None:
        self._inside = opened
        self._passed = False
        self._held = ""

    def feed(self, piece: str) -> str:
        if self._passed:
            return piece
        text, at = self._held + piece, 0
        while True:
            if self._inside:
                end = text.find(THINK_CLOSES, at)
                if end < 0:
                    # Only what could become the thought's end needs keeping.
                    self._held = text[max(at, len(text) - len(THINK_CLOSES) + 1) :]
                    return ""
                at, self._inside = end + len(THINK_CLOSES), False
            at = _after_space(text, at)
            if text.startswith(THINK_OPENS, at):
                at, self._inside = at + len(THINK_OPENS), True
                continue
            self._held = text[at:]
            self._passed = not THINK_OPENS.startswith(self._held)
            return self._release() if self._passed else ""

    def finish(self) -> str:
        if self._inside:
            self._held = ""
        return self._release()

    def _release(self) -> str:
        text, self._held, self._passed = self._held, "", True
        return text


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


class StopStrings:
    """Ends the text before the first of `strings`; `reached` says that it has come."""

    def __init__(self, strings: Sequence[str] | None) -> None:
        self._strings = tuple(string for string in strings or () if string)
        self._held = ""
        self.reached = False

    def feed(self, piece: str) -> str:
        if self.reached:
            return ""
        text = self._held + piece
        places = [place for string in self._strings if (place := text.find(string)) >= 0]
        if places:
            self._held, self.reached = "", True
            return text[: min(places)]
        keep = _length_of_begun(text, self._strings)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> str:
        text, self._held = self._held, ""
        return text


def _length_of_begun(text: str, strings: Sequence[str]) -> int:
    """The length of the longest end of `text` that begins one of `strings` without completing it."""
    longest = max((len(string) for string in strings), default=1) - 1
    for length in range(min(longest, len(text)), 0, -1):
        if any(string.startswith(text[-length:]) for string in strings):
            return length
    return 0
