"""Papers as JSON lines: the project's own form, described in data/README.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.errors import CorpusError
from retrieval.json_lines import bad_line, is_object, is_strings, read_records
from retrieval.readers.base import PaperReader
from retrieval.sanitize import sanitize
from retrieval.types import Paper

MAX_TEXT_CHARS = 100_000
MAX_SHORT_CHARS = 2_000
ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
_KINDS = ("paper", "report")
_SHORT_FIELDS = ("title", "label", "organisation", "category", "url", "arxiv_id", "doi", "summary", "source")


def read_json_lines(path: Path) -> Iterator[Paper]:
    """All papers of a JSON-lines file, in its order; of those that were read only the ids are kept.

    Raises `CorpusError` naming file, line and reason at the first bad line, and
    where the file is missing, unreadable or holds no paper.
    """
    ids: set[str] = set()
    for number, paper in read_records(path, parse_paper, what="papers", kind=CorpusError):
        if paper.id in ids:
            raise bad_line(path, number, f"the id {paper.id!r} stands on an earlier line too", CorpusError)
        ids.add(paper.id)
        yield paper
    if not ids:
        raise CorpusError(f"{path} holds no papers: give a file with one JSON object a line.")


def parse_paper(record: Mapping[str, Any]) -> Paper:
    """One paper from one JSON object. Raises `ValueError` with the reason where it is not one.

    Control characters and line breaks become spaces, invisible signs are dropped.
    Keys that the schema does not know are left out.
    """
    short = {name: _text(record, name, MAX_SHORT_CHARS) for name in _SHORT_FIELDS}
    paper = Paper(
        id=_identifier(record),
        abstract=_text(record, "abstract", MAX_TEXT_CHARS) or "",
        language=_text(record, "language", 20) or "en",
        authors=_texts(record, "authors"),
        published=_date(record.get("published")),
        other_urls=tuple(_web_address(url, "other_urls") for url in _texts(record, "other_urls")),
        translations=_translations(record.get("translations")),
        kind=_text(record, "kind", 20) or "paper",
        title=short["title"],
        label=short["label"],
        organisation=short["organisation"],
        category=short["category"],
        url=_web_address(short["url"], "url") if short["url"] else None,
        arxiv_id=short["arxiv_id"],
        doi=short["doi"],
        summary=short["summary"] or "",
        source=short["source"] or "",
    )
    if not (paper.title or paper.label):
        raise ValueError("neither a title nor a label")
    if paper.kind not in _KINDS:
        raise ValueError(f"kind {paper.kind!r} is neither paper nor report")
    return paper


def _identifier(record: Mapping[str, Any]) -> str:
    identifier = record.get("id")
    if not isinstance(identifier, str) or not ID_PATTERN.fullmatch(identifier):
        raise ValueError("id must be 1 to 200 letters, digits or . _ : / -")
    return identifier


def _text(record: Mapping[str, Any], name: str, limit: int) -> str | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string or null")
    if len(value) > limit:
        raise ValueError(f"{name} is longer than {limit:,} characters")
    return _readable(value) or None


def _texts(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = record.get(name)
    if values is None:
        return ()
    if not is_strings(values):
        raise ValueError(f"{name} must be a list of strings")
    return tuple(filter(None, (_readable(value[:MAX_SHORT_CHARS]) for value in values)))


def _translations(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not is_object(value) or not all(
        isinstance(text, str) and len(text) <= MAX_TEXT_CHARS for text in value.values()
    ):
        raise ValueError("translations must be an object of language to text")
    return {_readable(language): _readable(text) for language, text in value.items()}


def _date(value: object) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("published must be YYYY-MM-DD or null")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"published: {value} is no date") from error


def _web_address(value: str, name: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"'`\\]+", value):
        raise ValueError(f"{name} must start with http:// or https://")
    return value


def _readable(text: str) -> str:
    # A lone surrogate cannot be stored as UTF-8, and control characters would reach a terminal.
    return sanitize(text).strip()


def as_line(paper: Paper) -> str:
    """The paper as one line of a papers file."""
    return json.dumps(paper.as_json(), ensure_ascii=False)


JSON_LINES = PaperReader((".jsonl", ".ndjson"), lambda head: head.lstrip().startswith(b"{"), read_json_lines)
