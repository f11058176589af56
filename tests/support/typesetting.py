"""Sets text on the pages of a PDF as LaTeX does, and remembers where each word stands: for tests of reading it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

CHINESE = "STSong-Light"
_VOWELS = "aeiouy"
_HYPHENATED = re.compile(r"[^\W\d_]{7,}[.,;:]?")


@dataclass(frozen=True)
class Shape:
    """Of a paper's pages, in points: size as shown, margins, columns, and how they are written to the file."""

    width: float = 612.0
    height: float = 792.0
    columns: int = 2
    margin: float = 54.0
    gutter: float = 18.0
    size: float = 10.0
    leading: float = 12.0
    font: str = "Times-Roman"
    bold: str = "Times-Bold"
    turned: bool = False
    crop: float = 0.0
    whole_lines: bool = False

    @property
    def column_width(self) -> float:
        return (self.width - 2 * self.margin - (self.columns - 1) * self.gutter) / self.columns


@dataclass(frozen=True)
class Placed:
    """A piece of a word as it was drawn: points from the top left of the page as it is shown, on its base line."""

    text: str
    page: int
    x0: float
    x1: float
    base: float
    size: float


@dataclass
class Set:
    """A paragraph that was set: its true text, and the pieces of its words in order."""

    text: str
    pieces: list[Placed] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    words: tuple[str, ...]
    cut: bool = False


