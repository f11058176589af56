"""The page's filter widgets as filters, and as chips that can be taken off one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.notices.notice import Notice
from app.surfaces.markup import text_html
from app.surfaces.page.render import language_name
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import InputError
from retrieval.types import Facets, Filters


@dataclass(frozen=True, slots=True)
class Chosen:
    """The widgets' values; a year of 0 is none."""

    organisations: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: int = 0
    until: int = 0

    def without(self, name: str, value: str) -> Chosen:
        """These but for one; what was not chosen changes nothing."""
        if name in ("since", "until"):
            return replace(self, **{name: 0})
        if name not in ("organisations", "categories", "languages"):
            return self
        return replace(self, **{name: tuple(one for one in getattr(self, name) if one != value)})


def chosen(organisations: Any, categories: Any, languages: Any, since: Any, until: Any) -> Chosen:
    """The widgets' values as they come, each once; what is no value of theirs is as if it were not chosen."""
    return Chosen(_names(organisations), _names(categories), _names(languages), _year(since), _year(until))


def _names(values: Any) -> tuple[str, ...]:
    names = (value for value in values if isinstance(value, str)) if isinstance(values, list | tuple) else ()
    return tuple(dict.fromkeys(names))


def _year(value: Any) -> int:
    return value if type(value) is int and date.min.year <= value <= date.max.year else 0


def chosen_by_event(record: Mapping[str, Any], facets: Facets) -> Chosen:
    """What another part of the page asks for; values that the collection does not have are left out."""
    first = facets.earliest.year if facets.earliest else 0
    last = facets.latest.year if facets.latest else 0

    def known(name: str, existing: Mapping[str, int]) -> tuple[str, ...]:
        values = record.get(name)
        return tuple(value for value in existing if value in values) if isinstance(values, list) else ()

    def year(name: str) -> int:
        value = record.get(name)
        return min(max(value, first), last) if type(value) is int and first else 0

    return Chosen(
        known("organisations", facets.organisations),
        known("categories", facets.categories),
        known("languages", facets.languages),
        year("since"),
        year("until"),
    )


def chosen_filters(
    organisations: Sequence[str] | None,
    categories: Sequence[str] | None,
    languages: Sequence[str] | None,
    since: int | None,
    until: int | None,
) -> Filters:
    """The widgets' values as filters. Raises `InputError` where the years run backwards."""
    if since and until and since > until:
        raise InputError(Notice("years_swapped", since=since, until=until))
    return Filters(
        tuple(organisations or ()),
        tuple(categories or ()),
        tuple(languages or ()),
        date(int(since), 1, 1) if since else None,
        date(int(until), 12, 31) if until else None,
    )


def chips_html(now: Chosen, words: UiStrings) -> str:
    """The chosen filters as chips above the box, each a button that takes it off; nothing where none is chosen."""
    rows = [("organisations", value, value) for value in now.organisations]
    rows += [("categories", value, value) for value in now.categories]
    rows += [("languages", value, language_name(value, words)) for value in now.languages]
    rows += [("since", "", words("turn_from", year=now.since))] if now.since else []
    rows += [("until", "", words("turn_until", year=now.until))] if now.until else []
    if not rows:
        return ""
    chips = "".join(
        f'<li><button type="button" data-unfilter="{name}" data-value="{text_html(value)}" '
        f'aria-label="{text_html(words("filters_remove", name=label))}">{text_html(label)}</button></li>'
        for name, value, label in rows
    )
    return f'<div class="chosen"><span>{text_html(words("filters_chosen"))}</span><ul>{chips}</ul></div>'


def filter_labels(facets: Facets, words: UiStrings) -> list[dict[str, Any]]:
    """Label and choices of each filter, with its number of papers, and whether there is anything to choose."""
    first, last = facets.earliest, facets.latest
    years = [(str(year), year) for year in range(first.year, last.year + 1)] if first and last else []
    years = [(words("filters_any"), 0), *years]
    languages = {code: language_name(code, words) for code in facets.languages}

    def chips(values: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[str, str]]:
        return [(f"{names.get(value, value)} {count}", value) for value, count in values.items()]

    values = (
        ("filters_organisation", chips(facets.organisations, {})),
        ("filters_category", chips(facets.categories, {})),
        ("filters_language", chips(facets.languages, languages)),
    )
    chosen = [{"label": words(key), "choices": choices, "visible": bool(choices)} for key, choices in values]
    bounds = ("filters_since", "filters_until")
    return chosen + [{"label": words(key), "choices": years, "visible": len(years) > 1} for key in bounds]
