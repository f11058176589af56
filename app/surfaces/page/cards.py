"""Papers as cards: title, origin, match, what is quoted of it lit where it stands, and what to do with the paper."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.citation import Citation
from app.answering.citations.references import apa, bibtex
from app.surfaces.markup import outside_link, text_html
from app.surfaces.page.paper_naming import name_html, origin, paper_place
from app.surfaces.page.quoted_text import quotes_html, told_html
from app.surfaces.ui_strings import UiStrings, ui_strings
from retrieval.types import Paper, Passage
from retrieval.web_address import paper_address

_SIGNALS = ("passage", "question", "words", "letters")

STRONG, FAIR = 0.35, 0.25
"""From which score on a match is called so, here and in the widget.

Scores of all signals over the dev questions: of the papers from the first on, 83% answer the
question; of those below the second, one in sixty.
"""
MATCHES = ("faint", "fair", "strong")


def card(paper: Paper, passage: Passage | None, quotes: Sequence[Citation], turn: int, words: UiStrings) -> str:
    """A paper that counts: with what is quoted of it and stands around that, and what can be done with it."""
    return (
        f"{_opening(paper, passage, quotes, turn, words)}{told_html(paper, passage, quotes, turn, words)}"
        f"{_glosses(quotes, words)}{_trace(passage, words)}{_actions(paper, turn, words)}</article>"
    )


def short_card(paper: Paper, passage: Passage | None, quotes: Sequence[Citation], turn: int, words: UiStrings) -> str:
    """The paper's name and what is quoted of it, without the abstract and without what can be done with it."""
    link = outside_link(paper_address(paper), words("card_read"))
    return (
        f"{_opening(paper, passage, quotes, turn, words)}{quotes_html(paper, quotes, turn, words)}"
        f'{_glosses(quotes, words)}<div class="card-links">{link}</div></article>'
    )


def _opening(paper: Paper, passage: Passage | None, quotes: Sequence[Citation], turn: int, words: UiStrings) -> str:
    """A card up to its abstract: the way back to the answer, the name, where it is from and how well it matches."""
    score = passage.score if passage else quotes[0].score
    badges = "".join(
        f'<a class="marker" href="#t{turn}-m{quote.number}" data-back="{turn}-{quote.number}" '
        f'aria-label="{text_html(words("card_back", number=quote.number))}">{quote.number}</a>'
        for quote in quotes
    )
    numbers = f'<span class="numbers">{badges}</span>' if badges else ""
    return (
        f'<article class="card" id="{card_id(turn, paper)}" data-paper="{text_html(paper.id)}">{numbers}'
        f'<h3 class="card-title"><a href="{text_html(paper_place(paper.id))}">{name_html(paper, words)}</a></h3>'
        f"{_meta(paper, score, words)}{retracted_html(paper, words)}"
    )


def retracted_html(paper: Paper, words: UiStrings) -> str:
    """That the work was withdrawn, where it was."""
    return f'<p class="retracted">{text_html(words("paper_retracted"))}</p>' if paper.retracted else ""


def _glosses(quotes: Sequence[Citation], words: UiStrings) -> str:
    return "".join(
        f'<p class="gloss" data-gloss="{quote.number}">{text_html(words("card_gloss", gloss=quote.gloss))}</p>'
        for quote in quotes
        if quote.gloss
    )


def card_id(turn: int, paper: Paper) -> str:
    """The anchor of the paper's card beside exchange `turn`."""
    return f"t{turn}-p-{text_html(paper.id)}"


def folded_card(passage: Passage, turn: int, words: UiStrings) -> str:
    """A paper that was found besides: its name, and the rest once it is unfolded."""
    paper = passage.paper
    meta = _meta(paper, passage.score, words, "span")
    return (
        f'<details class="card" id="{card_id(turn, paper)}" data-paper="{text_html(paper.id)}">'
        f'<summary><span class="card-title">{name_html(paper, words)}</span>{meta}</summary>'
        f"{retracted_html(paper, words)}{told_html(paper, passage, (), turn, words)}{_trace(passage, words)}"
        f"{_actions(paper, turn, words, _view(paper, words))}</details>"
    )


