"""Quotes mode: an answer set from the papers' own words, without a language model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from app.answering.events import REFUSAL, AnswerSentence, Citation
from retrieval.types import Paper, Passage

CLOSEST_PAPERS = 3


def quoted_answer(quotes: Sequence[Citation]) -> tuple[AnswerSentence, ...]:
    """One sentence a quote: the paper introduced where it comes first, then its words and their marker.

    A paragraph a paper: the sentence that begins one starts with a blank line,
    so that joining the texts gives the answer.
    """
    sentences: list[AnswerSentence] = []
    for position, (_, group) in enumerate(groupby(quotes, key=lambda quote: quote.paper.id)):
        for place, quote in enumerate(group):
            lead = "" if place else _introduction(quote.paper, first=position == 0)
            gap = "" if not sentences else " " if place else "\n\n"
            sentences.append(AnswerSentence(f"{gap}{lead}{_quoted(quote)}", (quote.number,), "supported", 1.0))
    return tuple(sentences)


def _introduction(paper: Paper, *, first: bool) -> str:
    summary = f" {paper.summary}" if paper.summary else ""
    if first:
        return f"{described(paper)}:{summary} In its words: "
    return f"See also {described(paper)}:{summary} It says: "


def _quoted(quote: Citation) -> str:
    gloss = f" (in English: “{quote.gloss}”)" if quote.gloss else ""
    return f"“{quote.quote}”{gloss} [{quote.number}]"


def described(paper: Paper) -> str:
    """The paper in running text: its name (organisation, month and year), as far as they are known."""
    about = ", ".join(
        filter(None, (paper.organisation, paper.published.strftime("%B %Y") if paper.published else None))
    )
    return f"{paper.name} ({about})" if about else paper.name


def refusal_answer(passages: Sequence[Passage]) -> str:
    """The refusal and the names of the closest papers."""
    names = [described(paper) for paper in closest_papers(passages)]
    return f"{REFUSAL}\n\nClosest to it: {'; '.join(names)}." if names else REFUSAL


def closest_papers(passages: Iterable[Passage]) -> list[Paper]:
    """The first `CLOSEST_PAPERS` papers of the passages."""
    return list({passage.paper.id: passage.paper for passage in passages}.values())[:CLOSEST_PAPERS]


def follow_up_questions(quotes: Sequence[Citation], passages: Sequence[Passage]) -> tuple[str, ...]:
    """Up to three questions that papers found, but not quoted, can answer."""
    quoted = {quote.paper.id for quote in quotes}
    others = {passage.paper.id: passage.paper for passage in passages if passage.paper.abstract and passage.paper.title}
    return tuple(f"What does “{paper.title}” find?" for key, paper in others.items() if key not in quoted)[:3]
