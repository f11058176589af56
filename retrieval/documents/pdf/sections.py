"""What is told, made one text with sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.documents.document import body_if_long
from retrieval.documents.pdf.composing import Composer
from retrieval.documents.pdf.flow import Told
from retrieval.documents.pdf.headings import is_named
from retrieval.documents.pdf.lines import Line
from retrieval.documents.pdf.names import names
from retrieval.documents.pdf.paragraphs import Paragraph
from retrieval.documents.pdf.words import Word
from retrieval.full_text import Section, SectionKind

_MOST_TITLE_CHARS = 200
_LEAST_ABSTRACT_WORDS = 40
_LAST_PAGE_OF_ABSTRACTS = 4
"""An abstract begins on it at the latest, behind a cover, a title page and a page of thanks."""
_LONGEST_ABSTRACT = 6_000


@dataclass(frozen=True, slots=True)
class _Under:
    """Under which heading text stands, and what it is; None of both before any heading."""

    title: str = ""
    kind: SectionKind | None = None


class SectionWriter:
    """Adds paragraphs to the text and keeps the sections that they make."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._under = _Under()
        self._held: list[Paragraph] = []
        self.sections: list[Section] = []

    def write(self, told: Sequence[Told], front: int) -> None:
        """Writes all; the first `front` of them are the title, authors and the like, and belong to no section."""
        headed = any(_is_abstract(each.paragraph) for each in told)
        unmarked = None if headed else _unmarked_abstract(told, front)
        for number, each in enumerate(told):
            if self._composer.is_full:
                break
            if number >= front and self._under.kind is None and each.paragraph.kind != "heading":
                self._under = _Under(kind="body")
            if unmarked is not None and number in unmarked:
                self._under = _Under("Abstract", "abstract")
            elif unmarked is not None and self._under.kind == "abstract" and each.paragraph.kind == "text":
                self._under = _Under(kind="body")
            self._tell(each)
        self._tell_held()
        self.sections = [*map(body_if_long, self.sections)]

    def _tell(self, told: Told) -> None:
        paragraph = told.paragraph
        if paragraph.kind == "heading":
            self._tell_held()
            self._head(paragraph)
        else:
            self._text(paragraph)
        for after in told.after:
            # Nothing comes between the paragraphs of an abstract, and no footnote between references.
            if self._under.kind == "abstract" or (self._under.kind == "references" and after.kind == "note"):
                self._held.append(after)
            else:
                self._aside(after)

    def _head(self, heading: Paragraph) -> None:
        self._composer.add(heading.lines)
        line, title = heading.lines[0], _shortened(heading.text)
        kind: SectionKind = "body"
        if _is_abstract(heading) and not any(section.kind == "abstract" for section in self.sections):
            kind = "abstract"
        elif is_named(line, "references"):
            kind = "references"
        self._under = _Under(title, kind)

    def _text(self, paragraph: Paragraph) -> None:
        if paragraph.kind != "text":
            self._aside(paragraph)
            return
        before = names().abstract_before.match(paragraph.text) if _is_abstract(paragraph) else None
        if before and not any(section.kind == "abstract" for section in self.sections):
            self._run_in(paragraph, len(before[0].rstrip()))
            return
        if names().keywords_before.match(paragraph.text) or is_named(paragraph.lines[0], "keywords"):
            self._tell_held()
            self._under = _Under(self._under.title, None)
        self._add(paragraph.lines, self._under)

    def _run_in(self, paragraph: Paragraph, length: int) -> None:
        """An abstract that begins with its own heading in its first line."""
        first = paragraph.lines[0]
        words = list(first.words)
        told = 0
        while words and told < length:
            told = len(first.text) - len(Line(words[1:], first.page).text) if words[1:] else len(first.text)
            words = words[1:]
        head = Line(first.words[: len(first.words) - len(words)], first.page)
        self._composer.add([head])
        self._under = _Under("Abstract", "abstract")
        rest = [replace_words(first, words)] if words else []
        self._add([*rest, *paragraph.lines[1:]], self._under)

    def _aside(self, paragraph: Paragraph) -> None:
        """What interrupts a text: a caption is a section of its own, with what is written in its figure.

        A footnote is of the section it is in, and so is a formula or a table without a caption.
        """
        last = self.sections[-1] if self.sections else None
        if paragraph.kind == "caption":
            self._add(paragraph.lines, _Under(paragraph.name, "caption"))
        elif paragraph.kind == "figure" and last and last.kind == "caption":
            self._add(paragraph.lines, _Under(last.title, "caption"))
        elif self._under.kind == "body" or (self._under.kind == "references" and paragraph.kind != "note"):
            self._add(paragraph.lines, self._under)
        else:
            self._composer.add(paragraph.lines)

    def _tell_held(self) -> None:
        held, self._held = self._held, []
        for paragraph in held:
            if paragraph.kind == "note":
                self._composer.add(paragraph.lines)
            else:
                self._aside(paragraph)

    def _add(self, lines: Sequence[Line], under: _Under) -> None:
        start, end = self._composer.add(lines)
        if end == start or under.kind is None:
            return
        last = self.sections[-1] if self.sections else None
        if last and (last.title, last.kind) == (under.title, under.kind) and start - last.end <= 2:
            self.sections[-1] = replace(last, end=end)
        else:
            self.sections.append(Section(under.title, start, end, under.kind))


def replace_words(line: Line, words: list[Word]) -> Line:
    """The line with the last of its words alone."""
    gone = len(line.words) - len(words)
    marks = frozenset(mark - gone for mark in line.marks if mark >= gone)
    return Line(words, line.page, line.left, line.right, marks)


def _is_abstract(paragraph: Paragraph) -> bool:
    # Far behind, "Abstract" heads that of another work, or a chapter of a manual.
    if paragraph.lines[0].page > _LAST_PAGE_OF_ABSTRACTS:
        return False
    if paragraph.kind == "heading":
        return is_named(paragraph.lines[0], "abstract")
    return bool(names().abstract_before.match(paragraph.text))


def _unmarked_abstract(told: Sequence[Told], front: int) -> range | None:
    """The paragraphs between the title block and the first heading, where they look like an abstract."""
    heading = next((number for number, each in enumerate(told) if each.paragraph.kind == "heading"), None)
    if heading is None or told[heading].paragraph.page > 2:
        return None
    between = [each.paragraph for each in told[front:heading]]
    said = " ".join(paragraph.text for paragraph in between)
    prose = [paragraph.kind == "text" and len(paragraph.text.split()) >= 20 for paragraph in between]
    long = len(said.split()) >= _LEAST_ABSTRACT_WORDS and len(said) <= _LONGEST_ABSTRACT
    return range(front, heading) if between and all(prose) and long and said.count(". ") >= 1 else None


def _shortened(title: str) -> str:
    return " ".join(title.split())[:_MOST_TITLE_CHARS]
