"""The collection that a page shows: the one its address names, as far as its reader may see it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from app.answering.answer import Answer
from app.answering.answerer import Answerer, Models
from app.answering.events import Event, Failed
from app.answering.question import Question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.surfaces.collections import Collections, NoCollectionError
from retrieval.errors import PaperbackedError
from retrieval.papers.papers import Papers, papers_of
from retrieval.types import Facets, Filters, Paper, Passage

COLLECTION = "collection"
"""The field of the page's address that names a collection; without it the page is over the server's own."""
MOST_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """What one page is over: `name` is "" where the page names none and is over the server's default one."""

    answerer: Answerer
    name: str = ""
    title: str = ""
    """What its readers call it; empty for the default one, which tells of itself."""
    may_change: bool = False
    """Whether the reader may add papers to it."""
    missing: str = ""
    """Why there is nothing to be shown, one sentence; empty where there is."""


def collection_of(query: Mapping[str, str]) -> str:
    """The collection that a page's address names, "" for the server's own."""
    return query.get(COLLECTION, "")[: MOST_NAME_CHARS + 1]


def shown(collections: Collections, name: str, visitor: str | None) -> Shown:
    """The collection of that name for that visitor; one that is not theirs is as if it did not exist."""
    own = collections.answerer(None)
    if not name:
        return Shown(own, may_change=collections.default_grows)
    try:
        if len(name) > MOST_NAME_CHARS:
            raise NoCollectionError(name)
        answerer = collections.answerer(name, visitor)
        info = next((one for one in collections.listed(visitor) if one.name == name), None)
    except PaperbackedError as error:
        return Shown(NoAnswerer(own.models, error), name, missing=error.message)
    if info is None:
        return Shown(answerer, name, name)
    return Shown(answerer, name, "" if info.default else info.title, info.may_change)


class NoAnswerer:
    """Stands where a collection cannot be had: it has no papers, and every question gets the reason."""

    facets = Facets()

    def __init__(self, models: Models, reason: PaperbackedError) -> None:
        self.models = models
        self.papers: Papers = papers_of(())
        self._reason = reason

    def stream(self, question: Question) -> Generator[Event]:
        """Says why there is no answer."""
        yield Failed(self._reason.message)

    def ask(self, question: Question) -> Answer:
        """Raises the reason."""
        raise self._reason

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        """Raises the reason."""
        raise self._reason

    def paper(self, paper_id: str) -> Paper | None:
        """None of them is there."""
        return None

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        """Raises the reason."""
        raise self._reason

    def compare(self, asked: CompareRequest) -> PaperTable:
        """Raises the reason."""
        raise self._reason
