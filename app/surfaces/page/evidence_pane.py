"""The column beside an answer: the papers that it cites, or that come closest, and what else was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.answering.citation import Citation
from app.answering.sources import CLOSEST_PAPERS, best_passage_per_paper
from app.surfaces.markup import text_html
from app.surfaces.page.bounds import MAX_EVIDENCE_BYTES, Drawing, fitting
from app.surfaces.page.cards import card, folded_card, short_card
from app.surfaces.page.exchange import Exchange
from app.surfaces.ui_strings import UiStrings, ui_strings
from retrieval.types import Paper, Passage

_Card = tuple[Paper, Passage | None, Sequence[Citation]]


def evidence(exchange: Exchange, number: int, shown: bool, words: UiStrings | None = None) -> str:
    """The column beside exchange `number`: what it cites, or the closest papers, then what else was found.

    Where there is no room for whole cards the later ones are in short, and at last not there.
    """
    words = words or ui_strings()
    found = _arranged(exchange)
    if not found.first and not found.rest:
        return ""
    drawings = [_card_drawing(one, number, words) for one in found.first]
    drawings += [_folded_drawing(passage, number, words) for passage in found.rest]
    drawn = list(fitting(drawings, MAX_EVIDENCE_BYTES))
    cards, also = drawn[: len(found.first)], drawn[len(found.first) :]
    summary = text_html(words("card_also" if found.first else "card_found", count=len(found.rest)))
    opened = "" if found.first else " open"
    fold = f'<details class="also"{opened}><summary>{summary}</summary>{"".join(also)}</details>' if found.rest else ""
    missing = len(drawings) - len(drawn)
    note = _note(words("card_left_out", count=missing)) if missing else ""
    return _section(number, shown, words(found.heading), f"{''.join(cards)}{fold}{note}", words)


def evidence_in_short(exchange: Exchange, number: int, words: UiStrings) -> str:
    """The same, hidden, of an older answer: its quotes without the abstracts around them, and nothing else found."""
    found = _arranged(exchange)
    if not found.first:
        return ""
    shorts = (Drawing(partial(short_card, *one, number, words)) for one in found.first)
    cards = "".join(fitting(shorts, MAX_EVIDENCE_BYTES))
    return _section(number, False, words(found.heading), f"{cards}{_note(words('card_in_short'))}", words)


@dataclass(frozen=True, slots=True)
class _Found:
    """The papers of an exchange: under the heading those that count, then what else was found."""

    heading: str
    first: Sequence[_Card]
    rest: Sequence[Passage]


def _arranged(exchange: Exchange) -> _Found:
    found = best_passage_per_paper(exchange.passages)
    if exchange.citations:
        best = {passage.paper.id: passage for passage in found}
        cited = [(paper, best.get(paper.id), quotes) for paper, quotes in _grouped(exchange.citations)]
        named = {paper.id for paper, _, _ in cited}
        return _Found("card_cited", cited, [passage for passage in found if passage.paper.id not in named])
    if exchange.running:
        # Which of them the answer will quote is known a moment later: naming them is enough.
        return _Found("card_reading", (), found)
    if exchange.far:
        return _Found("card_closest", (), ())
    closest: list[_Card] = [(passage.paper, passage, ()) for passage in found[:CLOSEST_PAPERS]]
    return _Found("card_closest", closest, found[CLOSEST_PAPERS:])


def _grouped(citations: Sequence[Citation]) -> list[tuple[Paper, list[Citation]]]:
    grouped: dict[str, tuple[Paper, list[Citation]]] = {}
    for citation in citations:
        grouped.setdefault(citation.paper.id, (citation.paper, []))[1].append(citation)
    return list(grouped.values())


def _card_drawing(one: _Card, number: int, words: UiStrings) -> Drawing:
    return Drawing(partial(card, *one, number, words), partial(short_card, *one, number, words))


def _folded_drawing(passage: Passage, number: int, words: UiStrings) -> Drawing:
    short = partial(short_card, passage.paper, passage, (), number, words)
    return Drawing(partial(folded_card, passage, number, words), short)


def _section(number: int, shown: bool, heading: str, inside: str, words: UiStrings) -> str:
    name = text_html(words("card_sources", number=number))
    hidden = "" if shown else " hidden"
    return (
        f'<section class="evidence" data-turn="{number}" aria-label="{name}"{hidden}>'
        f'<h2 class="evidence-heading">{text_html(heading)}</h2>{inside}</section>'
    )


def _note(text: str) -> str:
    return f'<p class="no-abstract">{text_html(text)}</p>'
