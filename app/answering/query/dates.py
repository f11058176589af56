"""Dates as people write filters: a year, a month or a day."""

from __future__ import annotations

import calendar
import re
from datetime import date

from retrieval.errors import InputError

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def first_day(text: str) -> date:
    """The first day of "2023", "2023-04" or "2023-04-05". Raises `InputError` on anything else."""
    year, month, day = _parts(text)
    return _date(text, year, 1 if month is None else month, 1 if day is None else day)


def last_day(text: str) -> date:
    """The last day of "2023", "2023-04" or "2023-04-05". Raises `InputError` on anything else."""
    year, month, day = _parts(text)
    first = _date(text, year, 12 if month is None else month, 1 if day is None else day)
    return first if day is not None else first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _parts(text: str) -> tuple[int, int | None, int | None]:
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise InputError(f"{text[:40]!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD.")
    year, month, day = match.groups()
    return int(year), int(month) if month else None, int(day) if day else None


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InputError(f"{text[:40]!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD.") from error
