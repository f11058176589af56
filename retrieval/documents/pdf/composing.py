"""The clean text, and the map from it to the words on the pages: each piece of a word with its place and its box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from retrieval.documents.pdf.hyphens import Vocabulary
from retrieval.documents.pdf.lines import Line, is_spaced, is_unspaced
from retrieval.documents.pdf.words import UNSPACED, PageWords, Word
from retrieval.full_text import MOST_CHARS, Box, Layout, layout_of

_RAISED = 0.8
_DASHED = re.compile(r"\w[—–/]$")


class Composer:
    """Puts lines together to one text; nothing is taken back, so places only grow."""

    def __init__(self, pages: Mapping[int, PageWords], vocabulary: Vocabulary) -> None:
        self._pages, self._vocabulary = pages, vocabulary
        self._parts: list[str] = []
        self._pieces: list[tuple[int, int, Box]] = []
        self.length = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more goes into the text."""
        return self.length >= MOST_CHARS

    def add(self, lines: Sequence[Line]) -> tuple[int, int]:
        """Adds a paragraph; gives where it starts and ends in the text. Both are the same where it is empty."""
        if self.length:
            self._put("\n\n")
        start = self.length
        for number, line in enumerate(lines):
            tokens = list(_tokens(line))
            below = lines[number + 1] if number + 1 < len(lines) else None
            self._add_line(line, tokens, below)
        if self.length == start and start:
            self._parts.pop()
            self.length -= 2
            return self.length, self.length
        return start, self.length

    def _add_line(self, line: Line, tokens: Sequence[list[Word]], below: Line | None) -> None:
        for place, token in enumerate(tokens):
            if place:
                self._put(" ")
            said = "".join(word.text for word in token)
            ends = place == len(tokens) - 1 and below is not None
            if ends and below and said.endswith("-") and len(said) > 1:
                # A dash stays; a hyphen goes where the word is whole without it.
                kept = said.endswith("--") or self._vocabulary.keeps_hyphen(said, below.text)
                self._piece(line, token, said if kept else said[:-1])
                return
            self._piece(line, token, said)
        if below and tokens and not _is_joined("".join(word.text for word in tokens[-1]), below.text):
            self._put(" ")

    def _piece(self, line: Line, token: Sequence[Word], said: str) -> None:
        """Adds a token; where it is not a single word its parts are pieces, so that each can be shown."""
        cut = len("".join(word.text for word in token)) > len(said)
        for together in _parts(line, token):
            word = together[-1]
            text = "".join(each.text for each in together)
            ends = cut and word is token[-1]
            # The box ends where the hyphen begins that is not in the text.
            x0, x1 = min(each.x0 for each in together), word.last if ends else word.x1
            y0, y1 = min(each.y0 for each in together), max(each.y1 for each in together)
            start = self.length
            self._put(text[:-1] if ends else text)
            if self.length > start:
                box = self._pages[line.page].shown(x0, y0, max(x0, x1), y1)
                self._pieces.append((start, self.length, box))

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)

    def text(self) -> str:
        """All that was added, paragraphs set apart by an empty line."""
        return "".join(self._parts)

    def layout(self) -> Layout:
        """Where all of it stands."""
        return layout_of(self._pieces)


def _parts(line: Line, token: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The token as one, or by its words where some stand raised or are characters of Chinese."""
    apart = any(UNSPACED.match(word.text) or word.style.size < _RAISED * line.size for word in token)
    if not apart:
        yield token
        return
    for word in token:
        yield (word,)


def _is_joined(end: str, start: str) -> bool:
    """Whether the last word of a line and the next line are one word, without a hyphen."""
    dashed = bool(_DASHED.search(end)) or start[0] == "—"
    return dashed or is_unspaced(end, start) or ("://" in end and end[-1] in "/._?=&")


def _tokens(line: Line) -> Iterator[list[Word]]:
    """The words of a line with what stands beside them without a space, without marks of footnotes."""
    token: list[Word] = []
    before: Word | None = None
    for number, word in enumerate(line.words):
        if token and before and is_spaced(before, word):
            yield token
            token = []
        before = word
        if number not in line.marks:
            token.append(word)
    if token:
        yield token
