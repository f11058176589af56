"""Where a quote stands in its paper's full text: the link to its page, and the paragraph around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote as encoded

from app.answering.citation import Citation
from app.answering.places import PlaceInText
from app.surfaces.markup import text_html
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import CorpusError
from retrieval.full_text import Box
from retrieval.types import Paper, Span

MOST_BOXES = 60
"""Lines of a quote that an address names."""
MOST_AROUND = 700
"""Characters that an excerpt shows before a quote, and as many after it."""
_PARAGRAPHS = "\n\n"
_SECTION_CHARS = 60


def page_place(paper_id: str, page: int, boxes: Sequence[Box] = ()) -> str:
    """The address, on the page, that shows a paper's page of that number, from 1, with these boxes lit.

    `#page=ID/PAGE/BOXES`, a box as `page:x0,y0,x1,y1` in points, several set apart by semicolons (static/pages.js).
    """
    lit = ";".join(f"{box.page}:{_sides(box)}" for box in boxes[:MOST_BOXES])
    return f"#page={encoded(paper_id, safe='')}/{page}{f'/{lit}' if lit else ''}"


def has_pages(paper: Paper) -> bool:
    """Whether the collection keeps the document that the text was read from, so that its pages can be shown."""
    return paper.text is not None and paper.text.file is not None and paper.text.pages > 0


def _sides(box: Box) -> str:
    return ",".join(f"{side:.1f}".removesuffix(".0") for side in (box.x0, box.y0, box.x1, box.y1))


def place_name(place: PlaceInText, words: UiStrings) -> str:
    """Page and section, as far as they are known: "p. 4 · 3.2 Results"."""
    section = place.section.strip()
    if len(section) > _SECTION_CHARS:
        section = f"{section[: _SECTION_CHARS - 1].rstrip()}…"
    page = words("place_page", page=place.page) if place.page else ""
    return " · ".join(part for part in (page, section) if part)


def place_html(quote: Citation, numbered: bool, words: UiStrings) -> str:
    """Where the quote stands, as a link to its page where that can be shown; nothing where it is not known.

    `numbered` where it is told of which quote that is.
    """
    place = quote.place
    name = place_name(place, words) if place else ""
    if place is None or not name:
        return ""
    number = f'<span class="place-number">{quote.number}</span> ' if numbered else ""
    if not place.page or not has_pages(quote.paper):
        return f'<span class="place">{number}{text_html(name)}</span>'
    label = text_html(words("place_open", number=quote.number, place=name))
    href = text_html(page_place(quote.paper.id, place.page, place.boxes))
    return (
        f'<a class="place" href="{href}" data-place="{quote.number}" aria-label="{label}">{number}{text_html(name)}</a>'
    )


def places_html(quotes: Sequence[Citation], words: UiStrings) -> str:
    """Where each of the quotes stands, in one line."""
    told = [place for quote in quotes if (place := place_html(quote, len(quotes) > 1, words))]
    return f'<p class="places">{" ".join(told)}</p>' if told else ""


def words_of(quote: Citation, words: UiStrings) -> str:
    """The quote; where its text is no longer there, which happens to old answers, that it is not."""
    try:
        return quote.quote
    except CorpusError:
        return words("place_gone")


def excerpts(paper: Paper, quotes: Iterable[Citation]) -> list[tuple[Span, list[Citation]]]:
    """The pieces of the full text around quotes of it, in order, each with the quotes that stand in it.

    A piece is the paragraph, of a long one as much as is around the quote. Raises `CorpusError` where the text cannot
    be read.
    """
    text = paper.part("text")
    pieces: list[tuple[Span, list[Citation]]] = []
    for quote in sorted(quotes, key=lambda one: (one.start, one.end)):
        piece = _around(text, quote.start, quote.end)
        if pieces and piece.start < pieces[-1][0].end:
            before, held = pieces.pop()
            pieces.append((Span(before.start, max(before.end, piece.end)), [*held, quote]))
        else:
            pieces.append((piece, [quote]))
    return pieces


def _around(text: str, start: int, end: int) -> Span:
    """The paragraphs in which the characters from `start` to `end` stand, cut at a space where they are long."""
    before, last = text.rfind(_PARAGRAPHS, 0, start), text.find(_PARAGRAPHS, end)
    first = 0 if before < 0 else before + len(_PARAGRAPHS)
    last = len(text) if last < 0 else last
    if start - first > MOST_AROUND:
        space = text.find(" ", start - MOST_AROUND, start)
        first = start if space < 0 else space + 1
    if last - end > MOST_AROUND:
        space = text.rfind(" ", end, end + MOST_AROUND)
        last = end if space < 0 else space
    return Span(first, last)
