"""CSL-JSON, as Zotero, Better BibTeX and the registries of DOIs write it (https://citeproc-js.readthedocs.io)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.identity import arxiv_id_in, naming_arxiv
from retrieval.json_lines import is_list, is_object
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.dates import date_in, date_of
from retrieval.readers.encodings import text_of_head
from retrieval.readers.exact import NAME
from retrieval.readers.json_records import json_entries
from retrieval.readers.names import in_order
from retrieval.readers.work import Work

_TYPES = (
    "article|bill|book|broadcast|chapter|classic|collection|dataset|document|entry|event|figure|graphic|hearing|interview|"
    "journal|legal_case|legislation|manuscript|map|monograph|motion_picture|musical_score|pamphlet|paper|patent|"
    "performance|periodical|personal_communication|post|posted|preprint|proceedings|regulation|report|review|software|"
    "song|speech|standard|thesis|treaty|webpage"
)
"""With what CSL's names of kinds of work begin, and those of the registries of DOIs."""
_NAMED_TYPE = re.compile(rf'"type"\s*:\s*"(?:{_TYPES})(?:-[a-z-]+)?"')
_NOT_CSL = re.compile(r'"(?:authors|published|label|arxiv_id|other_urls|authorships)"\s*:')


def read_csl(path: Path) -> Iterator[Entry]:
    """All items of a file. Raises `CorpusError` where it cannot be read or has none."""
    return json_entries(path, entry_of_item, "a file with items of CSL-JSON")


def entry_of_item(item: Mapping[str, Any], place: str) -> Entry:
    """One item of CSL-JSON as an entry of its source; `place` is where it stands where it has no key of its own."""
    key = _text(item, "citation-key") or _text(item, "id")
    return work_of_item(item).entry(f"entry {key[:80]}" if key else place)


def work_of_item(item: Mapping[str, Any]) -> Work:
    """What an item of CSL-JSON says of a work; what it says in no form that is known is left out."""
    custom = item.get("custom")
    exact = custom.get(NAME) if is_object(custom) else None
    report = _text(item, "type") == "report"
    return Work(
        title=_text(item, "title"),
        abstract=_text(item, "abstract"),
        authors=_names(item.get("author")),
        published=_date(item.get("issued")),
        doi=_text(item, "DOI"),
        arxiv=_arxiv(item),
        urls=tuple(filter(None, [_text(item, "URL")])),
        language=_text(item, "language"),
        kind="report" if report else "paper",
        organisation=_text(item, "publisher") if report else None,
        exact=exact if isinstance(exact, str) else None,
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    # Some registries give titles as lists of one.
    value = value[0] if is_list(value) and value else value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:80]
    return value if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    names = [_name(each) for each in value if is_object(each)] if is_list(value) else []
    return tuple(filter(None, names))


def _name(person: Mapping[str, Any]) -> str:
    family = " ".join(filter(None, [_text(person, "non-dropping-particle"), _text(person, "family")]))
    given = " ".join(filter(None, [_text(person, "given"), _text(person, "dropping-particle")]))
    if family or given:
        suffix = _text(person, "suffix")
        return " ".join(filter(None, [given, family])) + (f", {suffix}" if suffix else "")
    return in_order(_text(person, "literal") or _text(person, "name"))


def _date(value: object) -> date | None:
    if not is_object(value):
        return date_in(value) if isinstance(value, str) else None
    parts = value.get("date-parts")
    first = parts[0] if is_list(parts) and parts else None
    if is_list(first) and first:
        written = [part if isinstance(part, str | int) else None for part in [*first[:3], None, None]]
        if found := date_of(*written[:3]):
            return found
    return next((found for name in ("raw", "literal", "date-time") if (found := date_in(_text(value, name)))), None)


def _arxiv(item: Mapping[str, Any]) -> str | None:
    """The text that names the work at arXiv, where one does."""
    named = [
        _text(item, name) for name in ("DOI", "URL", "number", "archive_location", "note", "annote", "container-title")
    ]
    if any("arxiv" in _text(item, name).casefold() for name in ("archive", "publisher", "source")):
        return next((text for text in named if arxiv_id_in(text)), None)
    return naming_arxiv(named)


def looks_like_csl(head: bytes) -> bool:
    """Whether a file that begins so has items of CSL-JSON."""
    text = text_of_head(head).lstrip("\ufeff \t\r\n")
    return text.startswith(("{", "[")) and bool(_NAMED_TYPE.search(text)) and not _NOT_CSL.search(text)


CSL_JSON = PaperReader("CSL-JSON", (".jsonl", ".ndjson", ".csljson"), looks_like_csl, read_csl, mark=b"{")
