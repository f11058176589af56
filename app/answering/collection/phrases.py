"""Which papers an answer about the collection speaks of, in the words of its language."""

from __future__ import annotations

import re
from datetime import date, timedelta

from app.languages.language import Language
from retrieval.types import Filters

SHOWN_TOPIC_CHARS = 80


def scope(language: Language, filters: Filters, topic: str = "", author: str = "", newest: date | None = None) -> str:
    """Which papers: by whom, about what, in which language and of which dates, such as " by OpenAI from 2023".

    `newest` is the day that dates such as "last year" were counted from.
    """
    say = language.collection
    languages = [say.languages.get(code, code) for code in filters.languages]
    return say.in_order.format(
        by=say.by.format(names=say.either.join(filters.organisations)) if filters.organisations else "",
        author=say.author.format(name=shown(author)) if author else "",
        dates=_dates(language, filters, newest),
        language=say.language.format(names=say.either.join(languages)) if languages else "",
        category=say.category.format(names=say.either.join(filters.categories)) if filters.categories else "",
        about=say.about.format(topic=shown(topic)) if topic else "",
    )


def _dates(language: Language, filters: Filters, newest: date | None) -> str:
    say, since, until = language.collection, filters.since, filters.until
    counted = say.counted_from.format(month=language.phrases.month(newest)) if newest else ""
    if since and until:
        one_month = (since.year, since.month) == (until.year, until.month)
        first, last = _point(language, since, starts=True), _point(language, until, starts=False)
        if one_month:
            first = last = language.phrases.month(until)
        same = first == last
        return (say.within.format(date=last) if same else say.between.format(first=first, last=last)) + counted
    if since:
        return say.since.format(date=_point(language, since, starts=True)) + counted
    return say.until.format(date=_point(language, until, starts=False)) + counted if until else ""


def _point(language: Language, day: date, *, starts: bool) -> str:
    """The year where the day begins or ends one, else the month."""
    year = (day.month, day.day) == (1, 1) if starts else (day + timedelta(days=1)).year > day.year
    return language.collection.year.format(year=day.year) if year else language.phrases.month(day)


def shown(said: str) -> str:
    """A reader's words as an answer repeats them: short, with nothing that could pass for a marker or a quote."""
    plain = " ".join(re.sub(r"[\[\]【】“”\"<>]", " ", said).split())
    return plain if len(plain) <= SHOWN_TOPIC_CHARS else f"{plain[:SHOWN_TOPIC_CHARS].rstrip()}…"
