"""One paper by itself: what it says, sentence by sentence, papers like it, and a box that asks it alone.

A pure function to HTML; which paper is shown and what its box does is static/paper.js.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from app.answering.collection.one_paper import NAMED_AUTHORS
from app.answering.collection.roles import sentences_by_role
from app.answering.question import MAX_QUESTION_CHARS
from app.surfaces.markup import outside_link, text_html
from app.surfaces.page.cards import references_html, retracted_html
from app.surfaces.page.paper_naming import name_html, origin, paper_place
from app.surfaces.page.quote_places import has_pages, page_place
from app.surfaces.page.quoted_text import abstract_html
from app.surfaces.ui_strings import UiStrings
from retrieval.retriever import sentences_within
from retrieval.types import Paper, Passage, Sentence
from retrieval.web_address import paper_address

NEIGHBOURS = 5
"""Papers like the one that is shown."""


def paper_html(paper: Paper, near: Sequence[Paper], words: UiStrings) -> str:
    """The paper's view; `near` are the papers most like it, nearest first."""
    return (
        f'<article class="paper-view" data-paper="{text_html(paper.id)}" lang="{words.language}" '
        f'aria-labelledby="paper-heading">{_back(words)}'
        f'<h1 id="paper-heading" tabindex="-1">{name_html(paper, words)}</h1>{_from(paper, words)}'
        f"{retracted_html(paper, words)}{_pages(paper, words)}{_summary(paper, words)}"
        f"{_sentences(paper, words)}{_cite(paper, words)}{_near(near, words)}"
        f"{_box(paper, words)}</article>"
    )


def no_paper_html(paper_id: str, words: UiStrings) -> str:
    """What stands there where the collection has no such paper."""
    return (
        f'<article class="paper-view" data-paper="{text_html(paper_id)}" lang="{words.language}" '
        f'aria-labelledby="paper-heading">{_back(words)}'
        f'<h1 id="paper-heading" tabindex="-1">{text_html(words("view_unknown"))}</h1>'
        f'<p class="lead">{text_html(words("view_unknown_next"))}</p></article>'
    )


def _back(words: UiStrings) -> str:
    return f'<p class="paper-back"><a href="#library">← {text_html(words("view_back"))}</a></p>'


def _from(paper: Paper, words: UiStrings) -> str:
    authors = f'<p class="paper-authors">{text_html(_authors(paper, words))}</p>' if paper.authors else ""
    address = paper_address(paper)
    host = (urlsplit(address).hostname or "").removeprefix("www.") if address else ""
    facts = [text_html(fact) for fact in (*origin(paper, words), paper.category) if fact]
    facts += [link] if (link := outside_link(address, f"{host} ↗")) else []
    return f'{authors}<p class="paper-facts">{" · ".join(facts)}</p>' if facts else authors


def _pages(paper: Paper, words: UiStrings) -> str:
    """That its whole text is read, and the way to its pages where they can be shown."""
    if paper.text is None:
        return ""
    if not has_pages(paper):
        return f'<p class="paper-pages">{text_html(words("view_full_text"))}</p>'
    name = words("view_pages_one" if paper.text.pages == 1 else "view_pages", count=f"{paper.text.pages:,}")
    return f'<p class="paper-pages"><a href="{text_html(page_place(paper.id, 1))}">{text_html(name)}</a></p>'


def _authors(paper: Paper, words: UiStrings) -> str:
    """The authors; of many the first few, and how many others."""
    others = len(paper.authors) - NAMED_AUTHORS
    if others < 2:
        return ", ".join(paper.authors)
    return words("view_authors", names=", ".join(paper.authors[:NAMED_AUTHORS]), count=others)


def _summary(paper: Paper, words: UiStrings) -> str:
    if not paper.summary:
        return ""
    return (
        f'<section aria-labelledby="paper-short"><h2 id="paper-short">{text_html(words("view_short"))}</h2>'
        f'<p class="paper-summary" lang="en">{text_html(paper.summary)}</p>'
        f'<p class="whose">{text_html(words("view_whose"))}</p></section>'
    )


def _sentences(paper: Paper, words: UiStrings) -> str:
    """The abstract's sentences by what they do, and the whole in its order below; only that where none tells."""
    by_role = sentences_by_role(paper)
    sentences = sentences_within(Passage(paper, 0, len(paper.abstract), 1.0))
    whole = abstract_html(paper, (), 0, words) + _in_english(paper, sentences, words)
    if not by_role:
        heading = f'<h2 id="paper-abstract">{text_html(words("view_abstract"))}</h2>'
        return f'<section aria-labelledby="paper-abstract">{heading}{whole}</section>'
    parts = "".join(
        f'<section aria-labelledby="paper-{role}"><h2 id="paper-{role}">{text_html(words(f"view_{role}"))}</h2>'
        f"{_said(paper, sentences, words)}</section>"
        for role, sentences in by_role.items()
    )
    return (
        f'<div class="paper-said">{parts}</div><p class="whose">{text_html(words("view_sorted"))}</p>'
        f'<details class="paper-whole"><summary>{text_html(words("view_in_order"))}</summary>{whole}</details>'
    )


def _said(paper: Paper, sentences: Sequence[Sentence], words: UiStrings) -> str:
    """Sentences word for word; an ellipsis stands where one of another kind comes between two."""
    text = sentences[0].text
    for before, sentence in pairwise(sentences):
        between = paper.abstract[before.end : sentence.start]
        text += f"{' … ' if between.strip() else between}{sentence.text}"
    said = f'<p class="abstract" lang="{text_html(paper.language)}">{text_html(text)}</p>'
    return said + _in_english(paper, sentences, words)


def _in_english(paper: Paper, sentences: Sequence[Sentence], words: UiStrings) -> str:
    """The sentences' English, for who reads in another language than the paper's."""
    gloss = " ".join(sentence.gloss for sentence in sentences if sentence.gloss)
    if not gloss or words.language == paper.language:
        return ""
    return f'<p class="gloss">{text_html(words("card_gloss", gloss=gloss))}</p>'


def _cite(paper: Paper, words: UiStrings) -> str:
    return (
        f'<details class="paper-cite"><summary>{text_html(words("card_cite"))}</summary>'
        f'<div class="cite">{references_html(paper, words)}</div></details>'
    )


def _near(near: Sequence[Paper], words: UiStrings) -> str:
    if not near:
        return ""
    rows = "".join(
        f'<li><a href="{text_html(paper_place(paper.id))}">{name_html(paper, words)}</a>'
        f' <span class="meta">{text_html(" · ".join(origin(paper, words)))}</span></li>'
        for paper in near
    )
    heading = f'<h2 id="paper-near">{text_html(words("view_near"))}</h2>'
    return f'<section class="paper-near" aria-labelledby="paper-near">{heading}<ul>{rows}</ul></section>'


def _box(paper: Paper, words: UiStrings) -> str:
    label = text_html(words("view_ask_label", title=paper.name))
    return (
        f'<form class="paper-ask"><textarea rows="1" maxlength="{MAX_QUESTION_CHARS}" aria-label="{label}" '
        f'placeholder="{text_html(words("view_ask"))}"></textarea>'
        f'<button type="submit">{text_html(words("page_ask"))}</button></form>'
    )
