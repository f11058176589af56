"""Collections, what becomes of papers that are added, and pages, as they go out, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.surfaces.collections import MAX_TITLE_CHARS
from retrieval.adding.report import Outcome

Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARS, description="What readers call it.")]


class Collection(BaseModel):
    """A collection of papers."""

    name: str = Field(description="By this it is asked; letters that nobody guesses are part of it.")
    title: str
    papers: int
    may_change: bool = Field(
        description="Whether whoever asks may add papers to it, rename it, and remove it where it is not the default."
    )
    expires: str | None = Field(description="When a visitor's own is removed unless it is used; else null.")
    default: bool = Field(description="Whether it is the one that is asked where none is named.")


class CollectionList(BaseModel):
    """The collections that whoever asks may ask, the server's own first."""

    adding: bool = Field(description="Whether whoever asks may make collections and add papers.")
    online: bool = Field(description="Whether what papers lack may be looked up online.")
    collections: list[Collection]


class NewCollection(BaseModel, strict=True):
    """A collection to be made, or another title for one."""

    title: Title


class Removed(BaseModel):
    """A collection that was removed."""

    undo_until: str = Field(description="Until then it can be had back.")


class Began(BaseModel):
    """Papers that are being added."""

    job: str = Field(description="GET …/jobs/{job} tells how far it is.")


class AddPapers(BaseModel, strict=True):
    """Papers to be added, as they are or by what they are known by."""

    text: str = Field("", max_length=2_000_000, description="arXiv ids, DOIs, addresses, BibTeX or RIS entries.")
    papers: list[dict[str, Any]] = Field(
        [], max_length=10_000, description="Papers as GET /api/v1/papers gives them; id, title and abstract are enough."
    )
    online: bool = Field(False, description="Whether what they lack is looked up online.")
    pdfs: bool = Field(False, description="Whether arXiv's PDFs are fetched too, with `online`.")


class Became(BaseModel):
    """What one entry became."""

    place: str = Field(description="Where it stands: a file, an entry, a line.")
    outcome: Outcome
    paper_id: str | None
    name: str
    reason: str
    of: str | None = Field(description="The paper that it is a duplicate of.")


class Report(BaseModel):
    """What became of all entries; of `left_out` ones only the counts tell."""

    collection: str
    at: str
    counts: dict[str, int] = Field(description="How many entries became what.")
    became: list[Became]
    left_out: int


class Job(BaseModel):
    """How far the adding of papers is."""

    state: Literal["running", "done", "failed"]
    done: int = Field(description="Entries that were decided.")
    total: int = Field(description="Entries as far as they are known.")
    doing: str = Field(description="What is being done now, in a few words.")
    after: int = Field(description="`became` begins behind so many entries.")
    became: list[Became]
    report: Report | None
    error: str | None = Field(description="Why nothing was added; null unless the state is failed.")


class Word(BaseModel):
    """A piece of a word that stands in one line, and its box in points from the page's top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


class Page(BaseModel):
    """The words of a page, in reading order."""

    page: int
    pages: int
    width: float = Field(description="In points, as the page is shown.")
    height: float
    words: list[Word]


class TextSection(BaseModel):
    """A section of a full text: exactly `text[start:end]` of it."""

    title: str
    kind: Literal["abstract", "body", "caption", "references"]
    start: int
    end: int
    text: str


class WholeText(BaseModel):
    """A paper's full text, by its sections."""

    id: str
    characters: int
    pages: int
    file: bool = Field(description="Whether the pages can be shown.")
    sections: list[TextSection]


_COLLECTION = {"name": "sleep-k3xw", "title": "Sleep", "papers": 3, "may_change": True, "expires": None}
_BECAME = {
    "place": "sleep.bib, entry walker2017",
    "outcome": "added",
    "paper_id": "doi:10.1000/sleep.17",
    "name": "Sleep and memory",
    "reason": "",
    "of": None,
}
_OWN = {"name": "default", "title": "default", "papers": 94, "may_change": False, "expires": None, "default": True}
EXAMPLES: dict[str, Any] = {
    "collection": _COLLECTION | {"default": False},
    "collections": {"adding": True, "online": True, "collections": [_OWN, _COLLECTION | {"default": False}]},
    "new": {"title": "Sleep"},
    "removed": {"undo_until": "2026-12-01T10:01:00+00:00"},
    "began": {"job": "0f3a5d6c7b8e9f00112233445566778a"},
    "add": {"text": "arXiv:1706.03762\n10.48550/arXiv.1810.04805", "online": True},
    "job": {
        "state": "running",
        "done": 1,
        "total": 3,
        "doing": "Reading papers",
        "after": 0,
        "became": [_BECAME],
        "report": None,
        "error": None,
    },
    "reports": [
        {
            "collection": "sleep-k3xw",
            "at": "2026-12-01T10:00:00.000+00:00",
            "counts": {
                "added": 1,
                "updated": 0,
                "same": 0,
                "duplicate": 0,
                "no_abstract": 0,
                "broken": 0,
                "passed_over": 0,
            },
            "became": [_BECAME],
            "left_out": 0,
        }
    ],
    "page": {
        "page": 4,
        "pages": 12,
        "width": 595.28,
        "height": 841.89,
        "words": [{"text": "Sleep", "x0": 72.0, "y0": 90.1, "x1": 98.4, "y1": 101.2}],
    },
    "text": {
        "id": "doi:10.1000/sleep.17",
        "characters": 21,
        "pages": 12,
        "file": True,
        "sections": [{"title": "1 Results", "kind": "body", "start": 0, "end": 21, "text": "Sleep helped memory. "}],
    },
}
