"""Papers as cards: title, origin, match, and the abstract with the quoted sentences lit."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.events import Citation
from app.surfaces.exchange import Exchange, papers_best_first
from app.surfaces.markup import Layer, outside_link, paper_address, segments, text_html
from retrieval.types import Paper, Passage

RUNG_NAMES = {
    "passage": "meaning of a passage",
    "question": "a question written for it",
    "words": "words",
    "letters": "spelling",
}
CLOSEST = 3
"""How many papers an abstaining answer sets before the reader."""

# Cosine similarities of short questions and abstracts: above the first the paper nearly always
# treats the question's subject, below the second it mostly shares a word or two with it.
_STRONG, _FAIR = 0.5, 0.3


def evidence(exchange: Exchange, number: int, shown: bool) -> str:
    """The column beside exchange `number`: what it cites, or the closest papers, then what else was found."""
    cited = _grouped(exchange.citations)
    found = papers_best_first(exchange.passages)
    best = {passage.paper.id: passage for passage in found}
    if cited:
        heading = "Cited"
        cards = [_card(paper, number, best.get(paper.id), quotes) for paper, quotes in cited]
        rest = [passage for passage in found if passage.paper.id not in {paper.id for paper, _ in cited}]
    elif exchange.running:
        # Which of them the answer will quote is known a moment later: naming them is enough.
        heading, cards, rest = "Reading", [], list(found)
    else:
        heading = "Closest papers" if found else ""
        cards = [_card(passage.paper, number, passage) for passage in found[:CLOSEST]]
        rest = list(found[CLOSEST:])
    if not cards and not rest:
        return ""
    label = f'<h2 class="evidence-heading">{heading}</h2>'
    opened = " open" if not cards else ""
    also = "".join(_folded_card(passage, number) for passage in rest)
    summary = "Found" if not cards else "Also found"
    fold = f'<details class="also"{opened}><summary>{summary} ({len(rest)})</summary>{also}</details>' if rest else ""
    hidden = "" if shown else " hidden"
    return (
        f'<section class="evidence" data-turn="{number}" aria-label="Sources of answer {number}"{hidden}>'
        f"{label}{''.join(cards)}{fold}</section>"
    )


def _grouped(citations: Sequence[Citation]) -> list[tuple[Paper, list[Citation]]]:
    grouped: dict[str, tuple[Paper, list[Citation]]] = {}
    for citation in citations:
        grouped.setdefault(citation.paper.id, (citation.paper, []))[1].append(citation)
    return list(grouped.values())


def _card(paper: Paper, turn: int, passage: Passage | None, quotes: Sequence[Citation] = ()) -> str:
    score = passage.score if passage else quotes[0].score
    badges = "".join(
        f'<a class="marker" href="#t{turn}-m{quote.number}" data-back="{turn}-{quote.number}" '
        f'aria-label="Back to quote {quote.number} in the answer">{quote.number}</a>'
        for quote in quotes
    )
    glosses = "".join(
        f'<p class="gloss" data-gloss="{quote.number}">In English: “{text_html(quote.gloss)}”</p>'
        for quote in quotes
        if quote.gloss
    )
    numbers = f'<span class="numbers">{badges}</span>' if badges else ""
    return (
        f'<article class="card" id="{card_id(turn, paper)}">{numbers}'
        f'<h3 class="card-title">{name_html(paper)}</h3>{_meta(paper, score)}'
        f"{abstract_html(paper, quotes, turn)}{glosses}{_trace(passage)}{_links(paper)}</article>"
    )


def card_id(turn: int, paper: Paper) -> str:
    """The anchor of the paper's card beside exchange `turn`."""
    return f"t{turn}-p-{text_html(paper.id)}"


def _folded_card(passage: Passage, turn: int) -> str:
    paper = passage.paper
    return (
        f'<details class="card" id="{card_id(turn, paper)}"><summary>'
        f'<span class="card-title">{name_html(paper)}</span>{_meta(paper, passage.score, "span")}</summary>'
        f"{abstract_html(paper, (), turn)}{_trace(passage)}{_links(paper)}</details>"
    )


def abstract_html(paper: Paper, quotes: Sequence[Citation], turn: int) -> str:
    """The abstract with its quotes lit; a quote's first piece bears its id, every piece its numbers."""
    if not paper.abstract:
        return '<p class="no-abstract">No abstract in this collection.</p>'
    layers = [Layer(quote.start, quote.end, str(quote.number)) for quote in quotes]
    begun: set[str] = set()
    pieces: list[str] = []
    for piece, labels in segments(paper.abstract, layers):
        if not labels:
            pieces.append(text_html(piece))
            continue
        # A piece that begins two quotes can bear one id only; the other is found by its number.
        new = next((label for label in labels if label not in begun), None)
        begun.update(labels)
        anchor = f' id="t{turn}-q{new}"' if new else ""
        pieces.append(f'<mark{anchor} data-numbers="{" ".join(labels)}" tabindex="-1">{text_html(piece)}</mark>')
    return f'<p class="abstract" lang="{text_html(paper.language)}">{"".join(pieces)}</p>'


def name_html(paper: Paper) -> str:
    """The title, or the label set apart as words of this project and not of the paper's authors."""
    if paper.title:
        return text_html(paper.title)
    return f'<span class="untitled">{text_html(paper.name)} <small>(title not in the collection)</small></span>'


def origin(paper: Paper) -> list[str]:
    """Organisation and month, as far as they are known."""
    month = paper.published.strftime("%b %Y") if paper.published else None
    return [part for part in (paper.organisation, month) if part]


def match_in_words(score: float) -> str:
    """A similarity in words, with the figure for those who want it."""
    words = "strong match" if score >= _STRONG else "fair match" if score >= _FAIR else "faint match"
    return f"{words} {score:.2f}"


def _meta(paper: Paper, score: float, tag: str = "p") -> str:
    parts = [*origin(paper), *([paper.category] if paper.category else []), match_in_words(score)]
    return f'<{tag} class="meta">{" · ".join(f"<span>{text_html(part)}</span>" for part in parts)}</{tag}>'


def _trace(passage: Passage | None) -> str:
    """How the paper was found: the score that each rung of the retrieval gave it."""
    gave = dict(passage.rungs) if passage else {}
    if gave.get("question") == gave.get("passage"):  # No written question was nearer than the passage.
        gave.pop("question", None)
    scores = " · ".join(f"{RUNG_NAMES.get(name, name)} {score:.2f}" for name, score in gave.items() if score > 0)
    return f'<p class="trace">Found by {text_html(scores)}</p>' if scores else ""


def _links(paper: Paper) -> str:
    link = outside_link(paper_address(paper), "Read the paper ↗")
    return f'<p class="card-links">{link}</p>' if link else ""
