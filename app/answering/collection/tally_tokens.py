"""A question that counts the records as tokens: each word says what it does there, or names what is counted.

Only questions all of whose words are known are read: what papers say is never taken for how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase
from typing import Literal

from app.answering.collection.called import Named, Units, units_of
from app.answering.collection.filter_words import DateNamed, dates_named
from app.answering.collection.records import Records
from app.languages import LANGUAGES
from app.languages.tally_words import RecordField, TallyWord
from retrieval.lexical.tokens import content_words
from retrieval.types import Filters

Does = TallyWord | Literal["field", "country", "named"]
MAX_UNITS = 80
_NO_MARKS = str.maketrans("‹›", "  ")
MISSPELT_FROM = 5
"""A word of so many letters may have one wrong."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or several by what it does; `field` is the one that it speaks of, `many` whether of several.

    What is `named` may be a `country` as well: "Chinese" papers, and Chinese companies.
    """

    does: Does
    said: str = ""
    field: RecordField | None = None
    many: bool = False
    named: Named | None = None
    country: bool = False


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words of all languages by their units, and the length of the longest."""

    tokens: Mapping[Units, Token]
    longest: int

    def longest_at(self, units: Units, at: int) -> int:
        """How many units the longest word that begins there has; 0 for none."""
        return _longest(self.tokens, self.longest, units, at)


def tokens_of(text: str, records: Records) -> tuple[Token, ...] | None:
    """The tokens of a folded question; None where it has a word that no such question has."""
    text = text.translate(_NO_MARKS)
    dates = dates_named(text, records.facets.latest)
    units = units_of(_with_marks(text, dates))
    if not 0 < len(units) <= MAX_UNITS:
        return None
    tokens: list[Token] = []
    at = 0
    while at < len(units):
        if units[at].startswith("‹"):
            date = dates[int(units[at].strip("‹›"))]
            named = Named("year", text[date.start : date.end], _between(date), date.relative)
            found = Token("named", named.said, named=named), 1
        else:
            found = _known(units, at, records) or _misspelt(units, at, records) or _unheard_of(units, at, tokens)
        if found is None:
            return None
        tokens.append(found[0])
        at += found[1]
    return tuple(tokens)


def _with_marks(text: str, dates: Sequence[DateNamed]) -> str:
    """The text with a mark in the place of each date."""
    marked, begin = "", 0
    for number, one in enumerate(dates):
        marked += f"{text[begin : one.start]} ‹{number}› "
        begin = one.end
    return marked + text[begin:]


def _between(date: DateNamed) -> Filters:
    return Filters(since=date.since, until=date.until)


def _known(units: Units, at: int, records: Records) -> tuple[Token, int] | None:
    """The longest word or name that begins there; of two as long, the name."""
    vocabulary = _vocabulary()
    length = vocabulary.longest_at(units, at)
    name = _longest(records.called_values, records.longest_called, units, at)
    if name and name >= length:
        named = records.called_values[units[at : at + name]]
        word = vocabulary.tokens.get(units[at : at + name])
        return Token("named", named.said, named=named, country=word is not None and word.does == "country"), name
    return (vocabulary.tokens[units[at : at + length]], length) if length else None


def _misspelt(units: Units, at: int, records: Records) -> tuple[Token, int] | None:
    """What a word means that has one letter wrong, where papers do not use it as it is."""
    word = units[at]
    if len(word) < MISSPELT_FROM or any(map(records.uses, content_words(word))):
        return None
    single, names = _vocabulary().tokens, records.called_values
    near = {one for one in _one_off(word) if (one,) in single or (one,) in names}
    return _known((*units[:at], near.pop(), *units[at + 1 :]), at, records) if len(near) == 1 else None


def _unheard_of(units: Units, at: int, before: Sequence[Token]) -> tuple[Token, int] | None:
    """A name that no record has, where one may stand."""
    name = units[at]
    may = bool(before) and before[-1].does == "by" and len(name) > 1
    return (Token("named", name, named=Named("organisation", name)), 1) if may else None


def _one_off(word: str) -> Iterator[str]:
    """What differs from a word in one letter after the first: left out, added, another, or changed with the next."""
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        for letter in ascii_lowercase:
            yield before + letter + after
            yield before + letter + after[1:]
        yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _longest(table: Mapping[Units, object], longest: int, units: Units, at: int) -> int:
    return next((n for n in range(min(longest, len(units) - at), 0, -1) if units[at : at + n] in table), 0)


@cache
def _vocabulary() -> _Vocabulary:
    tokens: dict[Units, Token] = {}
    for language in LANGUAGES:
        words = language.tallies
        plural = set(_phrases(words.plural))
        # What says more stands first: a word that does something is no filling.
        for does, said in words.does.items():
            if does != "fill":
                tokens |= {units: Token(does, " ".join(units), many=units in plural) for units in _phrases(said)}
        for name, said in words.fields.items():
            tokens |= {units: Token("field", " ".join(units), name, units in plural) for units in _phrases(said)}
        tokens |= {units: Token("country", " ".join(units)) for units in _phrases(words.countries)}
        for units in _phrases(words.does.get("fill", "")):
            tokens.setdefault(units, Token("fill", " ".join(units)))
    return _Vocabulary(tokens, max(map(len, tokens), default=0))


def _phrases(said: str) -> Iterable[Units]:
    return [units for phrase in said.split("|") if (units := units_of(phrase))]
