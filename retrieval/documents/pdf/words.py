"""Characters made words: what stands together on one line of one page, in one style."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.documents.pdf.glyphs import SLANTED, Glyph, PageBox, Style
from retrieval.full_text import Box
from retrieval.lexical.han import HAN

ASCENT, DESCENT = 0.76, 0.22
"""How far letters reach above and below their base line, as shares of their size; of usual fonts."""
_GAP = 0.22
"""A gap of this share of the size parts words where the page has no space."""
_CLOSE = 0.06
"""Less than this is no gap, although PDFium took it for a space."""
_FAR_BACK = 0.35
_SAME_BASE = 0.12
FIRST_UNSPACED = "\u3000"
UNSPACED = re.compile(f"[\u3000-\u30ff{HAN}\uf900-\ufaff\uff00-\uffef]")
"""Letters and marks of Chinese and Japanese, between which there is no space."""
_LEAST_SIZE = 1.5
"""Smaller letters cannot be read by anybody."""
_ACCENTS = {
    "\u00b4": "\u0301", "\u0060": "\u0300", "\u02c6": "\u0302", "\u005e": "\u0302", "\u00a8": "\u0308",
    "\u02dc": "\u0303", "\u02c7": "\u030c", "\u00b8": "\u0327", "\u02d8": "\u0306", "\u02dd": "\u030b",
    "\u02da": "\u030a", "\u00af": "\u0304", "\u02d9": "\u0307", "\u02db": "\u0328",
}  # fmt: skip
"""Accents that fonts of TeX draw over a letter, and the sign that joins with it."""


@dataclass(slots=True)
class Word:
    """A word, or a part of one in a style of its own.

    Places are in points from the top left of the page as it is read; `base` is that of its base line, `last` is where
    its last character begins. `spaced` says that there is a space before it.
    """

    text: str
    x0: float
    x1: float
    base: float
    style: Style
    spaced: bool
    last: float = 0.0

    @property
    def y0(self) -> float:
        return self.base - ASCENT * self.style.size

    @property
    def y1(self) -> float:
        return self.base + DESCENT * self.style.size


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page's words in the order in which they are drawn.

    `turn` is the direction in which most of its text runs; `aside` is the text that runs otherwise, such as the stamp
    at the left edge that arXiv prints.
    """

    number: int
    box: PageBox
    shown_turn: int
    turn: int
    words: tuple[Word, ...]
    aside: str = ""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page as it is read."""
        return self.box.size(self.turn)

    def shown(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The box of the page as it is shown, for one of the page as it is read; cut at the page's edges."""
        if self.turn != self.shown_turn:
            one = self.box.turned(*self.box.back(x0, y0, self.turn), self.shown_turn)
            other = self.box.turned(*self.box.back(x1, y1, self.turn), self.shown_turn)
            x0, x1 = min(one.x, other.x), max(one.x, other.x)
            y0, y1 = min(one.y, other.y), max(one.y, other.y)
        width, height = self.box.size(self.shown_turn)
        x0, x1 = min(max(x0, 0.0), width), min(max(x1, 0.0), width)
        return Box(self.number, x0, min(max(y0, 0.0), height), x1, min(max(y1, 0.0), height))


def page_words(number: int, box: PageBox, shown_turn: int, glyphs: Sequence[Glyph]) -> PageWords:
    """The words of page `number` (from 1), of its characters in the order in which they are drawn."""
    shown = _shown_glyphs(glyphs)
    ways = Counter(glyph.style.direction for glyph in shown)
    del ways[SLANTED]
    turn = max(ways, key=lambda way: (ways[way], way == shown_turn)) if ways else shown_turn
    along = [glyph for glyph in shown if glyph.style.direction == turn]
    aside = "".join(f"{' ' * g.spaced}{g.text}" for g in shown if g.style.direction != turn)
    return PageWords(number, box, shown_turn, turn, tuple(_words(along, box, turn)), aside[:2_000])


def _shown_glyphs(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Those that can be read; invisible ones only where the page has more of them, as it is the text of a scan."""
    readable = [glyph for glyph in glyphs if glyph.style.size >= _LEAST_SIZE]
    hidden = sum(1 for glyph in readable if glyph.style.invisible)
    if 2 * hidden > len(readable):
        return readable
    return [glyph for glyph in readable if not glyph.style.invisible]


def _words(glyphs: Iterable[Glyph], box: PageBox, turn: int) -> list[Word]:
    found: list[Word] = []
    word: Word | None = None
    before = (0.0, 0.0, 0.0)
    for glyph in glyphs:
        if turn == 0:
            place = x0, x1, base = glyph.x0 - box.left, glyph.x1 - box.left, box.top - glyph.y0
        else:
            start, end = box.turned(glyph.x0, glyph.y0, turn), box.turned(glyph.x1, glyph.y1, turn)
            place = x0, x1, base = min(start.x, end.x), max(start.x, end.x), start.y
        if word and place == before and not glyph.spaced:
            # One sign that stands for several letters, as "fi" does.
            word.text += glyph.text
        elif not (word and _joined(word, glyph, x0, x1, base)):
            word = Word(glyph.text, x0, x1, base, glyph.style, glyph.spaced, x0)
            found.append(word)
        before = place
    return found


def _joined(word: Word, glyph: Glyph, x0: float, x1: float, base: float) -> bool:
    """Whether the character goes on the word, which it then does."""
    style = word.style
    size = style.size
    gap = x0 - word.x1
    high = base - word.base
    if (glyph.text in _ACCENTS or word.text[-1] in _ACCENTS) and -size < 2 * high < size:
        accented = _accented(word, glyph.text, x0, x1)
        if accented:
            word.text = accented
            word.x0, word.x1 = min(word.x0, x0), max(word.x1, x1)
            return True
    if gap > (_CLOSE if glyph.spaced else _GAP) * size or gap < -_FAR_BACK * size:
        return False
    if not -_SAME_BASE * size <= high <= _SAME_BASE * size:
        return False
    if glyph.style is not style and glyph.style != style:
        return False
    if glyph.text >= FIRST_UNSPACED and UNSPACED.match(glyph.text):
        # Where words are not set apart, each character is one, so that it can be shown by itself.
        return False
    if "\u2014" in (glyph.text, word.text):
        # So that "Abstract—We show" can be parted.
        return False
    word.text += glyph.text
    word.last = x0
    if x1 > word.x1:
        word.x1 = x1
    return True


def _accented(word: Word, sign: str, x0: float, x1: float) -> str:
    """The word with its last letter and the sign as one, where one of both is an accent drawn over the other."""
    last = word.text[-1]
    letter, accent = (sign, last) if last in _ACCENTS else (last, sign)
    shared = min(word.x1, x1) - max(word.x1 - (x1 - x0), x0)
    if accent not in _ACCENTS or not letter.isalpha() or shared < 0.5 * (x1 - x0):
        return ""
    letter = {"\u0131": "i", "\u0237": "j"}.get(letter, letter)
    whole = unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return word.text[:-1] + whole if len(whole) == 1 else ""