def match_in_words(score: float, words: UiStrings | None = None) -> str:
    """A similarity in words."""
    return (words or ui_strings())(f"card_match_{MATCHES[_level(score) - 1]}")


def _level(score: float) -> int:
    """From 1, faint, to 3, strong."""
    return 3 if score >= STRONG else 2 if score >= FAIR else 1


def _meta(paper: Paper, score: float, words: UiStrings, tag: str = "p") -> str:
    from_where = " · ".join(f"<span>{text_html(part)}</span>" for part in origin(paper, words))
    chip = f'<span class="chip">{text_html(paper.category)}</span>' if paper.category else ""
    match = match_in_words(score, words)
    # How many bars are full says the same as the words; the figure is for those who want it.
    bars = "".join(f'<span class="bar{" full" if bar <= _level(score) else ""}"></span>' for bar in (1, 2, 3))
    figure = text_html(words("card_match_score", words=match, score=f"{score:.2f}"))
    meter = f'<span class="match" title="{figure}"><span class="meter" aria-hidden="true">{bars}</span>{match}</span>'
    parts = (f'<span class="origin">{from_where}</span>' if from_where else "", chip, meter)
    return f'<{tag} class="meta">{" ".join(part for part in parts if part)}</{tag}>'


def _trace(passage: Passage | None, words: UiStrings) -> str:
    """How the paper was found: the score that each signal of the retrieval gave it."""
    gave = dict(passage.signals) if passage else {}
    if gave.get("question") == gave.get("passage"):  # No written question was nearer than the passage.
        gave.pop("question", None)
    scores = " · ".join(f"{_signal(name, words)} {score:.2f}" for name, score in gave.items() if score > 0)
    if not scores:
        return ""
    told = text_html(words("card_found_by", scores=scores))
    return f'<details class="trace"><summary>{text_html(words("card_how_found"))}</summary><p>{told}</p></details>'


def _signal(name: str, words: UiStrings) -> str:
    return words(f"card_found_by_{name}") if name in _SIGNALS else name


def _view(paper: Paper, words: UiStrings) -> str:
    """The way to the paper's own view, where its title is no link."""
    label, place = text_html(words("card_open_label", title=paper.name)), text_html(paper_place(paper.id))
    return f'<a href="{place}" aria-label="{label}">{text_html(words("card_open"))}</a>'


def _actions(paper: Paper, turn: int, words: UiStrings, view: str = "") -> str:
    """One line of what can be done with the paper, and below it the places for what the line opens (cards.js)."""
    base = card_id(turn, paper)

    def button(attributes: str, name: str) -> str:
        label = text_html(words(f"{name}_label", title=paper.name))
        return f'<button type="button" {attributes} aria-label="{label}">{text_html(words(name))}</button>'

    def opening(name: str) -> str:
        return button(f'data-{name} aria-expanded="false" aria-controls="{base}-{name}"', f"card_{name}")

    link = outside_link(paper_address(paper), words("card_read"))
    draft = text_html(words("js_card_draft", title=paper.name))
    asks = button(f'data-draft="{draft}"', "card_ask") + button("data-only", "card_only")
    row = (view, link, opening("cite"), asks, opening("similar"))
    return (
        f'<div class="card-links">{"".join(row)}</div>'
        f'<div class="cite" id="{base}-cite" hidden>{references_html(paper, words)}</div>'
        f'<div class="similar" id="{base}-similar" hidden><p role="status"></p></div>'
    )


def references_html(paper: Paper, words: UiStrings) -> str:
    """The paper's references to copy, and the place where it is said that one was (cards.js)."""
    both = f"{_reference('BibTeX', bibtex(paper), words)}{_reference('APA', apa(paper), words)}"
    return f'{both}<p class="cite-said" role="status"></p>'


def _reference(form: str, text: str, words: UiStrings) -> str:
    label, name = text_html(words("card_copy_label", form=form)), text_html(words("card_copy"))
    button = f'<button type="button" data-reference="{form}" aria-label="{label}">{name}</button>'
    return (
        f'<div class="reference"><p><span>{form}</span>{button}</p>'
        f'<div class="reference-text" translate="no">{text_html(text)}</div></div>'
    )
