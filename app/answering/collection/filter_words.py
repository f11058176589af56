"""Filters as people say them: "by Deep Mind", "since March 2024", "between 2022 and 2023", "去年的中文论文"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.answering.writing.phrases import MONTHS
from retrieval.types import Facets, Filters

OWN = "‹o›"
"""Stands where an organisation was named."""

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "google deepmind": (
        *("google deep mind", "google's deepmind", "deepmind", "deep mind", "gdm", "google"),
        *("谷歌深度思维", "谷歌deepmind", "深度思维", "谷歌"),
    ),
    "openai": ("open ai", "open-ai", "oai"),
    "anthropic": ("antropic", "anthropics"),
    "nist": ("national institute of standards and technology", "美国国家标准与技术研究院"),
}
_LANGUAGES = {
    **{"chinese": "zh", "mandarin": "zh", "中文": "zh", "汉语": "zh", "english": "en", "英文": "en", "英语": "en"},
    **{"german": "de", "french": "fr", "spanish": "es", "japanese": "ja", "德文": "de", "法文": "fr", "日文": "ja"},
}
_LANGUAGE = re.compile(
    r"(?:\b(?:that are |which are |are )?(?:written |available )?in )(?P<after>chinese|mandarin|english|german|french|"
    r"spanish|japanese)\b(?: language)?|\b(?P<before>chinese|mandarin|english|german|french|spanish|japanese)"
    r"(?:[- ]language)?(?= (?:papers?|articles?|abstracts?|publications?|ones?|works|stud(?:y|ies)))"
    r"|[用以]?(?P<chinese>[中英德法日]文|汉语|英语)(?:写|撰写|发表)?的?(?=论文|文章|文献|摘要|$|[？?])"
)
_MONTH_NAMES = tuple(name.casefold() for name in MONTHS)
_MONTH = rf"(?:{'|'.join(name[:3] + (f'(?:{name[3:]})?' if name[3:] else '') for name in _MONTH_NAMES)}|sept)\.?"
_YEAR = r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?(?!\d|[.,]\d|%|[a-z])"
_POINT = rf"(?:(?:{_MONTH},? (?:of )?)?{_YEAR}(?:年(?:\d{{1,2}}月)?)?)"
_P, _Q = f"(?P<first>{_POINT})", f"(?P<second>{_POINT})"
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
# In this order: what says more goes first.
_DATES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "between",
            rf"\b(?:between|from|in|during) (?:the year )?{_P}(?: and | to | until | till | through |\s*[-–—]\s*)"
            rf"(?:the year )?{_Q}(?!\d)",
        ),
        (
            "between",
            rf"\b(?:in )?{_P} (?:and|or) {_Q}(?!\d)|{_P.replace('first', 'one')}\s*(?:到|至|[-–—])\s*"
            rf"{_Q.replace('second', 'other')}(?:年)?(?:之间|间|期间)?",
        ),
        (
            "since",
            rf"\b(?:since|starting (?:in|from|with)|as of|from) (?:the (?:start|beginning) of |early )?"
            rf"{_P} on(?:wards?)?\b",
        ),
        (
            "since",
            rf"\b(?:since|starting (?:in|from|with)|as of) (?:the (?:start|beginning) of |early )?{_P}"
            rf"|(?:自从?|从)?{_P.replace('first', 'one')}(?:以来|以后|之后|后|起|开始)",
        ),
        ("after", rf"\b(?:after|later than|newer than|past) {_P}"),
        ("before", rf"\b(?:before|prior to|earlier than|older than) {_P}|{_P.replace('first', 'one')}(?:之前|以前|前)"),
        ("until", rf"\b(?:until|till|up to|through|by the end of|not after) (?:the end of )?{_P}"),
        ("in", rf"\b(?:in|from|of|during|for|dated|within) (?:the year |early |late )?{_P}"),
        ("in", rf"(?:在|于)?(?<![\d.]){_P}(?:期间|间|内|里)?(?:的)?"),
        (
            "years",
            rf"\b(?:in|from|over|during|within|of|for)? ?(?:the )?(?:last|past|previous) {_COUNT} years\b"
            rf"|(?:在)?(?:最近|近|过去)(?:的)?{_COUNT.replace('count', 'number')}年(?:里|内|间|来)?(?:的)?",
        ),
        ("last year", r"\b(?:in |from |during |of )?(?:the )?(?:last|previous|past) year(?:'s)?\b|(?:在)?去年(?:的)?"),
        ("this year", r"\b(?:in |from |during |of )?(?:this|the current) year(?:'s)?\b|(?:在)?今年(?:的)?"),
    )
)


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
        languages.append(_LANGUAGES[match["after"] or match["before"] or match["chinese"]])
        return " "

    rest = _LANGUAGE.sub(language, rest)
    filters = Filters(organisations=organisations, languages=tuple(dict.fromkeys(languages)))
    for kind, pattern in _DATES:
        if match := pattern.search(rest):
            since, until = _span(kind, match, facets.latest)
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
            relative = kind in ("years", "last year", "this year")
            return ReadFilters(replace(filters, since=since, until=until), rest, relative)
    return ReadFilters(filters, rest)


def _organisations(text: str, facets: Facets) -> tuple[tuple[str, ...], str]:
    spoken = {name.casefold(): name for name in facets.organisations}
    for folded, name in tuple(spoken.items()):
        spoken |= dict.fromkeys(_ALIASES.get(folded, ()), name)
    if not spoken:
        return (), text
    names = "|".join(re.escape(name) for name in sorted(spoken, key=len, reverse=True))
    found: list[str] = []

    def own(match: re.Match[str]) -> str:
        found.append(spoken[match[1]])
        return f" {OWN} "

    rest = re.sub(rf"(?<![a-z0-9])({names})(?:'s?)?(?![a-z0-9])", own, text)
    return tuple(dict.fromkeys(found)), rest


def _span(kind: str, match: re.Match[str], newest: date | None) -> tuple[date | None, date | None]:
    groups = match.groupdict()
    latest = newest or date.today()
    if kind == "years":
        number = groups["count"] or groups["number"]
        count = int(number) if number.isdigit() else _NUMBERS[number]
        return date(max(1, latest.year - count + 1), 1, 1), None
    if kind in ("last year", "this year"):
        year = latest.year - (kind == "last year")
        return date(year, 1, 1), date(year, 12, 31)
    first = _days(groups.get("first") or groups["one"])
    if kind == "between":
        second = _days(groups.get("second") or groups["other"])
        return min(first[0], second[0]), max(first[1], second[1])
    return {
        "since": (first[0], None),
        "after": (first[1] + timedelta(days=1), None),
        "before": (None, first[0] - timedelta(days=1)),
        "until": (None, first[1]),
        "in": first,
    }[kind]


def _days(point: str) -> tuple[date, date]:
    """The first and last day of "2023", "2023-05", "may 2023" or "2023年5月"."""
    year = int(re.search(r"(?:19|20)\d\d", point)[0])  # type: ignore[index]
    after = re.search(r"(?:19|20)\d\d(?:-|年)(\d{1,2})", point)
    named = next((place for place, name in enumerate(_MONTH_NAMES, start=1) if point.startswith(name[:3])), None)
    month = int(after[1]) if after else named
    if month is None or not 1 <= month <= 12:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
