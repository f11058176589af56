"""What reading a document gives, and how much reading it may take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from retrieval.full_text import FullText, Section

MOST_ABSTRACT_CHARS = 20_000
"""What is longer is no abstract, whatever its heading says."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document's text, and what its first page says of it.

    `abstract` is exactly `text.text[start:end]` of the section of kind "abstract", empty where there is none. `notes`
    are plain sentences for the reader, such as "Only the first 500 of 2,000 pages were read."
    """

    text: FullText
    abstract: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    language: str = "en"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """The most that one document may take: pages that are read, bytes of its file, seconds, and bytes of memory."""

    pages: int = 500
    bytes: int = 200_000_000
    seconds: float = 60.0
    memory: int = 1_000_000_000


USUAL_LIMITS = DocumentLimits()


def body_if_long(section: Section) -> Section:
    """The section, of the body where it is too long for an abstract."""
    long = section.kind == "abstract" and section.end - section.start > MOST_ABSTRACT_CHARS
    return replace(section, kind="body") if long else section
