"""The domain's types. They are plain, frozen and import nothing but the standard library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

Progress = Callable[[str, int, int], None]
"""Told of long work as (what is being done, steps done, steps in all)."""


def no_progress(label: str, done: int, total: int) -> None:
    """A `Progress` for callers that show none."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One work of a collection; the fields are described in data/README.md."""

    id: str
    title: str | None
    abstract: str
    language: str
    label: str | None = None
    authors: tuple[str, ...] = ()
    organisation: str | None = None
    published: date | None = None
    category: str | None = None
    url: str | None = None
    other_urls: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    summary: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    kind: str = "paper"
    source: str = ""

    @property
    def name(self) -> str:
        """The title, or the label of a work whose title is not known."""
        return self.title or self.label or self.id

    def as_json(self) -> dict[str, Any]:
        """The contract's JSON form: ISO date, lists for tuples."""
        record = asdict(self)
        record["published"] = self.published.isoformat() if self.published else None
        record["authors"] = list(self.authors)
        record["other_urls"] = list(self.other_urls)
        record["translations"] = dict(self.translations)
        return record


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an abstract as it is indexed.

    `text` is exactly `abstract[start:end]`; `embedded` is what the model sees,
    which adds the title and, for other languages, the English translation.
    """

    paper_id: str
    start: int
    end: int
    text: str
    embedded: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece of a paper, `paper.abstract[start:end]`, with its similarity in [-1, 1]."""

    paper: Paper
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a retrieved passage, scored against the question.

    `gloss` is the sentence in English where the abstract is in another language.
    """

    paper: Paper
    start: int
    end: int
    score: float
    gloss: str | None = None

    @property
    def text(self) -> str:
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which papers may be searched; an empty field lets every paper through.

    `since` and `until` are inclusive. A paper without a date passes only where
    neither is set.
    """

    organisations: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()


@dataclass(frozen=True, slots=True)
class Facets:
    """The filter values that a collection has, each with its number of papers, most first."""

    organisations: Mapping[str, int]
    categories: Mapping[str, int]
    languages: Mapping[str, int]
    earliest: date | None
    latest: date | None
