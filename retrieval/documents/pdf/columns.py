"""The order in which a page is read: full lines and columns, from above and from the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

from retrieval.documents.pdf.lines import Line, whole_lines
from retrieval.documents.pdf.margins import PageLines

_LEAST_WIDTH = 200.0
"""A narrower area has no columns."""
_MIDDLE = 0.22
"""A gutter lies at least this share of the width from both edges."""
_NARROWEST, _WIDEST = 5.0, 0.14
"""Of gutters: in points, and as a share of the width."""
_LINES_WITHIN = (0, 1, 2, 4)
_LEAST_LINES = 5
_LEAST_FILL = 0.5
"""Columns of a text fill their width with it; those of a table do not."""
_WELL = 0.8
_MOST_CROSSING = 0.6
"""Of a page on which more than this share runs over the place where other pages have a gutter, all is one column."""
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Gutter:
    """The empty strip between two columns."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that are read from above to below, one after the other."""

    lines: tuple[Line, ...]


def columns_in_order(pages: Sequence[PageLines]) -> list[list[Column]]:
    """The columns of each page, in the order in which they are read."""
    own = [find_gutter(page.lines) for page in pages]
    found = [gutter for gutter in own if gutter]
    # A page that is hardly filled, such as the last, has its columns where the others have them.
    usual = Gutter(median(g.left for g in found), median(g.right for g in found)) if found else None
    return [
        _ordered(page.lines, gutter or (usual if usual and _can_have(page.lines, usual) else None), _DEEPEST)
        for page, gutter in zip(pages, own, strict=True)
    ]


def find_gutter(pieces: Sequence[Line]) -> Gutter | None:
    """The strip that parts the pieces of lines into two columns; None where there is none."""
    if len(pieces) < 2 * _LEAST_LINES:
        return None
    # Text that runs backwards ends before it begins.
    ends = [end for piece in pieces for end in (piece.x0, piece.x1)]
    left, right = min(ends), max(ends)
    width = right - left
    if not _LEAST_WIDTH <= width < 20_000:
        return None
    strip = _emptiest(pieces, left, width)
    if not strip or not _NARROWEST <= strip.right - strip.left <= max(_WIDEST * width, 20.0):
        return None
    before, after, _ = parted(pieces, strip)
    sides = ((before, strip.left - left), (after, right - strip.right))
    return strip if _are_columns(*sorted(sides, key=lambda side: len(side[0]))) else None


def _emptiest(pieces: Sequence[Line], left: float, width: float) -> Gutter | None:
    """The strip in the middle that the least of the text runs over."""
    changes = [0.0] * (int(width) + 3)
    for piece in pieces:
        first, last = sorted((piece.x0, piece.x1))
        changes[int(first - left)] += piece.size
        changes[int(last - left) + 1] -= piece.size
    crossing = list(accumulate(changes))
    low, high = int(_MIDDLE * width), int((1 - _MIDDLE) * width)
    middle = crossing[low:high]
    usual = median(piece.size for piece in pieces)
    strip: tuple[int, int] | None = None
    # A title or the names of authors may end within the gutter: a few lines more may run over a part of it.
    for more in _LINES_WITHIN:
        strip = _widest(middle, min(middle, default=0.0) + more * usual + 0.01)
        if strip and strip[1] - strip[0] >= _NARROWEST:
            break
    return Gutter(left + low + strip[0], left + low + strip[1]) if strip else None


def _widest(crossing: Sequence[float], most: float) -> tuple[int, int] | None:
    """Where the longest row of numbers begins and ends of which none is above `most`."""
    best: tuple[int, int] | None = None
    start: int | None = None
    for place, over in enumerate([*crossing, float("inf")]):
        if over <= most:
            start = place if start is None else start
        elif start is not None:
            best = (start, place) if best is None or place - start > best[1] - best[0] else best
            start = None
    return best


def _are_columns(shorter: tuple[Sequence[Line], float], longer: tuple[Sequence[Line], float]) -> bool:
    """Whether both sides are columns; beside a long column that is filled well, the other may have begun only."""
    rows, fill = _filled(*longer)
    other_rows, other_fill = _filled(*shorter)
    if min(fill, other_fill) < _LEAST_FILL:
        return False
    return min(rows, other_rows) >= _LEAST_LINES or (other_rows >= 2 and rows >= 3 * _LEAST_LINES and fill >= _WELL)


def _filled(side: Sequence[Line], width: float) -> tuple[int, float]:
    """How many rows a side has, and which share of their width is filled."""
    rows = whole_lines(side)
    room = width * sum(row.size for row in rows)
    return len(rows), sum(piece.width * piece.size for piece in side) / room if room > 0 else 0.0


