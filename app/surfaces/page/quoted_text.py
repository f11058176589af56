"""What a card shows of its paper's text: the abstract, or the paragraphs around quotes, with the quotes lit."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.citation import Citation
from app.notices.notice import said
from app.surfaces.markup import Layer, segments, text_html
from app.surfaces.page.quote_places import excerpts, places_html, words_of
from app.surfaces.ui_strings import UiStrings, ui_strings
from retrieval.errors import CorpusError
from retrieval.types import Paper, Passage, Span


def told_html(paper: Paper, passage: Passage | None, quotes: Sequence[Citation], turn: int, words: UiStrings) -> str:
    """The abstract where it is quoted or nothing else is, and the paragraphs of the full text that are quoted."""
    of_text = [quote for quote in quotes if quote.part == "text"]
    of_abstract = [quote for quote in quotes if quote.part == "abstract"]
    told = ""
    if of_abstract or not of_text:
        found = "" if paper.abstract else _found_html(paper, passage, words)
        told = found or abstract_html(paper, of_abstract, turn, words) + places_html(of_abstract, words)
    return told + _excerpts_html(paper, of_text, turn, words)


def _found_html(paper: Paper, passage: Passage | None, words: UiStrings) -> str:
    """What was found of a text whose paper has no abstract."""
    if passage is None or passage.part != "text":
        return ""
    try:
        return _excerpt(paper, text_html(passage.text))
    except CorpusError as error:
        return _note(said(error.message, words.language))


def _excerpts_html(paper: Paper, quotes: Sequence[Citation], turn: int, words: UiStrings) -> str:
    """The paragraphs around quotes of the full text, each with its quotes lit and where on its pages they stand."""
    if not quotes:
        return ""
    try:
        text, pieces = paper.part("text"), excerpts(paper, quotes)
    except CorpusError as error:
        return _note(said(error.message, words.language))
    return "".join(
        _excerpt(paper, f"{'… ' if _is_cut(text, span.start) else ''}{_lit(text, span, held, turn)}")
        + places_html(held, words)
        for span, held in pieces
    )


def _excerpt(paper: Paper, inside: str) -> str:
    return f'<p class="abstract excerpt" lang="{text_html(paper.language)}">{inside}</p>'


def _is_cut(text: str, start: int) -> bool:
    """Whether an excerpt begins within a paragraph."""
    return start > 0 and text[start - 1] == " "


def abstract_html(paper: Paper, quotes: Sequence[Citation], turn: int, words: UiStrings | None = None) -> str:
    """The abstract with its quotes lit."""
    if not paper.abstract:
        return _note((words or ui_strings())("card_no_abstract"))
    lit = _lit(paper.abstract, Span(0, len(paper.abstract)), quotes, turn)
    return f'<p class="abstract" lang="{text_html(paper.language)}">{lit}</p>'


def _lit(text: str, span: Span, quotes: Sequence[Citation], turn: int) -> str:
    """A piece of a text with its quotes lit; a quote's first piece bears its id, every piece its numbers."""
    layers = [Layer(quote.start - span.start, quote.end - span.start, str(quote.number)) for quote in quotes]
    begun: set[str] = set()
    pieces: list[str] = []
    for piece, labels in segments(text[span.start : span.end], layers):
        if not labels:
            pieces.append(text_html(piece))
            continue
        # A piece that begins two quotes can bear one id only; the other is found by its number.
        new = next((label for label in labels if label not in begun), None)
        begun.update(labels)
        anchor = f' id="t{turn}-q{new}"' if new else ""
        pieces.append(_mark(piece, anchor, " ".join(labels)))
    return "".join(pieces)


def quotes_html(paper: Paper, quotes: Sequence[Citation], turn: int, words: UiStrings) -> str:
    """The quotes alone, lit as they are where they stand."""
    if not quotes:
        return ""
    marks = " … ".join(
        _mark(words_of(quote, words), f' id="t{turn}-q{quote.number}"', str(quote.number)) for quote in quotes
    )
    return f'<p class="abstract" lang="{text_html(paper.language)}">{marks}</p>{places_html(quotes, words)}'


def _mark(text: str, anchor: str, numbers: str) -> str:
    return f'<mark{anchor} data-numbers="{numbers}" tabindex="-1">{text_html(text)}</mark>'


def _note(text: str) -> str:
    return f'<p class="no-abstract">{text_html(text)}</p>'
