"""A paper's whole text: exact to the character, with its sections, its pages, and where on them each word stands."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

MOST_CHARS = 5_000_000
"""A text is cut there; a book of 2,000 pages is shorter."""
SectionKind = Literal["abstract", "body", "caption", "references"]
"""What a section is: the paper's own abstract, text, the caption of a figure or table, or what is cited."""
_SAME_LINE = 0.5
"""Words stand in one line where their boxes share this part of the lower one's height."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on page `page` (from 1), in points from the top left of the page as it is shown."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Section:
    """Characters `start` to `end` of the text that stand under one heading, which is not among them."""

    title: str
    start: int
    end: int
    kind: SectionKind = "body"


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page's width and height in points, as it is shown."""

    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the words of a text stand: for each piece of a word that stands in one line, its place and its box.

    Piece n is the characters `starts[n]` to `ends[n]` of the text, on page `pages[n]` (from 1); its box is numbers
    4n to 4n + 3 of `sides`: x0, y0, x1, y1 as in `Box`. Pieces are in order and do not overlap; a word that is cut at a
    line's end has two. Types are those of `array`: "i", "i", "H" and "f".
    """

    starts: array[int]
    ends: array[int]
    pages: array[int]
    sides: array[float]

    def __len__(self) -> int:
        return len(self.starts)

    def within(self, start: int, end: int) -> range:
        """The numbers of the pieces of which any character is among those from `start` to `end`."""
        first = bisect_right(self.ends, start)
        return range(first, max(first, bisect_left(self.starts, end)))

    def box(self, piece: int) -> Box:
        """Where the piece of that number stands."""
        x0, y0, x1, y1 = (round(side, 2) for side in self.sides[4 * piece : 4 * piece + 4])
        return Box(self.pages[piece], x0, y0, x1, y1)


def layout_of(pieces: Iterable[tuple[int, int, Box]]) -> Layout:
    """The layout of pieces of words, in order: start and end in the text, and the box of each."""
    starts, ends, pages, sides = array("i"), array("i"), array("H"), array("f")
    for start, end, box in pieces:
        starts.append(start)
        ends.append(end)
        pages.append(box.page)
        sides.extend((box.x0, box.y0, box.x1, box.y1))
    return Layout(starts, ends, pages, sides)


NO_LAYOUT = layout_of(())


@dataclass(frozen=True, eq=False)
class FullText:
    """What a paper says in full.

    `text` is clean: in reading order, without headers, footers and page numbers, words whole again that were cut at a
    line's end; paragraphs are set apart by an empty line. `sections` are in order and do not overlap; headings belong
    to none. A text without pages, such as Markdown, has none of `pages`, and no layout. `file` is the SHA-256 of the
    PDF it was read from, by which the collection keeps it.
    """

    text: str
    sections: tuple[Section, ...] = ()
    pages: tuple[PageSize, ...] = ()
    layout: Layout = NO_LAYOUT
    file: str | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that can be quoted or shown of it."""
        parts = [self.text, repr(self.sections), repr(self.pages), self.file or ""]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Where the characters from `start` to `end` stand: a box for each line of a page, in reading order."""
        found: list[Box] = []
        for piece in self.layout.within(start, end):
            box = self.layout.box(piece)
            if found and _in_one_line(found[-1], box):
                found[-1] = _both(found[-1], box)
            else:
                found.append(box)
        return tuple(found)

    def page_of(self, start: int) -> int | None:
        """The page, from 1, on which the character at `start` stands; None in a text without pages."""
        pieces = self.layout.within(start, len(self.text))
        return self.layout.pages[pieces.start] if pieces else None

    def section_of(self, start: int) -> Section | None:
        """The section to which the character at `start` belongs."""
        place = bisect_right(self.sections, start, key=lambda section: section.start) - 1
        return self.sections[place] if place >= 0 and start < self.sections[place].end else None


def _in_one_line(before: Box, box: Box) -> bool:
    shared = min(before.y1, box.y1) - max(before.y0, box.y0)
    lower = min(before.y1 - before.y0, box.y1 - box.y0)
    return before.page == box.page and box.x0 >= before.x0 and shared >= _SAME_LINE * lower


def _both(one: Box, other: Box) -> Box:
    return Box(one.page, min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))


@dataclass(frozen=True, slots=True, eq=False)
class PaperText:
    """A paper's full text, read only when it is needed; what is told of it before needs no reading.

    `load` gives it, quickly where it was read lately, and raises `CorpusError` where it cannot be read.
    """

    load: Callable[[], FullText]
    digest: str
    characters: int
    pages: int = 0
    file: str | None = None


def text_at_hand(text: FullText) -> PaperText:
    """A text that was just read, as a paper has it."""
    return PaperText(lambda: text, text.digest, len(text.text), len(text.pages), text.file)


def plain_text(text: str, sections: Sequence[Section] = ()) -> FullText:
    """A text without pages; without sections it is one of them, without a title."""
    whole = text[:MOST_CHARS]
    return FullText(whole, tuple(sections) or ((Section("", 0, len(whole)),) if whole else ()))
