"""arXiv's metadata as one file: JSON lines, one for each of its 2.5 million works (kaggle.com/Cornell-University)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.json_lines import is_list, is_object, text_of
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.dates import date_in, date_of_mail
from retrieval.readers.json_records import json_entries
from retrieval.readers.latex import latex_as_text
from retrieval.readers.names import names_in
from retrieval.readers.work import Work

_KEYS = re.compile(rb'"(?:authors_parsed|update_date|submitter)"\s*:')
_ID = re.compile(rb'"id"\s*:\s*"')


def read_arxiv_snapshot(path: Path) -> Iterator[Entry]:
    """All works of a snapshot, in its order. Raises `CorpusError` where it cannot be read or has none."""
    holding = "a file of arXiv's metadata, one JSON object a line"
    return json_entries(path, lambda record, place: _work(record).entry(place), holding)


def _work(record: Mapping[str, Any]) -> Work:
    arxiv = text_of(record, "id")
    categories = text_of(record, "categories").split()
    return Work(
        title=latex_as_text(text_of(record, "title")),
        abstract=latex_as_text(text_of(record, "abstract")),
        authors=_authors(record),
        published=_published(record),
        doi=text_of(record, "doi") or None,
        arxiv=arxiv,
        urls=(f"https://arxiv.org/abs/{arxiv}",) if arxiv else (),
        category=categories[0] if categories else None,
        source="arxiv",
    )


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The authors: family name, given name and suffix of each, else what is written in one text."""
    parsed = record.get("authors_parsed")
    if not is_list(parsed):
        return names_in(latex_as_text(text_of(record, "authors")))
    people = [[part for part in person if isinstance(part, str)] for person in parsed if is_list(person)]
    names = (" ".join(filter(None, [*person[1:2], *person[:1], *person[2:3]])) for person in people)
    return tuple(filter(None, (latex_as_text(name) for name in names)))


def _published(record: Mapping[str, Any]) -> date | None:
    """The day of the first version, else that of the last change."""
    versions = record.get("versions")
    first = versions[0] if is_list(versions) and versions else None
    created = date_of_mail(text_of(first, "created")) if is_object(first) else None
    return created or date_in(text_of(record, "update_date"))


def looks_like_arxiv_snapshot(head: bytes) -> bool:
    """Whether a file that begins so is one of arXiv's metadata."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_ID.search(head)) and bool(_KEYS.search(head))


ARXIV_SNAPSHOT = PaperReader("arXiv's metadata", (".jsonl", ".ndjson"), looks_like_arxiv_snapshot, read_arxiv_snapshot)
