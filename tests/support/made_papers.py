"""Papers with known text, set as PDFs: sixty different ones by their seed, for tests of reading them back."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from retrieval.lexical.han import HAN
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file
from tests.support.typesetting import CHINESE, Set, Shape, Typesetter

HOW_MANY = 60
_NAMES = (
    "Ada Lovelace", "Jean-Luc van den Berg", "Maria de la Cruz", "Wei Zhang", "Søren Kierkegaard", "J. R. Müller",
    "Chloë O'Brien", "Priya Natarajan", "Tomáš Novák", "Aisha Bello", "Kenji Tanaka", "Zoé Lefèvre",
)  # fmt: skip
_HEADINGS = (
    "Introduction", "Related Work", "Method", "Training Details", "Experiments", "Results", "Discussion",
    "Limitations", "Conclusion",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What a made paper is like."""

    seed: int
    shape: Shape
    parts: int
    appendix: bool
    stamp: bool
    chinese: bool = False

    @property
    def noted(self) -> bool:
        return self.seed % 3 != 0


@dataclass
class MadePaper:
    """A PDF, and what it says: the truth that reading is held against."""

    kind: Kind
    title: str
    authors: tuple[str, ...]
    pdf: bytes = b""
    pages: int = 0
    abstract: list[Set] = field(default_factory=list)
    sections: list[tuple[str, list[Set]]] = field(default_factory=list)
    captions: list[tuple[str, Set]] = field(default_factory=list)
    notes: list[Set] = field(default_factory=list)
    references: list[Set] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """What stands on the pages and is no part of the text."""

    @property
    def prose(self) -> list[Set]:
        """All paragraphs of abstract and sections, in reading order."""
        return [*self.abstract, *(each for _, paragraphs in self.sections for each in paragraphs)]


