"""Filters as people say them: "by Deep Mind", "since March 2024", "between 2022 and 2023", in any language."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import get_args

from app.languages import LANGUAGES, any_of, either
from app.languages.patterns import COUNT, FIRST, OWN, SECOND, DateForm, FilterWords
from retrieval.types import Facets, Filters

_LANGUAGE = any_of(lambda language: language.filters.language)
_WORDS: tuple[FilterWords, ...] = tuple(language.filters for language in LANGUAGES)
_LANGUAGES = {word: code for words in _WORDS for word, code in words.languages.items()}
_NUMBERS = {word: number for words in _WORDS for word, number in words.numbers.items()}
_MONTHS = tuple(
    re.compile(either(month)) for month in zip(*(words.months for words in _WORDS if words.months), strict=True)
)


def _or(part: Callable[[FilterWords], str]) -> str:
    """What may stand there in any language, or nothing."""
    return f"(?:{either(map(part, _WORDS))})?"


_MONTH_BEFORE = _or(lambda words: f"(?:{either(words.months)}){words.after_month}" if words.months else "")
_YEAR = r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?(?!\d|[.,]\d|%|[a-z])"
_POINT = f"(?:{_MONTH_BEFORE}{_YEAR}{_or(lambda words: words.year_sign)})"
_TO = f"(?:{either((*(words.to for words in _WORDS), '[-–—]'))})"
_PLACES = {
    FIRST: f"(?P<first>{_POINT})",
    SECOND: f"(?P<second>{_POINT})",
    COUNT: rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})",
}
# What a year or two of them are in every language, with what goes with them in some.
_PLAIN: dict[DateForm, str] = {
    "pair": rf"{FIRST}\s*{_TO}\s*{SECOND}{_or(lambda words: words.after_range)}",
    "year": rf"{_or(lambda words: words.before_year)}(?<![\d.]){FIRST}{_or(lambda words: words.after_year)}",
}


def _compiled(form: DateForm) -> tuple[re.Pattern[str], ...]:
    patterns = [*(words.dates.get(form, "") for words in _WORDS), _PLAIN.get(form, "")]
    for place, pattern in _PLACES.items():
        patterns = [one.replace(place, pattern) for one in patterns if one]
    return tuple(map(re.compile, patterns))


_RELATIVE = ("years", "last year", "this year")
_WORD = re.compile(r"\w+")
_DATES: dict[DateForm, tuple[re.Pattern[str], ...]] = {form: _compiled(form) for form in get_args(DateForm)}


@dataclass(frozen=True, slots=True)
class ReadFilters:
    """What was read out of a text: the filters and the text without their words.

    `rest` has `OWN` where an organisation was named. `relative` says that a date was
    counted from the newest paper ("last year").
    """

    filters: Filters
    rest: str
    relative: bool = False


def read_filters(text: str, facets: Facets) -> ReadFilters:
    """The filters that a folded text (casefold, straight quotes) names.

    "Last year" and the like are counted from the collection's newest paper, as its
    readers know the collection and not the calendar it was made in.
    """
    organisations, rest = _organisations(text, facets)
    languages: list[str] = []

    def language(match: re.Match[str]) -> str:
        languages.append(_LANGUAGES[match[match.lastindex or 0]])
        return " "

    rest = _LANGUAGE.sub(language, rest)
    filters = Filters(organisations=organisations, languages=tuple(dict.fromkeys(languages)))
    for form, patterns in _DATES.items():
        if match := _leftmost(patterns, rest):
            since, until = _span(form, match, facets.latest)
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
            return ReadFilters(replace(filters, since=since, until=until), rest, form in _RELATIVE)
    return ReadFilters(filters, rest)


@dataclass(frozen=True, slots=True)
class DateNamed:
    """A date that a text names, at the characters from `start` to `end`."""

    start: int
    end: int
    since: date | None
    until: date | None
    relative: bool = False


def dates_named(text: str, newest: date | None) -> tuple[DateNamed, ...]:
    """All dates that a folded text names, in its order; of two that overlap, the one that says more."""
    found: list[DateNamed] = []
    for form, patterns in _DATES.items():
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            if all(match.end() <= other.start or other.end <= match.start() for other in found):
                since, until = _span(form, match, newest)
                found.append(DateNamed(match.start(), match.end(), since, until, form in _RELATIVE))
    return tuple(sorted(found, key=lambda one: one.start))


def languages_called() -> Mapping[str, str]:
    """The codes of languages by what they are called."""
    return _LANGUAGES


def organisations_called(facets: Facets) -> Mapping[str, tuple[str, ...]]:
    """What organisations are called, folded, each with those whose name has it: "google" is all of Google's."""
    return _called(tuple(facets.organisations))


