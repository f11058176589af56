"""What the surfaces are given: one object that answers, searches and knows its papers."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from app.answering.answer import Answer
from app.answering.events import Event
from app.answering.question import Question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from retrieval.papers.papers import Papers
from retrieval.types import Facets, Filters, Paper, Passage


@dataclass(frozen=True, slots=True)
class Models:
    """The names of what is at work; `llm` is None in quotes mode, `note` says why where that was not asked for."""

    embedding: str
    llm: str | None
    note: str | None = None


class Answerer(Protocol):
    """The door between the surfaces and the chain; built once by `app.build`."""

    @property
    def papers(self) -> Papers:
        """The papers of the collection as it answers now: another object once it has others."""
        ...

    @property
    def facets(self) -> Facets:
        """The filter values that exist, with how many papers each has."""
        ...

    @property
    def models(self) -> Models:
        """Which models are at work now."""
        ...

    def stream(self, question: Question) -> Generator[Event]:
        """The events of the answer, as they come; closing the generator stops the work.

        The question was checked when it was made, its filters against `facets`.
        """
        ...

    def ask(self, question: Question) -> Answer:
        """The whole answer. Raises `PaperbackedError` where none can be made."""
        ...

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        """The best passage of each of the `top` papers nearest to `query`.

        Raises `InputError` where the query is empty, or a filter cannot be.
        """
        ...

    def paper(self, paper_id: str) -> Paper | None:
        """The paper of that id, if the collection has it."""
        ...

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        """The best passage of each of the `top` other papers nearest to this one. Raises `InputError` without it."""
        ...

    def compare(self, asked: CompareRequest) -> PaperTable:
        """Chosen papers side by side. Raises `InputError` for papers, a question or aspects that cannot be compared."""
        ...
