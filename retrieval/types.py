"""The domain's types. They are plain, frozen and import nothing heavy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal, NotRequired, TypedDict, cast

# Filters and what a collection has to choose from are domain types like the rest.
from retrieval.facets import Facets as Facets
from retrieval.facets import Filters as Filters
from retrieval.full_text import PaperText

Part = Literal["abstract", "text"]
"""Into which of a paper's texts offsets are."""
Progress = Callable[[str, int, int], None]
"""Told of long work as (what is being done, steps done, steps in all)."""


def no_progress(label: str, done: int, total: int) -> None:
    """A `Progress` for callers that show none."""


def knows_month(day: date) -> bool:
    """Whether a paper's date tells more than its year: sources that know the year alone give its first day."""
    return (day.month, day.day) != (1, 1)


class FullTextRecord(TypedDict):
    """What is told of a paper's full text; `file` says whether its pages can be shown."""

    characters: int
    pages: int
    file: bool


class PaperRecord(TypedDict):
    """A `Paper` in JSON; `retracted` is there where it is, `full_text` where there is one."""

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
    retracted: NotRequired[bool]
    full_text: NotRequired[FullTextRecord]


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
    retracted: bool = False
    text: PaperText | None = field(default=None, compare=False, repr=False)
    """The full text, where the collection has it."""

    def part(self, part: Part) -> str:
        """The abstract, or the full text, which is then read; empty where there is none. Raises `CorpusError`."""
        if part == "abstract":
            return self.abstract
        return self.text.load().text if self.text else ""

    @property
    def readable(self) -> bool:
        """Whether there is anything of it to quote."""
        return bool(self.abstract or self.text)

    @property
    def name(self) -> str:
        """The title, or the label of a work whose title is not known."""
        return self.title or self.label or self.id

    def as_json(self) -> PaperRecord:
        """The contract's JSON form: ISO date, lists for tuples."""
        # Not `asdict`, which looks into every field and takes many times as long: an answer tells dozens of papers.
        record: dict[str, object] = {each.name: getattr(self, each.name) for each in fields(self)}
        del record["text"]
        if not self.retracted:
            del record["retracted"]
        record["published"] = self.published.isoformat() if self.published else None
        record["authors"] = list(self.authors)
        record["other_urls"] = list(self.other_urls)
        record["translations"] = dict(self.translations)
        if self.text:
            told = {"characters": self.text.characters, "pages": self.text.pages, "file": self.text.file is not None}
            record["full_text"] = told
        return cast("PaperRecord", record)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an abstract or a full text as it is indexed.

    `text` is exactly `paper.part(part)[start:end]`; `embedded` is what the model sees, which adds the title, in a full
    text the section's, and, for abstracts in other languages, has the English translation instead.
    """

    paper_id: str
    start: int
    end: int
    text: str
    embedded: str
    part: Part = "abstract"

    @property
    def id(self) -> str:
        """Changes with the paper, the offsets and the embedded text."""
        key = f"{self.paper_id}\0{self.start}\0{self.end}\0{self.embedded}"
        return hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece of a paper, `paper.part(part)[start:end]`.

    `score`, in [-1, 1], is how well the paper fits the question, by all signals of the
    retriever; `signals` says what each of them gave: `passage` and `question` are cosine
    similarities, `words` and `letters` lie in [0, 1].
    """

    paper: Paper
    start: int
    end: int
    score: float
    signals: Mapping[str, float] = field(default_factory=dict[str, float])
    part: Part = "abstract"

    @property
    def text(self) -> str:
        return self.paper.part(self.part)[self.start : self.end]


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
    part: Part = "abstract"

    @property
    def text(self) -> str:
        return self.paper.part(self.part)[self.start : self.end]


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
