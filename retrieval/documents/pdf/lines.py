"""Words made lines: first what is drawn in one go, then whole lines of a column."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from retrieval.documents.pdf.glyphs import Style
from retrieval.documents.pdf.words import UNSPACED, Word

_WIDE_GAP = 1.0
"""A gap of this share of the size may lie between columns."""
_LEANING = 0.45
"""How far a base line may lie from the one before, as a share of the size, in one line: raised and lowered signs."""
_MOST_PIECES = 200
"""A line of more pieces is none, but a drawing."""
_SPACE = 0.2
_CLOSE = 0.06


@dataclass(eq=False)
class Line:
    """Words of one page that stand in one line, from left to right.

    `left` and `right` are the edges of the column that it stands in, known once there are columns.
    """

    words: list[Word]
    page: int
    left: float = 0.0
    right: float = 0.0
    marks: frozenset[int] = field(default=frozenset())
    """Numbers of those of the words that are marks of footnotes, and no part of the text."""

    @cached_property
    def main(self) -> Style:
        """The style of most of its letters."""
        letters: Counter[Style] = Counter()
        for word in self.words:
            letters[word.style] += len(word.text)
        return letters.most_common(1)[0][0]

    @cached_property
    def base(self) -> float:
        """The base line of most of its letters."""
        bases: Counter[float] = Counter()
        for word in self.words:
            if word.style.size >= 0.8 * self.size:
                bases[round(word.base, 1)] += len(word.text)
        return bases.most_common(1)[0][0] if bases else self.words[0].base

    @cached_property
    def size(self) -> float:
        return self.main.size

    @cached_property
    def x0(self) -> float:
        return min(word.x0 for word in self.words)

    @cached_property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @cached_property
    def text(self) -> str:
        return text_of(self.words)

    @cached_property
    def bold(self) -> float:
        """The share of its letters that are bold."""
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if word.style.bold) / letters

    @property
    def indent(self) -> float:
        """How far from its column's left edge it begins, in sizes of its letters."""
        return (self.x0 - self.left) / self.size


def text_of(words: Sequence[Word]) -> str:
    """What the words of a line say."""
    parts: list[str] = []
    for number, word in enumerate(words):
        if number and is_spaced(words[number - 1], word):
            parts.append(" ")
        parts.append(word.text)
    return "".join(parts)


def is_spaced(before: Word, word: Word) -> bool:
    """Whether there is a space between two words of a line."""
    gap = word.x0 - before.x1
    size = min(before.style.size, word.style.size)
    if UNSPACED.match(before.text[-1]) and UNSPACED.match(word.text[0]):
        return gap > size
    return gap > _SPACE * size or (word.spaced and gap > _CLOSE * size)


def is_unspaced(before: str, after: str) -> bool:
    """Whether what ends with `before` and what begins with `after` are joined without a space, as in Chinese."""
    # Signs as in English stand among Chinese ones, too.
    ends = UNSPACED.match(before[-1]) or (not before[-1].isalnum() and UNSPACED.match(before[-2:-1]))
    return bool(ends and (UNSPACED.match(after[0]) or after[0] in ",.;:!?)"))


def drawn_lines(words: Iterable[Word], page: int) -> list[Line]:
    """Words that follow one another on one line without a gap as wide as one between columns, in order of drawing."""
    found: list[Line] = []
    for word in words:
        if found and _goes_on(found[-1].words[-1], word, found[-1].words[0]):
            found[-1].words.append(word)
        else:
            found.append(Line([word], page))
    return found


def _goes_on(before: Word, word: Word, first: Word) -> bool:
    size = max(before.style.size, word.style.size)
    gap = word.x0 - before.x1
    near = min(abs(word.base - before.base), abs(word.base - first.base)) <= _LEANING * size
    return near and -0.6 * size < gap < _WIDE_GAP * size


def whole_lines(pieces: Sequence[Line]) -> list[Line]:
    """The lines of one column, from above: pieces that stand beside one another are one."""
    rows: list[list[Line]] = []
    bases: list[tuple[float, int]] = []
    farthest = _LEANING * max((piece.size for piece in pieces), default=0.0)
    # The taller first, so that a raised sign finds the line that it belongs to.
    for piece in sorted(pieces, key=lambda each: (-round(each.size, 1), each.base)):
        near = bases[bisect_left(bases, (piece.base - farthest, 0)) : bisect_right(bases, (piece.base + farthest, 0))]
        row = next((rows[number] for _, number in near if _beside(rows[number], piece)), None)
        if row is None:
            insort(bases, (piece.base, len(rows)))
            rows.append([piece])
        else:
            row.append(piece)
    lines = [_one(row) for row in rows]
    return sorted(lines, key=lambda line: (line.base, line.x0))


def _beside(row: Sequence[Line], piece: Line) -> bool:
    main = row[0]
    if abs(main.base - piece.base) > _LEANING * main.size or len(row) > _MOST_PIECES:
        return False
    # What lies over another, such as the limits of a sum, is a line of its own.
    return all(min(each.x1, piece.x1) - max(each.x0, piece.x0) <= 0.3 * piece.size for each in row)


def _one(row: Sequence[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    return Line([word for piece in sorted(row, key=lambda each: each.x0) for word in piece.words], row[0].page)
