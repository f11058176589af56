"""Characters as a page has them, and the turns between the page's own space and the page as it is shown or read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

SLANTED = -1
"""The direction of text that runs neither along nor across the page."""


@dataclass(frozen=True, slots=True)
class Style:
    """What the characters of one run of text have in common.

    `size` is their size in points as they are shown; `font` the name of their font, without the prefix of a subset.
    `direction` is 0 where they run to the right in the page's own space, 1 up, 2 to the left, 3 down, or `SLANTED`.
    """

    size: float
    font: str = ""
    bold: bool = False
    italic: bool = False
    direction: int = 0
    invisible: bool = False


class Glyph(NamedTuple):
    """One character in the page's own space: the left and right end of its advance, in points, on its base line.

    `spaced` says that the page has a space before it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    style: Style
    spaced: bool


class Point(NamedTuple):
    """A place on a page, in points."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PageBox:
    """The part of a page that is shown, in the page's own space: points, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def holds(self, x: float, y: float) -> bool:
        """Whether the point is on what is shown of the page."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def size(self, turn: int) -> tuple[float, float]:
        """Width and height after `turn` quarters."""
        return (self.width, self.height) if turn % 2 == 0 else (self.height, self.width)

    def turned(self, x: float, y: float, turn: int) -> Point:
        """The point seen from the top left, y downwards, with what runs in the direction `turn` laid to the right.

        It is also where the point is shown on a page that says it is to be turned by `turn` quarters clockwise.
        """
        if turn == 0:
            return Point(x - self.left, self.top - y)
        if turn == 1:
            return Point(y - self.bottom, x - self.left)
        if turn == 2:
            return Point(self.right - x, y - self.bottom)
        return Point(self.top - y, self.right - x)

    def back(self, x: float, y: float, turn: int) -> Point:
        """What `turned` took this point from."""
        if turn == 0:
            return Point(x + self.left, self.top - y)
        if turn == 1:
            return Point(y + self.left, x + self.bottom)
        if turn == 2:
            return Point(self.right - x, y + self.bottom)
        return Point(self.right - y, self.top - x)
