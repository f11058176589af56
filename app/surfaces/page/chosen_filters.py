"""The page's filter widgets as filters, and as chips that can be taken off one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from app.notices.notice import Notice
from app.surfaces.exports.kept_quotes import PaperOf
from app.surfaces.markup import text_html
from app.surfaces.page.render import value_name
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import InputError
from retrieval.facets import FACETS, MOST_NAMED, ByFacet, Facet, Facets, Filters

YEARS = ("since", "until")
"""The widgets after those of the facets."""
MOST_CHOICES = 500
"""Values of a facet that can be ticked, the most frequent ones; the page grows slow with more. Others can be chosen by
a link or in the list of papers, and then join them."""


@dataclass(frozen=True, slots=True)
class Chosen(ByFacet[tuple[str, ...]]):
    """The widgets' values; a year of 0 is none."""

    _: KW_ONLY
    since: int = 0
    until: int = 0

    @property
    def values(self) -> tuple[Any, ...]:
        """As the widgets take them, in their order."""
        return *(list(self.of(facet)) for facet in FACETS), self.since, self.until

    def without(self, name: str, value: str) -> Chosen:
        """These but for one; what was not chosen changes nothing."""
        if name in YEARS:
            return replace(self, **{name: 0})
        left = {facet.plural: tuple(one for one in self.of(facet) if one != value) for facet in FACETS}
        return replace(self, **{name: left[name]}) if name in left else self


def chosen(*values: Any) -> Chosen:
    """The widgets' values as they come, each once; what is no value of theirs is as if it were not chosen."""
    *names, since, until = values
    by_facet = {facet.plural: _names(value) for facet, value in zip(FACETS, names, strict=True)}
    return Chosen(**by_facet, since=_year(since), until=_year(until))


def _names(values: Any) -> tuple[str, ...]:
    names = (value for value in values if isinstance(value, str)) if isinstance(values, list | tuple) else ()
    return tuple(dict.fromkeys(names))


def _year(value: Any) -> int:
    return value if type(value) is int and date.min.year <= value <= date.max.year else 0


def chosen_by_event(record: Mapping[str, Any], facets: Facets) -> Chosen:
    """What another part of the page asks for; values that the collection does not have are left out."""
    first = facets.earliest.year if facets.earliest else 0
    last = facets.latest.year if facets.latest else 0

    def known(facet: Facet) -> tuple[str, ...]:
        values, existing = record.get(facet.plural), facets.of(facet)
        if not isinstance(values, list):
            return ()
        if not facet.offered:
            return tuple(value for value in _names(values[:MOST_NAMED]) if value in existing)
        wanted = set(_names(values))
        return tuple(value for value in existing if value in wanted)

    def year(name: str) -> int:
        value = record.get(name)
        return min(max(value, first), last) if type(value) is int and first else 0

    return Chosen(**{facet.plural: known(facet) for facet in FACETS}, since=year("since"), until=year("until"))


def chosen_filters(now: Chosen) -> Filters:
    """The widgets' values as filters. Raises `InputError` where the years run backwards."""
    since, until = now.since, now.until
    if since and until and since > until:
        raise InputError(Notice("years_swapped", since=since, until=until))
    return Filters(
        **{facet.plural: now.of(facet) for facet in FACETS},
        since=date(since, 1, 1) if since else None,
        until=date(until, 12, 31) if until else None,
    )


def chosen_again(filters: Filters, facets: Facets) -> Chosen:
    """The widgets' values that give these filters, as far as the collection has them."""
    years = {name: day.year for name, day in (("since", filters.since), ("until", filters.until)) if day}
    return chosen_by_event({facet.plural: list(filters.of(facet)) for facet in FACETS} | years, facets)


def chips_html(now: Chosen, words: UiStrings, paper_of: PaperOf) -> str:
    """The chosen filters as chips above the box, each a button that takes it off; nothing where none is chosen."""
    names = {value: paper.name for value in now.papers if (paper := paper_of(value))}
    rows = [
        (facet.plural, value, value_name(facet, value, words) if facet.offered else names.get(value, value))
        for facet in FACETS
        for value in now.of(facet)
    ]
    rows += [("since", "", words("turn_from", year=now.since))] if now.since else []
    rows += [("until", "", words("turn_until", year=now.until))] if now.until else []
    if not rows:
        return ""
    chips = "".join(
        f'<li><button type="button" data-unfilter="{name}" data-value="{text_html(value)}" '
        f'aria-label="{text_html(words("filters_remove", name=label))}"><span>{text_html(label)}</span></button></li>'
        for name, value, label in rows
    )
    label = words("filters_chosen_one" if len(rows) == len(names) == 1 else "filters_chosen")
    return f'<div class="chosen"><span>{text_html(label)}</span><ul>{chips}</ul></div>'


def filter_labels(facets: Facets, words: UiStrings, now: Chosen = Chosen()) -> list[dict[str, Any]]:
    """Label and choices of each filter that is offered, with how many papers, and whether there is a choice at all.

    What is chosen `now` is among the choices, as Gradio takes no other values.
    """
    first, last = facets.earliest, facets.latest
    years = [(str(year), year) for year in range(first.year, last.year + 1)] if first and last else []
    years = [(words("filters_any"), 0), *years]

    def label(name: str, choices: list[Any], visible: bool) -> dict[str, Any]:
        return {"label": words(f"filters_{name}"), "choices": choices, "visible": visible}

    by_facet = [
        label(facet.name, _choices(facet, facets, words, now), bool(facets.of(facet)))
        for facet in FACETS
        if facet.offered
    ]
    return by_facet + [label(name, years, len(years) > 1) for name in YEARS]


def wider_choices(now: Chosen, facets: Facets, words: UiStrings) -> list[list[tuple[str, str]] | None]:
    """For each facet the choices with those of `now`; None where they are among the most frequent already."""
    return [
        _choices(facet, facets, words, now) if facet.offered and _rare(facet, facets, now) else None for facet in FACETS
    ]


def _choices(facet: Facet, facets: Facets, words: UiStrings, now: Chosen) -> list[tuple[str, str]]:
    counts = facets.of(facet)
    shown = [*islice(counts, MOST_CHOICES), *_rare(facet, facets, now)]
    return [(f"{value_name(facet, value, words)} {counts[value]}", value) for value in shown]


def _rare(facet: Facet, facets: Facets, now: Chosen) -> list[str]:
    """What is chosen and not among the most frequent values, as far as the collection has it."""
    counts = facets.of(facet)
    if len(counts) <= MOST_CHOICES:
        return []
    most = set(islice(counts, MOST_CHOICES))
    return [value for value in now.of(facet) if value in counts and value not in most]
