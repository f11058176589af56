"""Counts over records: how many papers have each value of a field, and how many have none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.languages.tally_words import RecordField
from retrieval.papers.selection import Selection


@dataclass(frozen=True, slots=True)
class Counted:
    """How many papers have each value, those of the most first, years in their order; `without` have none."""

    values: Mapping[str, int]
    without: int

    def best(self, *, least: bool = False) -> tuple[int, tuple[str, ...]]:
        """The most papers, or the `least`, that a value has, and all values that have as many; 0 for none."""
        count = (min if least else max)(self.values.values(), default=0)
        return count, tuple(value for value, number in self.values.items() if number == count)


def counted(papers: Selection, field: RecordField) -> Counted:
    """How many of the papers have each value of the field."""
    counts = papers.counted(field)
    lacking = sum(counts.pop(nothing, 0) for nothing in (None, ""))
    told = {value: count for value, count in counts.items() if value}
    if field == "author":
        lacking = len(papers.lacking(field))
    return Counted(dict(sorted(told.items())) if field == "year" else told, lacking)
