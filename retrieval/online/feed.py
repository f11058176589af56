"""arXiv's answers, Atom feeds, made records; described at https://info.arxiv.org/help/api/user-manual.html."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree

from retrieval.identity import arxiv_id_in, doi_as_written
from retrieval.json_lines import is_object, is_strings
from retrieval.readers.dates import date_in
from retrieval.readers.work import Work
from retrieval.sanitize import sanitize
from retrieval.types import Paper

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_DECLARES = ("<!DOCTYPE", "<!ENTITY")
"""Without them no entity can be declared, so that none can grow or read a file."""
_WITHDRAWN = re.compile(
    r"^\W*withdrawn\b|\b(?:paper|article|manuscript|submission|work|preprint|report|note)\s+"
    r"(?:(?:has|have|was|is|had|been|being|now|temporarily|hereby)\s+)+withdrawn\b",
    re.IGNORECASE,
)
_NOTICE_CHARS = 300
"""A notice stands at the abstract's beginning; further on "was withdrawn" tells of something else."""


@dataclass(frozen=True, slots=True)
class ArxivRecord:
    """A paper as arXiv describes it; `withdrawn` is its notice where its authors took it back."""

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    published: str | None
    doi: str | None
    category: str | None
    withdrawn: str = ""

    @property
    def paper(self) -> Paper:
        """The paper. Raises `ValueError` with the reason where it is none."""
        addresses = (f"https://arxiv.org/abs/{self.id}", f"https://doi.org/{self.doi}" if self.doi else "")
        return Work(
            title=self.title,
            abstract=self.abstract,
            authors=self.authors,
            published=date_in(self.published),
            category=self.category,
            urls=tuple(filter(None, addresses)),
            arxiv=self.id,
            doi=self.doi,
            source="arxiv",
        ).paper()


def read_feed(body: bytes) -> dict[str, ArxivRecord]:
    """The records of a feed by their ids without version. Raises `ValueError` where it is no feed of arXiv's."""
    records = map(_record, _entries(body))
    return {record.id: record for record in records if record}


def ids_refused(body: bytes) -> str:
    """What an error that arXiv sends as a feed says; empty where it says nothing."""
    try:
        return " ".join(_text(entry, f"{_ATOM}summary") for entry in _entries(body))
    except ValueError:
        return ""


def _entries(body: bytes) -> Sequence[ElementTree.Element]:
    """The entries of a feed. Raises `ValueError` with the reason where it is none."""
    text = body.decode("utf-8-sig")
    if any(declares in text for declares in _DECLARES):
        raise ValueError("a document type is declared")
    try:
        feed = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML ({error})") from error
    if feed.tag != f"{_ATOM}feed":
        raise ValueError("not an Atom feed")
    return feed.findall(f"{_ATOM}entry")


def _record(entry: ElementTree.Element) -> ArxivRecord | None:
    """The record of one entry; None for an error, which comes as an entry too."""
    address = _text(entry, f"{_ATOM}id")
    arxiv_id = arxiv_id_in(address.partition("/abs/")[2])
    if arxiv_id is None or "/api/errors" in address:
        return None
    abstract, comment = _text(entry, f"{_ATOM}summary"), _text(entry, f"{_ARXIV}comment")
    category = entry.find(f"{_ARXIV}primary_category")
    published = re.match(r"\d{4}-\d{2}-\d{2}", _text(entry, f"{_ATOM}published"))
    notice = next((text for text in (comment, abstract[:_NOTICE_CHARS]) if _WITHDRAWN.search(text)), "")
    return ArxivRecord(
        id=arxiv_id,
        title=_text(entry, f"{_ATOM}title"),
        abstract=abstract,
        authors=tuple(filter(None, (_text(each, f"{_ATOM}name") for each in entry.iterfind(f"{_ATOM}author")))),
        published=published[0] if published else None,
        doi=doi_as_written(_text(entry, f"{_ARXIV}doi")),
        category=None if category is None else category.get("term"),
        withdrawn=notice[:_NOTICE_CHARS],
    )


def _text(parent: ElementTree.Element, tag: str) -> str:
    found = parent.find(tag)
    return "" if found is None else " ".join(sanitize("".join(found.itertext())).split())


def as_text(record: ArxivRecord) -> str:
    """The record as it is kept."""
    return json.dumps(asdict(record), ensure_ascii=False)


def from_text(text: str) -> ArxivRecord | None:
    """A record that was kept; None where it is none, such as one of an older version of this program."""
    try:
        kept: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _kept(kept) if is_object(kept) else None


def _kept(kept: Mapping[str, Any]) -> ArxivRecord | None:
    texts = {name: kept.get(name) for name in ("id", "title", "abstract", "withdrawn")}
    others = {name: kept.get(name) for name in ("published", "doi", "category")}
    authors = kept.get("authors")
    if not all(isinstance(text, str) for text in texts.values()) or not is_strings(authors):
        return None
    if not all(text is None or isinstance(text, str) for text in others.values()):
        return None
    return ArxivRecord(**texts, **others, authors=tuple(authors))  # type: ignore[arg-type]