def kind_of(seed: int) -> Kind:
    """The kind of paper number `seed`."""
    chosen = random.Random(seed)
    chinese = seed % 20 == 19
    shape = Shape(
        width=595.0 if seed % 4 >= 2 else 612.0,
        height=842.0 if seed % 4 >= 2 else 792.0,
        columns=1 if chinese else 1 + seed % 2,
        margin=chosen.choice((50.0, 54.0, 60.0)),
        gutter=chosen.choice((14.0, 18.0, 24.0)),
        size=chosen.choice((9.0, 10.0, 10.0, 11.0)),
        font=CHINESE if chinese else "Times-Roman",
        bold=CHINESE if chinese else "Times-Bold",
        turned=seed % 15 == 7,
        crop=25.0 if seed % 15 == 11 else 0.0,
        whole_lines=seed % 5 == 3,
    )
    leading = shape.size * chosen.choice((1.1, 1.2, 1.25))
    shape = Shape(**{**shape.__dict__, "leading": leading})
    parts = (2, 4, 6, 9)[seed // 2 % 4] if seed != 42 else 30
    return Kind(seed, shape, parts, appendix=seed % 3 == 1, stamp=seed % 6 == 1, chinese=chinese)


@cache
def made_paper(seed: int) -> MadePaper:
    """Paper number `seed`; the same whenever it is made."""
    return _Writer(kind_of(seed)).written()


@cache
def _sentences(chinese: bool) -> tuple[str, ...]:
    papers = [paper for paper in read_papers(default_papers_file()) if (paper.language == "zh") == chinese]
    end = "(?<=\u3002)" if chinese else r"(?<=[.?!]) (?=[A-Z])"
    found = [part for paper in papers for part in re.split(end, paper.abstract)]
    plain = [" ".join(part.split()) for part in found]
    if chinese:
        return tuple(part for part in plain if part and not re.search(rf"[^\u3000-\u33ff{HAN}\uff00-\uffef,]", part))
    # The fonts of every PDF reader have these letters and no more.
    return tuple(part for part in plain if 30 < len(part) < 400 and part.endswith(".") and _is_plain(part))


def _is_plain(text: str) -> bool:
    return text.isascii() and not re.search(r"[^\w .,;:()'%-]|--|\d-\d", text)


class _Writer:
    """Writes one paper from above to below."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._chosen = random.Random(kind.seed + 1_000)
        self._deck: list[str] = []
        self._number = 0
        shape = kind.shape
        header = f"Made Paper {kind.seed} on Reading" if kind.seed % 2 and not kind.chinese else ""
        footer = "Proceedings of the Made Conference" if kind.seed % 4 == 0 else ""
        self._header, self._footer = header, footer
        self._setter = Typesetter(shape, header, footer)
        title = f"Reading Number {kind.seed}: What the Columns of a Page Say About the Order of Sentences"
        self._made = MadePaper(kind, title, tuple(self._chosen.sample(_NAMES, 3)))
        if shape.crop:
            self._made.unread.append("cut away by the printer")

    def written(self) -> MadePaper:
        made, setter, kind = self._made, self._setter, self._kind
        if kind.seed % 2:
            setter.about(made.title, ", ".join(made.authors))
        if kind.stamp:
            setter.stamp(f"arXiv:2301.{10000 + kind.seed}v2 [cs.CL] 14 Feb 2023")
        self._front()
        for part in range(kind.parts):
            self._section(part)
        self._bibliography()
        if kind.appendix:
            self._appendix()
        made.pages = setter.page
        if made.pages > 1:
            # On a single page nothing tells a header from a line of the text.
            made.unread += [text for text in (self._header, self._footer) if text]
        made.pdf = setter.finished()
        return made

    def _said(self, count: int) -> str:
        chosen: list[str] = []
        for _ in range(count):
            if not self._deck:
                self._deck = list(_sentences(self._kind.chinese))
                self._chosen.shuffle(self._deck)
            chosen.append(self._deck.pop())
        return ("" if self._kind.chinese else " ").join(chosen)

    def _front(self) -> None:
        made, setter, shape = self._made, self._setter, self._kind.shape
        first = f"Reading Number {self._kind.seed}: What the Columns of a Page"
        for line in (first, "Say About the Order of Sentences"):
            setter.centred(line, 17, bold=True, full=True)
        setter.gap(10)
        font = "Times-Roman"
        x = shape.margin + 40
        setter.gap(14)
        for number, name in enumerate(made.authors, 1):
            text = name + ("," if number < len(made.authors) else "")
            setter.draw(text, x, setter.y, font, 11)
            x += setter.measure(text, font, 11)
            setter.draw(str(number), x, setter.y - 4, font, 7)
            x += 12
        setter.gap(14)
        setter.draw("University of Made Papers, Department of Pages", shape.margin + 60, setter.y, font, 9)
        setter.gap(12)
        if shape.columns == 1 or self._kind.seed % 4 == 1:
            setter.centred("Abstract", 11, bold=True, full=True)
            setter.gap(3)
            made.abstract.append(setter.paragraph(self._said(4), size=shape.size * 0.9, inset=30, full=True)[0])
            setter.gap(14)
            setter.below()
        else:
            setter.below()
            setter.heading("Abstract", 11, centred=True)
            made.abstract.append(setter.paragraph(self._said(4), size=shape.size * 0.9, inset=8)[0])

    def _section(self, part: int) -> None:
        made, setter, shape = self._made, self._setter, self._kind.shape
        name = _HEADINGS[part % len(_HEADINGS)] if part < len(_HEADINGS) else f"Further Study {part}"
        title = f"{part + 1} {name}"
        setter.heading(title, 12)
        paragraphs: list[Set] = []
        for number in range(self._chosen.randint(2, 5)):
            indent = 0.0 if number == 0 else 1.2 * shape.size
            note = None
            if self._kind.noted and number == 1 and part % 2 == 0 and not self._kind.chinese:
                self._number += 1
                note = str(self._number), self._said(1)
            told, noted = setter.paragraph(self._said(self._chosen.randint(2, 5)), indent=indent, note=note)
            paragraphs.append(told)
            if noted:
                made.notes.append(noted)
            if number == 0 and part % 3 == 1:
                self._figure(part)
            if number == 1 and part % 3 == 2:
                self._table(part)
        made.sections.append((title, paragraphs))

    def _figure(self, part: int) -> None:
        setter, shape = self._setter, self._kind.shape
        if setter.room < 150:
            return
        setter.gap(10)
        setter.line(setter.left, setter.y, setter.left + shape.column_width)
        for number in range(5):
            setter.draw(f"{number * 0.25:.2f}", setter.left + 5, setter.y + 12 + 14 * number, "Helvetica", 6)
            setter.draw(f"step {number}k", setter.left + 30 + 35 * number, setter.y + 84, "Helvetica", 6)
        setter.gap(90)
        self._caption(f"Figure {part // 3 + 1}")
        setter.gap(10)

    def _table(self, part: int) -> None:
        setter = self._setter
        if setter.room < 140:
            return
        setter.gap(8)
        self._caption(f"Table {part // 3 + 1}")
        for row in range(5):
            setter.gap(10)
            for column, cell in enumerate(
                ("Model", "Acc.", "F1") if row == 0 else (f"net-{row}", f"{70 + row}.{row}", f"0.{row}8")
            ):
                setter.draw(cell, setter.left + 20 + 60 * column, setter.y, "Helvetica", 7.5)
        setter.gap(14)

    def _caption(self, name: str) -> None:
        if self._kind.chinese:
            return
        said = self._said(1)
        told, _ = self._setter.paragraph(f"{name}: {said}", size=self._kind.shape.size * 0.9)
        self._made.captions.append((name, told))

    def _bibliography(self) -> None:
        setter, shape = self._setter, self._kind.shape
        setter.heading("References", 12)
        for number in range(1, 4 + self._kind.parts):
            name = self._chosen.choice(_NAMES)
            font = (
                ""
                if self._kind.chinese
                else f"[{number}] {name}. {self._said(1)} In Proceedings, 20{10 + number % 13}."
            )
            text = font or self._said(1)
            self._made.references.append(setter.paragraph(text, hanging=1.6 * shape.size, size=0.9 * shape.size)[0])

    def _appendix(self) -> None:
        self._setter.heading("A Proofs and Further Details", 12)
        told = [self._setter.paragraph(self._said(4), indent=0 if number == 0 else 12)[0] for number in range(3)]
        self._made.sections.append(("A Proofs and Further Details", told))


def sentences_of(paragraphs: Sequence[Set]) -> list[str]:
    """All their sentences, as they were written."""
    end = r"(?<=\u3002)|(?<=[.?!]) (?=[A-Z])"
    return [part for told in paragraphs for part in re.split(end, told.text) if part]
