"""Dates as sources write them: a year alone, a month in words, ISO 8601, numbers with signs between."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

from retrieval.lexical.han import HAN

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = {"spr": 3, "sum": 6, "aut": 9, "fal": 9, "win": 12}
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|2[0-9]{3})(?!\d)")
_NUMBERS = re.compile(
    rf"(?<!\d)([12][0-9]{{3}})[-/.{HAN} ](0?[1-9]|1[0-2])(?:[-/.{HAN} ](0?[1-9]|[12][0-9]|3[01]))?(?!\d)"
)
# 5/12/2023 may be either; what has more than 12 is the day.
_BACKWARD = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]([12][0-9]{3})(?!\d)")
_TOGETHER = re.compile(r"([12][0-9]{3})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)
_DAY = re.compile(r"(?<![\d.])(0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?![\d.])", re.IGNORECASE)


def date_of(year: str | int | None, month: str | int | None = None, day: str | int | None = None) -> date | None:
    """The day that a year, a month and a day name, each as it is written; the first of what is missing."""
    found = _YEAR.search(str(year or ""))
    if not found:
        return None
    in_year = int(found[1])
    in_month = month_of(month)
    in_day = int(named[1]) if in_month and (named := _DAY.search(str(day or ""))) else 1
    return _day(in_year, in_month or 1, in_day) or _day(in_year, in_month or 1, 1)


def month_of(text: str | int | None) -> int | None:
    """The month from 1 to 12 that is named by number or by an English word, a season by its first."""
    written = str(text or "").strip()
    if written.isdecimal() and written.isascii():
        return int(written) if len(written) <= 2 and 1 <= int(written) <= 12 else None
    for word in _WORD.findall(written):
        start = word[:3].casefold()
        if start in _MONTHS:
            return _MONTHS.index(start) + 1
        if start in _SEASONS:
            return _SEASONS[start]
    return None


def date_in(text: str | None) -> date | None:
    """The first date that a text has, such as "2023-05-12", "2023/05", "12 May 2023", "5/2023" or "2023"; None without
    a year."""
    written = (text or "").strip()[:200]
    if found := _TOGETHER.fullmatch(written) or _NUMBERS.search(written):
        return _day(int(found[1]), int(found[2]), int(found[3] or 1)) or date(int(found[1]), int(found[2]), 1)
    if found := _BACKWARD.search(written):
        one, other, year = (int(number) for number in found.groups())
        return _day(year, one, other) or _day(year, other, one) or date(year, 1, 1)
    if not (year := _YEAR.search(written)):
        return None
    rest = written[: year.start()] + " " + written[year.end() :]
    return date_of(year[1], rest if month_of(rest) else rest.strip(" -/.,"), rest)


def date_of_mail(text: str) -> date | None:
    """The day of a date as mails have it, such as "Mon, 2 Apr 2007 19:18:42 GMT"."""
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
