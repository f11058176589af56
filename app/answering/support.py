"""Hold a written sentence against the quotes it cites, in plain code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.citations import without_markers
from app.answering.events import AnswerSentence, Citation
from app.answering.words import content_words

SUPPORTED_FROM = 0.5
"""Share of a sentence's content words that its quotes must hold."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def checked_sentence(text: str, cited: tuple[int, ...], quotes: Sequence[Citation]) -> AnswerSentence:
    """The sentence with its support: the share of its content words that the cited quotes hold.

    A figure that no cited quote holds makes it unsupported whatever the share.
    It sees misattribution, not contradiction.
    """
    if not cited:
        return AnswerSentence(text, (), "uncited", 0.0)
    evidence = " ".join(f"{quote.quote} {quote.gloss or ''} {quote.paper.name}" for quote in quotes if quote.number in cited)
    said = without_markers(text)
    words = set(content_words(said))
    score = len(words & set(content_words(evidence))) / len(words) if words else 0.0
    figures_hold = set(_FIGURE.findall(said)) <= set(_FIGURE.findall(evidence))
    return AnswerSentence(text, cited, "supported" if score >= SUPPORTED_FROM and figures_hold else "unsupported", score)