class Typesetter:
    """Fills columns and pages from above; `paragraph`, `heading` and `float` are told in reading order."""

    def __init__(self, shape: Shape, header: str = "", footer: str = "", numbers: bool = True) -> None:
        self.shape = shape
        self.page = 0
        self._header, self._footer, self._numbers = header, footer, numbers
        self._file = BytesIO()
        self._canvas = Canvas(self._file, pagesize=self._size(), invariant=1, pageCompression=1)
        if shape.font == CHINESE:
            pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
        self.new_page()

    def about(self, title: str, author: str) -> None:
        """What the file says of itself."""
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)

    def finished(self) -> bytes:
        """The PDF."""
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()

    def _size(self) -> tuple[float, float]:
        """The page with what is cut away; reportlab itself swaps the sides of one that is to be turned."""
        more = 2 * self.shape.crop
        return self.shape.width + more, self.shape.height + more

    def new_page(self) -> None:
        """Begins a page, with its header, footer and number."""
        shape = self.shape
        if self.page:
            self._canvas.showPage()
        self.page += 1
        if shape.turned:
            self._canvas.setPageRotation(90)
            self._canvas.transform(0, 1, -1, 0, self._size()[1], 0)
        if shape.crop:
            wide, high = self._size()
            self._canvas.setCropBox((shape.crop, shape.crop, wide - shape.crop, high - shape.crop))
            self._canvas.translate(shape.crop, shape.crop)
            # Nobody sees this.
            self.draw("cut away by the printer", 20, -shape.crop / 2, shape.font, 8)
        top, bottom = shape.margin - 20, shape.height - shape.margin / 2
        if self._header:
            self.draw(self._header, shape.margin, top, shape.font, 8)
        if self._footer:
            self.draw(self._footer, shape.margin, bottom, shape.font, 8)
        if self._numbers:
            self.draw(str(self.page), shape.width / 2, bottom + 10, shape.font, 9)
        self.top = self.y = shape.margin
        self.column = 0
        self._bottoms = [shape.height - shape.margin] * shape.columns

    def next_column(self) -> None:
        if self.column + 1 < self.shape.columns:
            self.column += 1
            self.y = self.top
        else:
            self.new_page()

    @property
    def left(self) -> float:
        return self.shape.margin + self.column * (self.shape.column_width + self.shape.gutter)

    @property
    def room(self) -> float:
        return self._bottoms[self.column] - self.y

    def draw(self, text: str, x: float, base: float, font: str, size: float, spread: float = 0.0) -> None:
        """Draws text with its base line so far below the page's top."""
        pen = self._canvas.beginText(x, self.shape.height - base)
        pen.setFont(font, size)
        # It would stay as the line before had it.
        pen.setWordSpace(spread)
        pen.textOut(text)
        self._canvas.drawText(pen)

    def white(self, text: str, x: float, base: float) -> None:
        """Draws text in the colour of the paper."""
        self._canvas.setFillGray(1)
        self.draw(text, x, base, self.shape.font, 8)
        self._canvas.setFillGray(0)

    def stamp(self, text: str) -> None:
        """What arXiv prints at the left edge, from below to above."""
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(30, 200)
        canvas.rotate(90)
        canvas.setFont("Times-Roman", 18)
        canvas.drawString(0, 0, text)
        canvas.restoreState()

    def line(self, x0: float, y: float, x1: float) -> None:
        self._canvas.line(x0, self.shape.height - y, x1, self.shape.height - y)

    def centred(self, text: str, size: float, bold: bool = False, full: bool = False) -> None:
        """One line in the middle of the column, or of the page."""
        font = self.shape.bold if bold else self.shape.font
        left, width = (self.shape.margin, self.shape.width - 2 * self.shape.margin) if full else (
            self.left, self.shape.column_width
        )  # fmt: skip
        self.y += 1.2 * size
        self.draw(text, left + (width - self.measure(text, font, size)) / 2, self.y, font, size)

    def measure(self, text: str, font: str, size: float) -> float:
        return float(pdfmetrics.stringWidth(text, font, size))

    def gap(self, points: float) -> None:
        self.y += points

    def below(self) -> None:
        """What follows begins below what was set over the whole width."""
        self.top = self.y

    def heading(self, text: str, size: float, centred: bool = False) -> None:
        if self.room < 4 * self.shape.leading + 1.5 * size:
            self.next_column()
        if self.y > self.top:
            self.y += 0.8 * size
        if centred:
            self.centred(text, size, bold=True)
        else:
            self.y += 1.2 * size
            self.draw(text, self.left, self.y, self.shape.bold, size)
        self.y += 0.35 * size

    def paragraph(
        self,
        text: str,
        indent: float = 0.0,
        hanging: float = 0.0,
        size: float | None = None,
        inset: float = 0.0,
        note: tuple[str, str] | None = None,
        full: bool = False,
    ) -> tuple[Set, Set | None]:
        """Sets a paragraph, over columns and pages as it comes; `note` is a footnote's mark and text.

        Gives what was set of the paragraph, and of the footnote.
        """
        shape = self.shape
        size = size or shape.size
        leading = size * shape.leading / shape.size
        width = (shape.width - 2 * shape.margin if full else shape.column_width) - 2 * inset
        rows = list(self._rows(text, width, size, indent, hanging))
        if note:
            self._reserve(note[1])
        made, told = Set(text), None
        for number, row in enumerate(rows):
            if self.room < leading:
                self.next_column()
                if note and told is None:
                    self._reserve(note[1])
            self.y += leading
            start = indent if number == 0 else hanging
            last = number == len(rows) - 1
            left = (shape.margin if full else self.left) + inset
            self._draw_row(made, row, (left + start, width - start), size, last)
            if last and note:
                end = made.pieces[-1].x1
                self.draw(note[0], end, self.y - 0.35 * size, shape.font, 0.7 * size)
                told = self._draw_note(note)
        return made, told

    def _reserve(self, text: str) -> None:
        size = 0.8 * self.shape.size
        rows = len(list(self._rows(text, self.shape.column_width, size, size, 0)))
        self._noted = self._bottoms[self.column] - rows * 1.2 * size - 6
        if self._noted > self.y + 3 * self.shape.leading:
            self._bottoms[self.column] = self._noted
        else:
            self.next_column()
            self._reserve(text)

    def _draw_note(self, note: tuple[str, str]) -> Set:
        size = 0.8 * self.shape.size
        before, self.y = self.y, self._bottoms[self.column]
        self.line(self.left, self.y + 4, self.left + 60)
        self.y += 6
        made = Set(note[1])
        rows = list(self._rows(note[1], self.shape.column_width, size, size, 0))
        for number, row in enumerate(rows):
            self.y += 1.2 * size
            start = size if number == 0 else 0.0
            if number == 0:
                self.draw(note[0], self.left + 0.4 * size, self.y - 0.3 * size, self.shape.font, 0.7 * size)
            place = self.left + start, self.shape.column_width - start
            self._draw_row(made, row, place, size, number == len(rows) - 1)
        self.y = before
        return made

    def _draw_row(self, made: Set, row: _Row, place: tuple[float, float], size: float, last: bool) -> None:
        x, width = place
        font = self.shape.font
        if font == CHINESE:
            self.draw("".join(row.words), x, self.y, font, size)
        widths = [self.measure(word, font, size) for word in row.words]
        space = self.measure(" ", font, size) if font != CHINESE else 0.0
        if not last and len(widths) > 1 and font != CHINESE:
            space = (width - sum(widths)) / (len(widths) - 1)
        whole = self.shape.whole_lines and font != CHINESE
        if whole:
            self.draw(" ".join(row.words), x, self.y, font, size, space - self.measure(" ", font, size))
        for number, (word, wide) in enumerate(zip(row.words, widths, strict=True)):
            if not whole and font != CHINESE:
                self.draw(word, x, self.y, font, size)
            cut = row.cut and number == len(widths) - 1
            end = x + wide - (self.measure("-", font, size) if cut else 0.0)
            made.pieces.append(Placed(word[:-1] if cut else word, self.page, x, end, self.y, size))
            x += wide + space

    def _rows(self, text: str, width: float, size: float, indent: float, hanging: float) -> Iterator[_Row]:
        """The text in lines: as many words as fit, with a part of the next where it can be cut."""
        font = self.shape.font
        words = list(text) if font == CHINESE else text.split(" ")
        space = 0.0 if font == CHINESE else self.measure(" ", font, size)
        row: list[str] = []
        room = width - indent
        while words:
            word = words.pop(0)
            taken = sum(self.measure(each, font, size) + space for each in row)
            if taken + self.measure(word, font, size) <= room or not row:
                row.append(word)
                continue
            start, word, put = self._cut(word, room - taken, size)
            yield _Row((*row, start) if start else tuple(row), cut=put)
            words.insert(0, word)
            row, room = [], width - hanging
        yield _Row(tuple(row))

    def _cut(self, word: str, room: float, size: float) -> tuple[str, str, bool]:
        """The part of a word that fits, with its hyphen, the rest, and whether the hyphen was put there."""
        font = self.shape.font
        for place in range(len(word) - 3, 2, -1):
            if word[place - 1] == "-" and self.measure(word[:place], font, size) <= room:
                return word[:place], word[place:], False
            soft = _HYPHENATED.fullmatch(word) and word[place - 1] in _VOWELS and word[place] not in _VOWELS
            if soft and self.measure(word[:place] + "-", font, size) <= room:
                return word[:place] + "-", word[place:], True
        return "", word, False


def boxes_of(pieces: Sequence[Placed]) -> list[tuple[int, float, float]]:
    """Where the middle of each piece is: page, and points from the page's top left."""
    return [(piece.page, (piece.x0 + piece.x1) / 2, piece.base - 0.25 * piece.size) for piece in pieces]
