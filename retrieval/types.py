"""The domain's types. They are plain, frozen and import nothing heavy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TypedDict, cast

# Filters and what a collection has to choose from are domain types like the rest.
from retrieval.facets import Facets as Facets
from retrieval.facets import Filters as Filters

Progress = Callable[[str, int, int], None]
"""Told of long work as (what is being done, steps done, steps in all)."""


def no_progress(label: str, done: int, total: int) -> None:
    """A `Progress` for callers that show none."""


class PaperRecord(TypedDict):
    """A `Paper` in JSON."""

    id: str
    title: str | None
    abstract: str
    language: str
    label: str | None
    authors: list[str]
    organisation: str | None
    published: str | None
    category: str | None
    url: str | None
    other_urls: list[str]
    arxiv_id: str | None
    doi: str | None
    summary: str
    translations: dict[str, str]
    kind: str
    source: str


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
    translations: Mapping[str, str] = field(default_factory=dict[str, str])
    kind: str = "paper"
    source: str = ""

    @property
    def name(self) -> str:
        """The title, or the label of a work whose title is not known."""
        return self.title or self.label or self.id

    def as_json(self) -> PaperRecord:
        """The contract's JSON form: ISO date, lists for tuples."""
        # Not `asdict`, which looks into every field and takes many times as long: an answer tells dozens of papers.
        record: dict[str, object] = {each.name: getattr(self, each.name) for each in fields(self)}
        record["published"] = self.published.isoformat() if self.published else None
        record["authors"] = list(self.authors)
        record["other_urls"] = list(self.other_urls)
        record["translations"] = dict(self.translations)
        return cast("PaperRecord", record)


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

    @property
    def id(self) -> str:
        """Changes with the paper, the offsets and the embedded text."""
        key = f"{self.paper_id}\0{self.start}\0{self.end}\0{self.embedded}"
        return hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece of a paper, `paper.abstract[start:end]`.

    `score`, in [-1, 1], is how well the paper fits the question, by all signals of the
    retriever; `signals` says what each of them gave: `passage` and `question` are cosine
    similarities, `words` and `letters` lie in [0, 1].
    """

    paper: Paper
    start: int
    end: int
    score: float
    signals: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def text(self) -> str:
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, slots=True)
class SilentServer:
    """A server of vectors that did not answer: what it holds is missing from what was found."""

    address: str


LeftOut = Callable[[Iterable[str | SilentServer]], None]
"""Told what is missing from what was found: ids of vectors that are of no passage of the papers, and silent servers."""


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
class ExpansionQuery:
    """A question that was written for a paper and is indexed beside it.

    `embedded` is what the model sees, in English; `answers` are the places in the
    abstract that answer it. `alone` says that it needs no conversation before it
    and is a sentence that one would ask.
    """

    paper_id: str
    text: str
    embedded: str
    language: str = "en"
    answers: tuple[Span, ...] = ()
    alone: bool = True
