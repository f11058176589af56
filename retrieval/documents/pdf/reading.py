"""A PDF read: its text in reading order with sections and places, and what its first page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.documents.faults import Fault
from retrieval.documents.pdf.characters import page_glyphs
from retrieval.documents.pdf.columns import Column, columns_in_order
from retrieval.documents.pdf.composing import Composer
from retrieval.documents.pdf.first_page import About, FirstPage, about, title_lines
from retrieval.documents.pdf.flow import in_order
from retrieval.documents.pdf.hyphens import Vocabulary
from retrieval.documents.pdf.lines import Line, drawn_lines
from retrieval.documents.pdf.margins import Margins, PageLines, without_margins
from retrieval.documents.pdf.marks import with_marks
from retrieval.documents.pdf.measures import measured
from retrieval.documents.pdf.paragraphs import Paragraph, ParagraphReader
from retrieval.documents.pdf.pdfium import FaultyPdfError, Pdf, opened, opened_page
from retrieval.documents.pdf.sections import SectionWriter
from retrieval.documents.pdf.words import PageWords, page_words
from retrieval.full_text import MOST_CHARS, FullText, PageSize

_LEAST_SIGNS = 20
"""A document with fewer characters a page, and fewer than `_LEAST_TEXT` in all, has pictures for pages."""
_LEAST_TEXT = 200
_LARGEST_SIDE = 14_400.0
"""PDF's own limit for a page's side, in points."""


@dataclass(frozen=True, slots=True)
class PdfText:
    """What was read: `pages` of `all_pages`, whether the text was too long to be read whole, and what it says."""

    text: FullText
    about: About
    pages: int
    all_pages: int
    cut: bool = False


def read_pdf(path: str, most_pages: int) -> PdfText:
    """Reads the PDF at `path`, at most `most_pages` of its pages. Raises `FaultyPdfError`."""
    with opened(path) as pdf:
        if not pdf.pages:
            raise FaultyPdfError(Fault.EMPTY)
        info = pdf.about()
        pages, sizes = _read_pages(pdf, min(pdf.pages, most_pages))
        all_pages = pdf.pages
    signs = sum(len(word.text) for page in pages for word in page.words)
    if signs < _LEAST_TEXT and signs < _LEAST_SIGNS * len(pages):
        raise FaultyPdfError(Fault.SCANNED)
    text, told = text_of_pages(pages, info)
    return PdfText(replace(text, pages=sizes), told, len(pages), all_pages, signs >= MOST_CHARS)


def _read_pages(pdf: Pdf, count: int) -> tuple[list[PageWords], tuple[PageSize, ...]]:
    pages: list[PageWords] = []
    sizes: list[PageSize] = []
    signs = 0
    for number in range(count):
        with opened_page(pdf, number) as page:
            glyphs = page_glyphs(page) if max(page.size) <= _LARGEST_SIDE and signs < MOST_CHARS else []
            pages.append(page_words(number + 1, page.box, page.turn, glyphs))
            sizes.append(PageSize(*page.size))
            signs += len(glyphs)
    return pages, tuple(sizes)


def text_of_pages(pages: Sequence[PageWords], info: dict[str, str]) -> tuple[FullText, About]:
    """The text of pages' words, in reading order, without their sizes; `info` is what the file says of itself."""
    drawn = [PageLines(page.number, *page.size, tuple(drawn_lines(page.words, page.number))) for page in pages]
    margins = without_margins(drawn)
    columns = columns_in_order(margins.pages)
    measures = measured(columns)
    first = _first_page(pages, margins, columns)
    title = title_lines(first)
    reader = ParagraphReader(measures)
    found: list[Paragraph] = []
    for page, ordered in zip(margins.pages, columns, strict=True):
        found += with_marks(list(reader.paragraphs(ordered, page.height)))
    told = in_order(found)
    composer = Composer({page.number: page for page in pages}, Vocabulary(_lines(columns)))
    writer = SectionWriter(composer)
    writer.write(told, _front(told_paragraphs=[each.paragraph for each in told], title=title))
    text = FullText(composer.text(), tuple(writer.sections), layout=composer.layout())
    return text, about(first, title, measures, info)


def _first_page(pages: Sequence[PageWords], margins: Margins, columns: Sequence[Sequence[Column]]) -> FirstPage:
    if not pages:
        return FirstPage((), 0.0)
    return FirstPage(tuple(columns[0]), margins.pages[0].height, pages[0].aside, margins.first)


def _lines(columns: Sequence[Sequence[Column]]) -> list[Line]:
    return [line for page in columns for column in page for line in column.lines]


def _front(told_paragraphs: Sequence[Paragraph], title: Sequence[Line]) -> int:
    """How many of the paragraphs at the beginning are title, authors and affiliations.

    All before the first heading, and of them only those that come before prose.
    """
    heads = {id(line) for line in title}
    count = 0
    for number, paragraph in enumerate(told_paragraphs):
        of_title = any(id(line) in heads for line in paragraph.lines)
        if of_title:
            count = number + 1
        elif paragraph.kind == "heading" or paragraph.page > 1 or _is_prose(paragraph):
            break
        else:
            count = number + 1 if title else count
    return count


def _is_prose(paragraph: Paragraph) -> bool:
    words = paragraph.text.split()
    return paragraph.kind == "text" and (
        len(words) >= 20 or (not paragraph.text.isascii() and len(paragraph.text) > 60)
    )
