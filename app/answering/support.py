"""Hold a written sentence against the quotes it cites, in plain code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.citations import marked, without_markers
from app.answering.events import AnswerSentence, Citation
from retrieval.words import content_words

SUPPORTED_FROM = 0.5
"""Share of a sentence's content words that its quotes must hold."""
CITED_FROM = 0.7
"""Share from which a sentence without a marker is given one; more than support, as it is our claim then."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def checked_sentence(text: str, cited: tuple[int, ...], quotes: Sequence[Citation]) -> AnswerSentence:
    """The sentence with its support: the share of its content words that the cited quotes hold.

    A figure that no cited quote holds makes it unsupported whatever the share. A
    sentence that cites nothing gets the marker of the one quote that supports it
    best, and none where no quote does. It sees misattribution, not contradiction.
    """
    if cited:
        score, figures_hold = _coverage(text, [quote for quote in quotes if quote.number in cited])
        supported = score >= SUPPORTED_FROM and figures_hold
        return AnswerSentence(text, cited, "supported" if supported else "unsupported", score)
    coverages = [(_coverage(text, [quote]), quote.number) for quote in quotes]
    # A quote that holds the figures goes before one that shares more words.
    best = max(coverages, key=lambda coverage: (coverage[0][1], coverage[0][0]), default=((0.0, False), 0))
    (score, figures_hold), number = best
    if score >= CITED_FROM and figures_hold:
        return AnswerSentence(marked(text, f"[{number}]"), (number,), "supported", score)
    return AnswerSentence(text, (), "uncited", score)


def _coverage(text: str, quotes: Sequence[Citation]) -> tuple[float, bool]:
    """The share of the text's content words that the quotes hold, and whether they hold all its figures."""
    evidence = " ".join(f"{quote.quote} {quote.gloss or ''} {quote.paper.name}" for quote in quotes)
    said = without_markers(text)
    words = set(content_words(said))
    score = len(words & set(content_words(evidence))) / len(words) if words else 0.0
    return score, set(_FIGURE.findall(said)) <= set(_FIGURE.findall(evidence))