def parted(pieces: Sequence[Line], gutter: Gutter) -> tuple[list[Line], list[Line], list[Line]]:
    """The pieces left of the gutter, right of it, and those that run over it."""
    before = [piece for piece in pieces if piece.x1 <= gutter.middle]
    after = [piece for piece in pieces if piece.x0 >= gutter.middle]
    over = [piece for piece in pieces if piece.x0 < gutter.middle < piece.x1]
    return before, after, over


def _can_have(pieces: Sequence[Line], gutter: Gutter) -> bool:
    before, after, over = parted(pieces, gutter)
    weight = [sum(piece.width * piece.size for piece in side) for side in (before, after, over)]
    return bool(after) and weight[2] <= _MOST_CROSSING * sum(weight)


def _ordered(pieces: Sequence[Line], gutter: Gutter | None, deeper: int) -> list[Column]:
    if not pieces:
        return []
    if gutter is None or not deeper:
        return [_column(pieces, _edges(pieces))]
    before, after, over = _true_sides(parted(pieces, gutter), gutter)
    edges = _edges(before), _edges(after), _edges([*before, *after, *over])
    rows = whole_lines(over)
    found: list[Column] = []
    full: list[Line] = []
    above = float("-inf")
    for row in [*rows, None]:
        below = row.base if row else float("inf")
        sides = [[piece for piece in side if above <= piece.base < below] for side in (before, after)]
        if any(sides):
            found += [_column(full, edges[2])] if full else []
            full = []
            for side, ends in zip(sides, edges[:2], strict=True):
                found += _side(side, ends, deeper - 1)
        full += [row] if row else []
        above = below
    return [*found, *([_column(full, edges[2])] if full else [])]


def _side(pieces: Sequence[Line], edges: tuple[float, float], deeper: int) -> list[Column]:
    if not pieces:
        return []
    inner = find_gutter(pieces) if deeper else None
    return _ordered(pieces, inner, deeper) if inner else [_column(pieces, edges)]


def _true_sides(sides: tuple[list[Line], list[Line], list[Line]], gutter: Gutter) -> tuple[list[Line], ...]:
    """The same, with what stands in one line with what runs over, and what runs over beside a line of a column."""
    before, after, over = sides
    full = [piece for piece in over if not any(_reaches_beside(other, piece) for other in [*before, *after])]
    for piece in over:
        if piece not in full:
            (before if (piece.x0 + piece.x1) / 2 < gutter.middle else after).append(piece)
    for piece in sorted(before, key=lambda each: each.base):
        if _ends_full(piece, full, after):
            full.append(piece)
    taken = {id(piece) for piece in full}
    joined = [
        [piece for piece in side if id(piece) not in taken and not any(_is_near(piece, row) for row in full)]
        for side in (before, after)
    ]
    kept = {id(piece) for side in joined for piece in side} | taken
    full += [piece for side in (before, after) for piece in side if id(piece) not in kept]
    return joined[0], joined[1], full


def _ends_full(piece: Line, full: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether the piece is the last line of a paragraph that is set over both columns, but does not fill it."""
    above = any(
        0 < piece.base - row.base <= 1.5 * piece.size and abs(piece.x0 - row.x0) < 2 and piece.main == row.main
        for row in full
    )
    return above and not any(_is_level(piece, other) for other in after)


def _is_level(one: Line, other: Line) -> bool:
    return abs(one.base - other.base) < 0.5 * min(one.size, other.size)


def _reaches_beside(other: Line, piece: Line) -> bool:
    """Whether a line of a column stands beside a piece, with a gap, and hardly any of the piece is in that column."""
    apart = max(other.x0 - piece.x1, piece.x0 - other.x1)
    return _is_level(other, piece) and apart >= 0 and other.width > 0.6 * piece.width


def _is_near(piece: Line, row: Line) -> bool:
    apart = max(piece.x0 - row.x1, row.x0 - piece.x1)
    return abs(piece.base - row.base) < 0.5 * row.size and apart < 3 * row.size


def _edges(pieces: Sequence[Line]) -> tuple[float, float]:
    """Where lines begin and end: of those that begin farthest left and end farthest right, all but the outermost."""
    if not pieces:
        return 0.0, 0.0
    starts, ends = sorted(piece.x0 for piece in pieces), sorted(piece.x1 for piece in pieces)
    few = len(pieces) // 20
    return starts[few], ends[-1 - few]


def _column(pieces: Sequence[Line], edges: tuple[float, float]) -> Column:
    lines = whole_lines(pieces)
    for line in lines:
        line.left, line.right = edges
    return Column(tuple(lines))
