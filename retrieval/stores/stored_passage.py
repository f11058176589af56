"""What an index holds of a passage besides its vector, and how filters ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from retrieval.facets import FACETS
from retrieval.types import Chunk, Filters, Paper

FieldValue = str | int
"""What an index keeps in a field; a date is a whole number."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as an index has it: its chunk's id, its text, and the fields that filters go by."""

    id: str
    text: str
    fields: Mapping[str, FieldValue]


def stored_passage(chunk: Chunk, paper: Paper) -> StoredPassage:
    """The passage as an index has it that nobody has changed."""
    return StoredPassage(chunk.id, chunk.text, fields_of(chunk, paper))


def fields_of(chunk: Chunk, paper: Paper) -> dict[str, FieldValue]:
    """The chunk's place and what of its paper can be filtered by; what is not known is left out."""
    filterable: dict[str, FieldValue | None] = {facet.field: facet.of(paper) for facet in FACETS}
    filterable["published"] = _day(paper.published) if paper.published else None
    place: dict[str, FieldValue] = {"paper_id": chunk.paper_id, "start": chunk.start, "end": chunk.end}
    return place | {name: value for name, value in filterable.items() if value is not None}


def condition_of(filters: Filters) -> dict[str, Any] | None:
    """The filters as Chroma takes them, or None where they let everything through."""
    conditions: list[dict[str, Any]] = [
        {facet.field: {"$in": list(values)}} for facet in FACETS if (values := filters.of(facet))
    ]
    if filters.since:
        conditions.append({"published": {"$gte": _day(filters.since)}})
    if filters.until:
        conditions.append({"published": {"$lte": _day(filters.until)}})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
