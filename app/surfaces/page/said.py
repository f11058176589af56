"""What the chain and the checks at its door say in English, in the reader's language.

The English templates of the keys `said_…` are the patterns: a sentence that fits one
is said with the other language's template of the same key, any other as it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.surfaces.ui_strings import UiStrings, ui_strings

_PREFIX = "said_"
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def said(sentence: str, words: UiStrings) -> str:
    """The sentence in the language of `words`, or unchanged where it is not known."""
    if words.language == "en":
        return sentence
    for key, pattern in _patterns():
        if match := pattern.fullmatch(sentence):
            return words(key, **match.groupdict())
    return sentence


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    english = ui_strings("en")
    # The longest first: what has fewer words of its own would take the others' sentences too.
    keys = sorted((key for key in english if key.startswith(_PREFIX)), key=lambda key: -len(_own_words(english(key))))
    return tuple((key, _pattern(english(key))) for key in keys)


def _own_words(template: str) -> str:
    return re.sub(r"\{\w+\}", "", template)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>[^\\n]{1,300})", re.escape(template)))
