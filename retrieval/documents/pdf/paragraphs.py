"""Lines of a column made paragraphs, each of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from retrieval.documents.pdf.columns import Column
from retrieval.documents.pdf.headings import (
    caption_of,
    has_leaders,
    is_contents_line,
    is_distinct,
    is_known_heading,
    is_named,
    is_numbered_heading,
    is_plain_heading,
)
from retrieval.documents.pdf.lines import Line
from retrieval.documents.pdf.measures import Measures
from retrieval.documents.pdf.names import NUMBERED, names

ParagraphKind = Literal["text", "heading", "caption", "note", "figure"]
"""Text of the body; a heading; a figure's or table's caption; a footnote; what is written in a figure or table."""
_WIDER = 1.3
"""A distance of lines of this share of the usual one parts paragraphs."""
_INDENT = 0.6
_SENTENCE_ENDS = tuple(".!?:;\u3002\uff01\uff1f\u201d\u2019)")
_BULLET = re.compile(r"[•◦▪▸❖‣●○■□–—]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s")
_REFERENCE = re.compile(r"\[[^\]\s]{1,12}\]|\d{1,3}\.\s")
_NOTE = re.compile(r"[*†‡§¶∗]|\d{1,2}\s?(?=[^\W\d_])|\d{1,2}\s?(?=[\"“(])")
_RAISED = 0.8
_FIRST = ("0", "1", "I")


@dataclass(eq=False)
class Paragraph:
    """Lines that belong together; `name` is what a caption is of."""

    lines: list[Line]
    kind: ParagraphKind = "text"
    name: str = ""
    page: int = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.lines[0].page

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return self.lines[0].size


class ParagraphReader:
    """Reads columns one after the other; knows whether the references and the table of contents have begun."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._in_references = False
        self._in_contents = False
        self._begun = False

    def paragraphs(self, columns: Sequence[Column], height: float) -> Iterator[Paragraph]:
        """The paragraphs of one page's columns; `height` is the page's."""
        for column in columns:
            found = self._parted(self._without_contents(column.lines))
            self._find_notes(found, height)
            yield from found

    def _without_contents(self, lines: Sequence[Line]) -> list[Line]:
        """The lines without those of a table of contents."""
        kept: list[Line] = []
        for line in lines:
            if is_named(line, "contents") and is_distinct(line, self._measures):
                self._in_contents = True
            elif has_leaders(line) or (self._in_contents and is_contents_line(line)):
                continue
            else:
                self._in_contents = False
                kept.append(line)
        return kept

    def _parted(self, lines: Sequence[Line]) -> list[Paragraph]:
        found: list[Paragraph] = []
        for number, line in enumerate(lines):
            below = lines[number + 1] if number + 1 < len(lines) else None
            if self._is_heading(line, below, found):
                self._add_heading(line, found)
                continue
            last = found[-1] if found and found[-1].kind != "heading" else None
            if last and not self._parts(last, line):
                last.lines.append(line)
                continue
            caption = caption_of(line, self._measures, names())
            found.append(Paragraph([line], "caption" if caption else "text", caption or ""))
        for paragraph in found:
            if paragraph.kind == "text" and self._is_figure(paragraph):
                paragraph.kind = "figure"
            self._begun |= paragraph.kind == "text" and len(paragraph.text.split()) >= 25
        return found

    def _is_heading(self, line: Line, below: Line | None, found: Sequence[Paragraph]) -> bool:
        measures = self._measures
        if caption_of(line, measures, names()):
            return False
        if self._in_references:
            # Entries may begin with a number or be bold; only what ends the list is a heading.
            lettered = NUMBERED.match(line.text)
            ends = (is_named(line, "appendix") or is_known_heading(line, measures)) and is_distinct(line, measures)
            appended = bool(lettered) and lettered[1][0].isalpha() and is_numbered_heading(line, measures)  # type: ignore[index]
            larger = measures.is_larger(line.size) and is_plain_heading(line, below, measures)
            return ends or appended or larger
        if is_known_heading(line, measures):
            return not (found and found[-1].kind == "text" and self._is_within(found[-1].lines[-1], line))
        if is_numbered_heading(line, measures):
            # Before anything was told only a first section begins so, and the name of an author may.
            number = NUMBERED.match(line.text)
            return self._begun or line.page > 1 or (number is not None and number[1] in _FIRST)
        last = found[-1] if found else None
        goes_on = last is not None and last.kind == "heading" and self._goes_on(last, line)
        return (self._begun or line.page > 1) and is_plain_heading(line, below, measures, goes_on)

    def _is_within(self, before: Line, line: Line) -> bool:
        """Whether a line that reads like a heading only goes on the one before."""
        near = line.base - before.base <= 1.15 * self._measures.pitch(line.size)
        return near and before.main == line.main and before.x1 > before.right - 2 * before.size

    def _add_heading(self, line: Line, found: list[Paragraph]) -> None:
        last = found[-1] if found else None
        if last and last.kind == "heading" and self._goes_on(last, line):
            last.lines.append(line)
        else:
            found.append(Paragraph([line], "heading"))
        if is_named(line, "references"):
            self._in_references = True
        elif self._in_references:
            self._in_references = False
        self._begun |= is_known_heading(line, self._measures)

    def _goes_on(self, heading: Paragraph, line: Line) -> bool:
        last = heading.lines[-1]
        near = 0 < line.base - last.base <= 1.35 * self._measures.pitch(line.size)
        new = NUMBERED.match(line.text) or is_known_heading(line, self._measures)
        return near and last.main.size == line.main.size and last.main.bold == line.main.bold and not new

    def _parts(self, paragraph: Paragraph, line: Line) -> bool:
        """Whether a new paragraph begins with the line."""
        before, first = paragraph.lines[-1], paragraph.lines[0]
        distance = line.base - before.base
        if abs(before.size - line.size) > 0.06 * before.size or distance <= 0:
            return True
        if distance > _WIDER * self._measures.pitch(line.size):
            return True
        if caption_of(line, self._measures, names()) and paragraph.kind != "caption":
            return True
        if names().keywords_before.match(line.text):
            return True
        if self._in_references:
            return bool(_REFERENCE.match(line.text)) or self._is_out(before, line, first)
        listed = bool(_BULLET.match(first.text))
        short = before.x1 < before.right - 2 * before.size or line.indent > _INDENT
        if _BULLET.match(line.text) and (listed or (short and before.text.endswith(_SENTENCE_ENDS))):
            return True
        if line.x0 - before.x0 > _INDENT * line.size and not (listed and before is first):
            return line.indent < 5 and before.indent < 5
        return self._is_out(before, line, first) or self._ended_early(paragraph, line)

    def _is_out(self, before: Line, line: Line, first: Line) -> bool:
        """Whether the line begins farther left than the one before, which was not the first of its paragraph."""
        out = before.x0 - line.x0 > _INDENT * line.size
        if self._in_references:
            return out
        return out and before is not first and line.indent < _INDENT

    def _ended_early(self, paragraph: Paragraph, line: Line) -> bool:
        """Whether the line before ended although the first word of this one had room there."""
        before = paragraph.lines[-1]
        if not before.text.endswith(_SENTENCE_ENDS):
            return False
        end = next((word.x1 for word, after in zip(line.words, line.words[1:], strict=False) if after.spaced), line.x1)
        right = max(line.x1, *(each.x1 for each in paragraph.lines))
        return before.x1 + (end - line.x0) + line.size < right

    def _is_figure(self, paragraph: Paragraph) -> bool:
        """Whether the paragraph is no prose, but what is written in a figure or a table."""
        if self._in_references:
            return False
        text = paragraph.text
        signs = [sign for sign in text if not sign.isspace()]
        letters = sum(sign.isalpha() for sign in signs)
        usual = self._measures.is_usual(paragraph.size)
        words = len(text.split())
        if usual:
            return letters < 0.4 * len(signs) and words < 40
        dense = letters >= 0.6 * len(signs)
        wide = any(line.width > 0.55 * (line.right - line.left) for line in paragraph.lines)
        return not (dense and (wide or text.endswith(_SENTENCE_ENDS)) and (words >= 6 or not text.isascii()))

    def _find_notes(self, found: Sequence[Paragraph], height: float) -> None:
        """Marks small paragraphs at the column's foot as footnotes, and their numbers in the text as no part of it."""
        for paragraph in reversed(found):
            if self._in_references and not is_raised(paragraph.lines[0], 0):
                break
            small = self._measures.is_smaller(paragraph.size) and paragraph.kind in ("text", "figure")
            low = paragraph.lines[0].base > 0.5 * height
            if not small or not low or len(paragraph.text) < 8:
                break
            marked = _NOTE.match(paragraph.text) or is_raised(paragraph.lines[0], 0)
            paragraph.kind = "note" if marked or paragraph.lines[0].base > 0.7 * height else paragraph.kind


def is_raised(line: Line, number: int) -> bool:
    """Whether the line's word of that number stands small and high, as the mark of a footnote does."""
    word = line.words[number]
    return word.style.size <= _RAISED * line.size and word.base < line.base - 0.15 * line.size


def split_notes(paragraph: Paragraph) -> list[Paragraph]:
    """A paragraph of footnotes as one for each: a line that begins with a raised mark begins the next."""
    found: list[Paragraph] = []
    for line in paragraph.lines:
        if found and not is_raised(line, 0):
            found[-1].lines.append(line)
        else:
            found.append(replace(paragraph, lines=[line]))
    return found
