"""Papers as JSON lines: the project's own form, described in data/README.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.errors import CorpusError
from retrieval.full_text import MOST_CHARS, PaperText, plain_text, text_at_hand
from retrieval.json_lines import MAX_LINE_BYTES, Fault, is_object, is_strings, lines_or_faults, record_of
from retrieval.readers.base import Entry, PaperReader
from retrieval.readers.encodings import text_of_head
from retrieval.readers.json_records import is_listed, json_records
from retrieval.sanitize import sanitize
from retrieval.types import Paper

MAX_TEXT_CHARS = 100_000
MAX_SHORT_CHARS = 2_000
MAX_LINE_BYTES_WITH_TEXT = 20_000_000
"""A line with a paper's full text may be so long, any other `MAX_LINE_BYTES`."""
ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+")
_ID_KEY = re.compile(r'"id"\s*:')
_KINDS = ("paper", "report")
_SHORT_FIELDS = ("title", "label", "organisation", "category", "url", "arxiv_id", "doi", "summary", "source")


def read_json_lines(path: Path) -> Iterator[Entry]:
    """All papers of a file of JSON lines, or of a list in JSON; of those that were read only the ids are kept.

    Raises `CorpusError` where the file is missing, unreadable or holds nothing.
    """
    ids: set[str] = set()
    empty = True
    for place, record in _records(path):
        empty = False
        try:
            if isinstance(record, Fault):
                raise ValueError(record.reason)
            paper = parse_paper(record)
            if paper.id in ids:
                raise ValueError(f"the id {paper.id!r} stands on an earlier line too")
        except ValueError as error:
            yield Entry(place, problem=str(error))
            continue
        ids.add(paper.id)
        yield Entry(place, paper)
    if empty:
        raise CorpusError(f"{path} holds no papers: give a file with one JSON object a line.")


def _records(path: Path) -> Iterator[tuple[str, dict[str, Any] | Fault]]:
    if is_listed(path):
        yield from json_records(path)
        return
    for number, line in lines_or_faults(path, what="papers", kind=CorpusError, most_bytes=MAX_LINE_BYTES_WITH_TEXT):
        yield f"line {number}", line if isinstance(line, Fault) else _record(line)


def _record(line: str) -> dict[str, Any] | Fault:
    try:
        record = record_of(line)
    except ValueError as error:
        return Fault(str(error))
    if len(line) > MAX_LINE_BYTES and "text" not in record:
        return Fault(f"longer than {MAX_LINE_BYTES:,} bytes")
    return record


def parse_paper(record: Mapping[str, Any]) -> Paper:
    """One paper from one JSON object. Raises `ValueError` with the reason where it is not one.

    Control characters and line breaks become spaces, invisible signs are dropped. Of the full text, which is optional
    as `text`, line breaks stay.
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
        retracted=_yes(record, "retracted"),
        text=_full_text(record.get("text")),
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


def _yes(record: Mapping[str, Any], name: str) -> bool:
    value = record.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return bool(value)


def _full_text(value: object) -> PaperText | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("text must be a string or null")
    if len(value) > MOST_CHARS:
        raise ValueError(f"text is longer than {MOST_CHARS:,} characters")
    readable = sanitize(value.replace("\r\n", "\n"), kept="\n").strip()
    return text_at_hand(plain_text(readable)) if readable else None


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
    if not is_web_address(value):
        raise ValueError(f"{name} must start with http:// or https://")
    return value


def is_web_address(value: str) -> bool:
    """Whether it can be a link of a paper: http or https, and without signs that would end it in a page."""
    return len(value) <= MAX_SHORT_CHARS and _WEB_ADDRESS.fullmatch(value) is not None


def _readable(text: str) -> str:
    # A lone surrogate cannot be stored as UTF-8, and control characters would reach a terminal.
    return sanitize(text).strip()


def as_line(paper: Paper) -> str:
    """The paper as one line of a papers file."""
    return json.dumps(paper.as_json(), ensure_ascii=False)


def looks_like_json_lines(head: bytes) -> bool:
    """Whether a file that begins so can be one of ours: it begins with a JSON object that has an id, or a list."""
    text = text_of_head(head).lstrip("\ufeff \t\r\n")
    return text.startswith(("{", "[")) and _ID_KEY.search(text) is not None


JSON_LINES = PaperReader("JSON lines", (".jsonl", ".ndjson"), looks_like_json_lines, read_json_lines)