@lru_cache(maxsize=4)
def _called(organisations: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """See `organisations_called`; kept, as every question asks for it and there may be very many."""
    having: dict[str, dict[str, None]] = defaultdict(dict)
    for name in organisations:
        for word in _WORD.findall(name.casefold()):
            having[word].setdefault(name)
    called: dict[str, tuple[str, ...]] = {}
    known = {key: aliases for words in _WORDS for key, aliases in words.organisations.items()}
    for key in (*(name.casefold() for name in organisations), *known):
        # Of the key's words the one that the fewest names have: a whole country's are "University of …".
        few = min((having[word] for word in _WORD.findall(key) or [key]), key=len)
        names = tuple(name for name in few if f" {key} " in f" {' '.join(name.casefold().split())} ")
        names = names or tuple(name for name in organisations if name.casefold() == key)
        if names:
            called[key] = names
            aliases = (alias for words in _WORDS for alias in words.organisations.get(key, ()))
            called |= {alias: names for alias in aliases if alias not in called}
    return called


def _leftmost(patterns: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """What the patterns find first in the text; in the same place the first of them counts."""
    found = (match for pattern in patterns if (match := pattern.search(text)))
    return min(found, key=lambda match: match.start(), default=None)


def _organisations(text: str, facets: Facets) -> tuple[tuple[str, ...], str]:
    called = organisations_called(facets)
    said = [name for name in called if name in text]
    if not said:
        return (), text
    names = "|".join(re.escape(name) for name in sorted(said, key=len, reverse=True))
    found: list[str] = []

    def own(match: re.Match[str]) -> str:
        found.extend(called[match[1]])
        return f" {OWN} "

    rest = re.sub(rf"(?<![a-z0-9])({names})(?:'s?)?(?![a-z0-9])", own, text)
    return tuple(dict.fromkeys(found)), rest


def _span(form: DateForm, match: re.Match[str], newest: date | None) -> tuple[date | None, date | None]:
    groups = match.groupdict()
    latest = newest or date.today()
    if form == "years":
        number = groups["count"]
        count = int(number) if number.isdigit() else _NUMBERS[number]
        return date(max(1, latest.year - count + 1), 1, 1), None
    if form in ("last year", "this year"):
        year = latest.year - (form == "last year")
        return date(year, 1, 1), date(year, 12, 31)
    first = _days(groups["first"])
    if form in ("range", "pair"):
        second = _days(groups["second"])
        return min(first[0], second[0]), max(first[1], second[1])
    return {
        "onwards": (first[0], None),
        "since": (first[0], None),
        "after": (first[1] + timedelta(days=1), None),
        "before": (None, first[0] - timedelta(days=1)),
        "until": (None, first[1]),
        "in": first,
        "year": first,
    }[form]


def _days(point: str) -> tuple[date, date]:
    """The first and last day of "2023", "2023-05" or "may 2023"; the number after a year sign is the month."""
    found = re.search(r"(?:19|20)\d\d", point)
    assert found is not None  # a point of time has its year
    year = int(found[0])
    after = re.search(r"(?:19|20)\d\d\D(\d{1,2})", point)
    named = next((number for number, month in enumerate(_MONTHS, start=1) if month.match(point)), None)
    month = int(after[1]) if after else named
    if month is None or not 1 <= month <= 12:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
