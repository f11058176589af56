"""Papers files: JSON lines in, validated `Paper`s out."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.errors import CorpusError, InputError
from retrieval.sanitize import sanitize
from retrieval.types import Facets, Filters, Paper

MAX_LINE_BYTES = 1_000_000
MAX_TEXT_CHARS = 100_000
MAX_SHORT_CHARS = 2_000
ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
_KINDS = ("paper", "report")
_SHORT_FIELDS = ("title", "label", "organisation", "category", "url", "arxiv_id", "doi", "summary", "source")


def shipped_file(name: str) -> Path:
    """A file of data/, which lies beside this package in the checkout and in the wheel."""
    return Path(__file__).parent.parent / "data" / name


def default_papers_file() -> Path:
    """The papers file of the default collection."""
    return shipped_file("papers.jsonl")


def default_questions_file(name: str) -> Path:
    """A questions file that ships with the project, such as "dev.jsonl"."""
    return shipped_file(f"questions/{name}")


def read_papers(path: Path) -> tuple[Paper, ...]:
    """All papers of a JSON-lines file, in its order.

    Raises `CorpusError` naming file, line and reason at the first bad line, and
    where the file is missing, unreadable or holds no paper.
    """
    papers: dict[str, Paper] = {}
    for number, line in _lines(path):
        try:
            paper = parse_paper(line)
            if paper.id in papers:
                raise ValueError(f"the id {paper.id!r} stands on an earlier line too")
        except ValueError as error:
            raise CorpusError(f"{path}, line {number}: {error}; mend the line and try again.") from error
        papers[paper.id] = paper
    if not papers:
        raise CorpusError(f"{path} holds no papers: give a file with one JSON object a line.")
    return tuple(papers.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(raw) > MAX_LINE_BYTES:
                    raise CorpusError(
                        f"{path}, line {number}: longer than {MAX_LINE_BYTES:,} bytes; mend the line and try again."
                    )
                try:
                    line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                except UnicodeDecodeError as error:
                    raise CorpusError(
                        f"{path}, line {number}: not UTF-8; save the file as UTF-8 and try again."
                    ) from error
                if line:
                    yield number, line
    except OSError as error:
        raise CorpusError(
            f"The papers file {path} cannot be read ({error.strerror}): give the path of a JSON-lines file."
        ) from error


def parse_paper(line: str) -> Paper:
    """One paper from one JSON object. Raises `ValueError` with the reason where it is not one.

    Control characters and line breaks become spaces, invisible signs are dropped.
    Keys that the schema does not know are left out.
    """
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
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


def _identifier(record: dict[str, Any]) -> str:
    identifier = record.get("id")
    if not isinstance(identifier, str) or not ID_PATTERN.fullmatch(identifier):
        raise ValueError("id must be 1 to 200 letters, digits or . _ : / -")
    return identifier


def _text(record: dict[str, Any], name: str, limit: int) -> str | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string or null")
    if len(value) > limit:
        raise ValueError(f"{name} is longer than {limit:,} characters")
    return _readable(value) or None


def _texts(record: dict[str, Any], name: str) -> tuple[str, ...]:
    values = record.get(name)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} must be a list of strings")
    return tuple(filter(None, (_readable(value[:MAX_SHORT_CHARS]) for value in values)))


def _translations(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(
        isinstance(text, str) and len(text) <= MAX_TEXT_CHARS for text in value.values()
    ):
        raise ValueError("translations must be an object of language to text")
    return {_readable(language): _readable(text) for language, text in value.items()}


def _date(value: Any) -> date | None:
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


def merged(collections: Iterable[Sequence[Paper]]) -> tuple[Paper, ...]:
    """Papers of several files as one collection; a later paper replaces an earlier one of the same id."""
    papers: dict[str, Paper] = {}
    for collection in collections:
        for paper in collection:
            papers[paper.id] = paper
    return tuple(papers.values())


def as_line(paper: Paper) -> str:
    """The paper as one line of a papers file."""
    return json.dumps(paper.as_json(), ensure_ascii=False)


def corpus_hash(papers: Sequence[Paper]) -> str:
    """SHA-256 over all fields of all papers in order."""
    digest = hashlib.sha256()
    for paper in papers:
        digest.update(as_line(paper).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def facets_of(papers: Sequence[Paper]) -> Facets:
    """The filter values of a collection with their counts, most frequent first."""
    dates = [paper.published for paper in papers if paper.published]
    return Facets(
        organisations=_counts(paper.organisation for paper in papers),
        categories=_counts(paper.category for paper in papers),
        languages=_counts(paper.language for paper in papers),
        earliest=min(dates, default=None),
        latest=max(dates, default=None),
    )


def _counts(values: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(value for value in values if value).most_common())


def checked_filters(filters: Filters, facets: Facets) -> Filters:
    """The filters with their values spelt as the collection spells them.

    Raises `InputError` naming the values that exist where one does not.
    """
    if filters.since and filters.until and filters.since > filters.until:
        raise InputError(f"The filter's first date {filters.since} is after its last {filters.until}: swap them.")
    return Filters(
        organisations=_known("organisation", filters.organisations, facets.organisations),
        categories=_known("category", filters.categories, facets.categories),
        languages=_known("language", filters.languages, facets.languages),
        since=filters.since,
        until=filters.until,
    )


def _known(what: str, asked: tuple[str, ...], existing: Iterable[str]) -> tuple[str, ...]:
    values = list(existing)
    spellings: dict[str, list[str]] = {}
    for value in values:
        spellings.setdefault(value.casefold(), []).append(value)
    for value in asked:
        if value.casefold() not in spellings:
            raise InputError(f"There is no {what} {value[:80]!r}: choose from {', '.join(values) or 'none'}.")
    return tuple(dict.fromkeys(spelt for value in asked for spelt in spellings[value.casefold()]))
