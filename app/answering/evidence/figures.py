"""Questions that want a figure, and sentences that have none."""

from __future__ import annotations

import re

from app.languages import any_of

_ASKS = any_of(lambda language: language.evidence.asks_figure, re.IGNORECASE)
_HAS = any_of(lambda language: language.evidence.figure, re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def asks_figure(question: str) -> bool:
    """Whether the question wants a figure, such as "how many"."""
    return _ASKS.search(question) is not None


def has_figure(sentence: str) -> bool:
    """Whether the sentence has one."""
    return (_DIGIT.search(sentence) or _HAS.search(sentence)) is not None


def lacks_figure(question: str, sentence: str) -> bool:
    """Whether the question wants a figure, such as "how many", and the sentence has none."""
    return asks_figure(question) and not has_figure(sentence)
