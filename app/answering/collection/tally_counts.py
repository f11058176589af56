"""Counts over records: how many papers have each value of a field, have the field at all, or are in each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.languages.tally_words import RecordField
from retrieval.types import Filters, Paper
from retrieval.web_address import paper_address


@dataclass(frozen=True, slots=True)
class Counted:
    """How many papers have each value, those of the most first, years in their order; `without` have none."""

    values: Mapping[str, int]
    without: int

    def best(self, *, least: bool = False) -> tuple[int, tuple[str, ...]]:
        """The most papers, or the `least`, that a value has, and all values that have as many; 0 for none."""
        count = (min if least else max)(self.values.values(), default=0)
        return count, tuple(value for value, number in self.values.items() if number == count)


def values_of(paper: Paper, field: RecordField) -> tuple[str, ...]:
    """What the paper's record has there; none where it has nothing."""
    if field == "year":
        return (str(paper.published.year),) if paper.published else ()
    if field == "author":
        return tuple(dict.fromkeys(filter(None, paper.authors)))
    value = paper_address(paper) if field == "link" else getattr(paper, field)
    return (value,) if value else ()


def counted(papers: Sequence[Paper], field: RecordField) -> Counted:
    """How many of the papers have each value of the field."""
    each = [values_of(paper, field) for paper in papers]
    counts = Counter(value for values in each for value in values)
    ordered = sorted(counts.items()) if field == "year" else counts.most_common()
    return Counted(dict(ordered), sum(not values for values in each))


def without(papers: Sequence[Paper], field: RecordField) -> tuple[Paper, ...]:
    """The papers whose record has nothing there."""
    return tuple(paper for paper in papers if not values_of(paper, field))


def outside(papers: Sequence[Paper], groups: Sequence[Filters]) -> tuple[Paper, ...]:
    """The papers that are in none of the groups."""
    return tuple(paper for paper in papers if not any(group.admit(paper) for group in groups))
