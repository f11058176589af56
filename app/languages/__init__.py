"""The languages of answers, each a file of this folder; a file that is added is a language that is added."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import iter_modules

from app.languages.en import LANGUAGE as ENGLISH
from app.languages.language import Language
from retrieval.lexical.han import BEFORE_HAN, HAN

_NEVER = r"(?!)"
# No language of answers is written in kana.
_LETTER = re.compile(rf"[{HAN}]|[^\W\d_{BEFORE_HAN}]")


def _languages() -> tuple[Language, ...]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    others = (getattr(module, "LANGUAGE", ENGLISH) for module in modules)
    return (ENGLISH, *(language for language in others if language is not ENGLISH))


LANGUAGES = _languages()
"""English first, the others by the names of their files; patterns are tried in this order."""


def language_of(text: str) -> Language:
    """The language to answer a question in: the first that recognises its letters, else English.

    What it quotes does not count, such as an English title in a Chinese question.
    """
    own = _QUOTED.sub(" ", text)
    letters = own if _LETTER.search(own) else text
    return next((language for language in LANGUAGES if language.recognises(letters)), ENGLISH)


def any_of(pattern: Callable[[Language], str], flags: int = 0) -> re.Pattern[str]:
    """What finds all that the given pattern of any language finds; languages that leave it empty are left out."""
    return re.compile(either(map(pattern, LANGUAGES)) or _NEVER, flags)


def either(patterns: Iterable[str]) -> str:
    """The patterns that are not empty as one."""
    return "|".join(filter(None, patterns))


def words_of(words: Callable[[Language], Iterable[str]]) -> frozenset[str]:
    """The given words of all languages."""
    return frozenset(word for language in LANGUAGES for word in words(language))


QUOTATION_MARKS = tuple(dict.fromkeys(pair for language in LANGUAGES for pair in language.quotation_marks))
_QUOTED = re.compile(
    "|".join(f"{opener}[^{closer}]*{closer}" for opener, closer in (map(re.escape, pair) for pair in QUOTATION_MARKS))
)
