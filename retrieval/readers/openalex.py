"""Works of OpenAlex: JSON lines, a list, or the answer of its service (https://docs.openalex.org)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from retrieval.identity import naming_arxiv
from retrieval.json_lines import is_list, is_object, text_of
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.dates import date_in, date_of
from retrieval.readers.encodings import text_of_head
from retrieval.readers.json_records import json_entries
from retrieval.readers.jsonl import MAX_TEXT_CHARS
from retrieval.readers.work import Work

_KEYS = re.compile(r'"abstract_inverted_index"\s*:|"id"\s*:\s*"https://openalex\.org/W\d')
_MOST_WORDS = MAX_TEXT_CHARS // 2
_LARGEST_PLACE = 10 * MAX_TEXT_CHARS


def read_openalex(path: Path) -> Iterator[Entry]:
    """All works of a file, in its order. Raises `CorpusError` where it cannot be read or has none."""
    return json_entries(path, entry_of_work, "a file with works of OpenAlex")


def entry_of_work(record: Mapping[str, Any], place: str) -> Entry:
    """One work of OpenAlex as an entry of its source."""
    try:
        abstract = text_of_index(record.get("abstract_inverted_index"))
    except ValueError as error:
        return Entry(place, problem=str(error))
    report = text_of(record, "type") == "report"
    work = Work(
        title=text_of(record, "title") or text_of(record, "display_name"),
        abstract=abstract,
        authors=_authors(record),
        published=date_in(text_of(record, "publication_date")) or date_of(_year(record)),
        doi=text_of(record, "doi") or text_of(_object(record, "ids"), "doi"),
        arxiv=naming_arxiv(_addresses(record)),
        urls=tuple(_addresses(record)[:1]) or (text_of(record, "id"),),
        language=text_of(record, "language"),
        kind="report" if report else "paper",
        source="openalex",
        retracted=record.get("is_retracted") is True,
    )
    return work.entry(place)


def text_of_index(index: object) -> str:
    """The text of an inverted index: its words, each with the places where it stands.

    Raises `ValueError` where it has more words than an abstract may have letters.
    """
    if not is_object(index):
        return ""
    placed: list[tuple[int, str]] = []
    for word, places in index.items():
        numbers = places if is_list(places) else []
        if len(placed) + len(numbers) > _MOST_WORDS:
            raise ValueError(f"abstract is longer than {MAX_TEXT_CHARS:,} characters")
        placed += [(place, word) for place in numbers if isinstance(place, int) and 0 <= place < _LARGEST_PLACE]
    # A place may be named twice in a broken index; the sort keeps such words in the order of the index.
    return " ".join(word for _, word in sorted(placed, key=lambda each: each[0]))


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    listed = record.get("authorships")
    authorships = [each for each in listed if is_object(each)] if is_list(listed) else []
    names = (
        text_of(_object(each, "author"), "display_name") or text_of(each, "raw_author_name") for each in authorships
    )
    return tuple(filter(None, names))


def _addresses(record: Mapping[str, Any]) -> list[str]:
    """Where the work can be read, its publisher's page first."""
    places = [_object(record, "primary_location"), _object(record, "best_oa_location")]
    listed = record.get("locations")
    places += [each for each in listed if is_object(each)] if is_list(listed) else []
    return [address for each in places if (address := text_of(each, "landing_page_url"))]


def _year(record: Mapping[str, Any]) -> int | None:
    year = record.get("publication_year")
    return year if isinstance(year, int) else None


def _object(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if is_object(value) else {}


def looks_like_openalex(head: bytes) -> bool:
    """Whether a file that begins so has works of OpenAlex."""
    text = text_of_head(head).lstrip("\ufeff \t\r\n")
    return text.startswith(("{", "[")) and bool(_KEYS.search(text))


OPENALEX = PaperReader("OpenAlex works", (".jsonl", ".ndjson"), looks_like_openalex, read_openalex, mark=b"{")
