"""Questions that want a yes or no, and texts that open with one."""

from __future__ import annotations

import re
from collections.abc import Collection

from app.languages import any_of

_OPENLY = any_of(lambda language: language.evidence.asks_openly, re.IGNORECASE)
_WHETHER = any_of(lambda language: language.evidence.asks_whether, re.IGNORECASE)
_DENIES = any_of(lambda language: language.evidence.denies, re.IGNORECASE)
_DEGREE = any_of(lambda language: language.evidence.degree, re.IGNORECASE)
_STRICT = any_of(lambda language: language.evidence.strict, re.IGNORECASE)
_VERDICT = any_of(lambda language: language.evidence.verdict, re.IGNORECASE)


def wants_verdict(question: str) -> bool:
    """Whether a yes or no may answer the question: it asks whether, or does not plainly ask for something else."""
    return _WHETHER.search(question) is not None or _OPENLY.search(question) is None


def asks_alike(question: str, ways: Collection[str]) -> bool:
    """Whether a yes to the ways of asking is a yes to the question: it denies something as all of them do, or does not,
    as some do not, and has no strict word ("only", "always") that none of them has. A way as it stands is alike."""
    if question.casefold() in map(str.casefold, ways):
        return True
    denials = map(_denies, ways)
    alike = all(denials) if _denies(question) else not all(denials)
    return alike and _strict(question) <= frozenset[str]().union(*map(_strict, ways))


def _strict(question: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _STRICT.findall(question))


def _denies(question: str) -> bool:
    return _DENIES.search(question) is not None


def opens_with_verdict(text: str) -> bool:
    """Whether the text opens with a yes or no."""
    return _VERDICT.match(text) is not None


def without_verdict(text: str) -> str:
    """The text without the yes or no that it opens with, where what follows stands alone."""
    return _without(_VERDICT.match(text), text)


def without_degree(text: str) -> str:
    """The text without the "little" or "a lot" that it opens with."""
    return _without(_DEGREE.match(text), text)


def _without(opening: re.Match[str] | None, text: str) -> str:
    if opening is None:
        return text
    rest = text[opening.end() :]
    return rest[:1].upper() + rest[1:]
