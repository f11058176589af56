"""What kind of thing a question wants to be told: why, how many, whether, what something is."""

from __future__ import annotations

import re
from functools import cache
from typing import get_args

from app.languages import any_of
from app.languages.patterns import AskedFor


def asked_for(question: str) -> AskedFor | None:
    """What the question wants to be told, where its words say so."""
    return next((kind for kind, pattern in _kinds() if pattern.search(question)), None)


@cache
def _kinds() -> tuple[tuple[AskedFor, re.Pattern[str]], ...]:
    kinds: tuple[AskedFor, ...] = get_args(AskedFor)
    return tuple((kind, _pattern(kind)) for kind in kinds)


def _pattern(kind: AskedFor) -> re.Pattern[str]:
    return any_of(lambda language: language.evidence.asks_for.get(kind, ""), re.IGNORECASE)
