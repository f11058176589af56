"""Papers as rows of the database, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from retrieval.errors import CorpusError
from retrieval.facets import FACETS, Facets
from retrieval.full_text import PaperText
from retrieval.papers.connections import Row, Value
from retrieval.papers.generation import Generation, Segment
from retrieval.papers.tables import OFFERED, column
from retrieval.papers.texts import JOINED, TOLD, Texts
from retrieval.readers.jsonl import as_line
from retrieval.types import Paper, Span

COLUMNS = ("id", "place", "origin", "published", "digest", "spans", *map(column, OFFERED))
"""What a row has of a paper besides its number, its generations and its record."""
NUMBERED = f"p.number, p.spans, {TOLD}, r.record"
"""What `numbered_of` reads of a row of `RECORDS`."""
RECORDS = f"papers p JOIN records r ON r.number = p.number {JOINED}"
GENERATION = "number, made_with, segments, papers, corpus, facets, documents, tokens, letters"

UNREADABLE = "A paper of the collection cannot be read: ingest its file again."


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paper with its number and the places of its passages."""

    number: int
    paper: Paper
    spans: tuple[Span, ...]


def numbered_of(row: Row, texts: Texts) -> Numbered:
    """The paper of a row of `NUMBERED`."""
    number, spans, *told, record = row
    return Numbered(number, paper_of(record, texts.of(number, told)), spans_of(spans))


def values_of(paper: Paper, place: int, origin: str, digest: bytes, spans: Sequence[Span]) -> list[Value]:
    """The row's values, in the order of `COLUMNS`."""
    published = paper.published.isoformat() if paper.published else None
    facets = [facet.of(paper) for facet in OFFERED]
    return [paper.id, place, origin, published, digest, spans_as_text(spans), *facets]


def spans_as_text(spans: Sequence[Span]) -> str:
    """The passages' places, as `spans_of` reads them."""
    return " ".join(f"{span.start}:{span.end}" for span in spans)


def spans_of(text: str) -> tuple[Span, ...]:
    """The places of a paper's passages. Raises `CorpusError` where it says none."""
    places = (place.partition(":") for place in text.split())
    try:
        return tuple(Span(int(start), int(end)) for start, _, end in places)
    except ValueError as error:
        raise CorpusError(UNREADABLE) from error


def record_of(paper: Paper) -> str:
    """The paper's record, without its full text."""
    return as_line(replace(paper, text=None) if paper.text else paper)


def paper_of(record: str, text: PaperText | None = None) -> Paper:
    """The paper of a record, with its full text where it has one. Raises `CorpusError` where it is none."""
    try:
        fields: dict[str, Any] = json.loads(record)
        # What was told of a text by who wrote the record; the text itself is told of in its own table.
        fields.pop("full_text", None)
        published = fields["published"]
        fields["published"] = date.fromisoformat(published) if published else None
        fields["authors"] = tuple(fields["authors"])
        fields["other_urls"] = tuple(fields["other_urls"])
        return Paper(**fields, text=text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorpusError(UNREADABLE) from error


def generation_of(row: Row) -> Generation:
    """The generation of a row with the columns of `GENERATION`. Raises `CorpusError` where it is none."""
    number, made_with, segments, papers, corpus, facets, documents, tokens, letters = row
    try:
        return Generation(
            number=number,
            made_with=made_with,
            segments=tuple(Segment(*one) for one in json.loads(segments)),
            papers=papers,
            corpus=corpus,
            facets=facets_of_text(facets),
            documents=documents,
            tokens=tokens,
            letters=letters,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorpusError(
            "The collection's database is damaged: move it away, with its folder, and ingest its papers again."
        ) from error


def values_of_generation(generation: Generation) -> list[Value]:
    """The row's values, in the order of `GENERATION`."""
    return [
        generation.number,
        generation.made_with,
        json.dumps([[one.name, one.first, one.last, one.vectors] for one in generation.segments]),
        generation.papers,
        generation.corpus,
        facets_as_text(generation.facets),
        generation.documents,
        generation.tokens,
        generation.letters,
    ]


def facets_as_text(facets: Facets) -> str:
    """The values that are offered, and from when to when papers are."""
    days = [day.isoformat() if day else None for day in (facets.earliest, facets.latest)]
    return json.dumps({"days": days, **{facet.plural: dict(facets.of(facet)) for facet in OFFERED}})


def facets_of_text(text: str) -> Facets:
    """The facets as `facets_as_text` wrote them; one that was not known then has no values."""
    kept = json.loads(text)
    earliest, latest = (date.fromisoformat(day) if day else None for day in kept["days"])
    offered: dict[str, Mapping[str, int]] = {
        facet.plural: kept.get(facet.plural, {}) for facet in FACETS if facet.offered
    }
    return Facets(**offered, earliest=earliest, latest=latest)
