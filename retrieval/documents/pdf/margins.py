"""What stands at a page's edges and is no part of the text: headers, footers, page numbers, numbers of lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from retrieval.documents.pdf.lines import Line, whole_lines

_EDGE = 0.13
"""Headers and footers stand in this share of the page's height, above and below."""
_ROWS = 3
"""As many rows of each edge may be such."""
_SAME_PLACE = 4.0
_LEAST_PAGES = 2
_LARGEST = 1.1
"""Headers are set in letters not larger than these shares of the usual ones; headings at a page's top may be."""
_SMALL = 0.95
_GAP = 1.6
"""A header is as many of its sizes away from the text, or in smaller letters."""
_RUNNING_SHARE = 0.6
"""A row stands apart at the top of this share of the pages where it is a running head, whatever it says."""
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—\[(]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[-–—\])]?(?:\s*(?:of|/)\s*\d{1,4})?")
_DIGITS = re.compile(r"\d+")
_LINE_NUMBER = re.compile(r"\d{1,4}")
_LEAST_NUMBERS = 8
_WIDEST_STEP = 5


@dataclass(frozen=True, slots=True)
class PageLines:
    """The pieces of lines of one page, and its width and height as it is read."""

    page: int
    width: float
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Margins:
    """The pages without what stands at their edges, and what stood there on the first of them."""

    pages: tuple[PageLines, ...]
    first: tuple[str, ...] = ()


def without_margins(pages: Sequence[PageLines]) -> Margins:
    """Leaves out the rows at the top and bottom that repeat, numbers of pages, and numbers of lines beside the text."""
    numberless = [_without_line_numbers(page) for page in pages]
    edges = [_edge_rows(page) for page in numberless]
    seen: Counter[tuple[str, int]] = Counter()
    for rows in edges:
        seen.update({key for row in rows for key in _keys(row)})
    running = _running_heads(numberless, edges)
    kept: list[PageLines] = []
    first: list[str] = []
    usual = median([line.size for page in pages for line in page.lines] or [0.0])
    for page, rows in zip(numberless, edges, strict=True):
        apart = {id(row) for row in _apart(page, rows, usual)}
        gone = [
            row
            for row in rows
            if (id(row) in apart and _repeats(row, seen)) or _is_number(row, page, rows) or id(row) in running
        ]
        if page.page == 1:
            first = [row.text for row in gone]
        words = {id(word) for row in gone for word in row.words}
        left = tuple(line for line in page.lines if id(line.words[0]) not in words)
        kept.append(PageLines(page.page, page.width, page.height, left))
    return Margins(tuple(kept), tuple(first))


def _apart(page: PageLines, rows: Sequence[Line], usual: float) -> list[Line]:
    """Of the outermost rows those that can be a header or footer: small, or set apart from the text by a gap."""
    found: list[Line] = []
    bases = sorted(line.base for line in page.lines)
    for above in (True, False):
        edge = [row for row in rows if (row.base < page.height / 2) == above]
        block: list[Line] = []
        for row in edge if above else reversed(edge):
            block.append(row)
            step = _next(bases, row, above)
            # On a page with nothing else, a header is a single row.
            if (step is None and len(block) == 1) or (step and step > _GAP * row.size):
                found += [each for each in block if each.size <= _LARGEST * usual]
                break
        else:
            found += [row for row in edge if row.size <= _SMALL * usual]
    return found


def _next(bases: Sequence[float], row: Line, above: bool) -> float | None:
    """How far the next line towards the middle of the page is away; None where there is none."""
    steps = [
        abs(base - row.base) for base in bases if (base > row.base) == above and abs(base - row.base) > row.size / 2
    ]
    return min(steps, default=None)


def _edge_rows(page: PageLines) -> list[Line]:
    """The outermost rows of the page within its edges, those above first."""
    top = whole_lines([line for line in page.lines if line.base < _EDGE * page.height])
    bottom = whole_lines([line for line in page.lines if line.base > (1 - _EDGE) * page.height])
    return [*top[:_ROWS], *bottom[-_ROWS:]]


def _keys(row: Line) -> list[tuple[str, int]]:
    """What is the same of a header wherever it stands: its words without numbers, and about its height."""
    said = _DIGITS.sub("#", row.text.casefold()).replace(" ", "")
    slot = int(row.base // _SAME_PLACE)
    return [(said, slot), (said, slot + 1)]


def _repeats(row: Line, seen: Counter[tuple[str, int]]) -> bool:
    return len(row.text) > 1 and max(seen[key] for key in _keys(row)) >= _LEAST_PAGES


def _is_number(row: Line, page: PageLines, rows: Sequence[Line]) -> bool:
    """Whether it is a page's number: alone in the outermost row."""
    if not _PAGE_NUMBER.fullmatch(row.text.strip().casefold()):
        return False
    above = row.base < page.height / 2
    others = [other for other in rows if other is not row and (other.base < page.height / 2) == above]
    return all(other.base > row.base if above else other.base < row.base for other in others) or len(row.text) <= 3


def _running_heads(pages: Sequence[PageLines], edges: Sequence[Sequence[Line]]) -> set[int]:
    """The topmost rows that stand apart from the text at one height of most pages, whatever they say."""
    apart: defaultdict[int, list[Line]] = defaultdict(list)
    for page, rows in zip(pages, edges, strict=True):
        top = [row for row in rows if row.base < _EDGE * page.height]
        below = [line.base for line in page.lines if top and line.base > top[0].base + 0.5 * top[0].size]
        if top and below and min(below) - top[0].base > 1.7 * top[0].size and top[0].base < 0.1 * page.height:
            apart[round(top[0].base)].append(top[0])
    least = max(4, _RUNNING_SHARE * len(pages))
    return {id(row) for rows in apart.values() if len(rows) >= least for row in rows}


def _without_line_numbers(page: PageLines) -> PageLines:
    """Leaves out numbers that count the lines, in a column of their own beside the text."""
    numbers = [line for line in page.lines if _LINE_NUMBER.fullmatch(line.text)]
    if len(numbers) < _LEAST_NUMBERS:
        return page
    columns: defaultdict[int, list[Line]] = defaultdict(list)
    for line in numbers:
        columns[round(line.x1 / 3)].append(line)
    gone: set[int] = set()
    for column in columns.values():
        if len(column) >= _LEAST_NUMBERS and _counts(column) and _is_outside(column, page):
            gone |= {id(line) for line in column}
    left = tuple(line for line in page.lines if id(line) not in gone)
    return PageLines(page.page, page.width, page.height, left)


def _counts(column: Sequence[Line]) -> bool:
    """Whether the numbers go up by the same step from line to line."""
    told = [int(line.text) for line in sorted(column, key=lambda line: line.base)]
    steps = [after - before for before, after in pairwise(told)]
    step = median(steps)
    return 1 <= step <= _WIDEST_STEP and sum(each == step for each in steps) >= 0.8 * len(steps)


def _is_outside(column: Sequence[Line], page: PageLines) -> bool:
    """Whether hardly any of the text stands above or below the numbers."""
    x0, x1 = min(line.x0 for line in column), max(line.x1 for line in column)
    numbers = {id(line) for line in column}
    over = sum(line.x0 < x1 and line.x1 > x0 and id(line) not in numbers for line in page.lines)
    return over <= 0.1 * len(page.lines)
