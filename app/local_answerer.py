"""The `Answerer` over a collection of this machine; it follows the collection when it is indexed anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from app.answering.answerer import Models
from app.answering.events import Answer, Done, Event, Failed
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.question import Question, Turn, checked_question
from app.answering.reading.reader import Reader
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.answering.telling import Unsupported
from app.open_collection import OpenCollection, opened
from retrieval.errors import IndexGoneError, IndexStoreError, PaperbackedError
from retrieval.retriever import PaperRetriever
from retrieval.types import Facets, Filters, Paper, Passage

TRIES = 8
"""How often one question is asked, where the index is replaced each time before its evidence is there."""
REMOVED = (
    "The index was removed, or built of other papers or with another model: "
    "start the program again and it is built anew."
)
T = TypeVar("T")


def _nowhere() -> PaperRetriever:
    raise IndexStoreError(REMOVED)


class LocalAnswerer:
    """Answers from one collection; the `Answerer` that surfaces are given.

    When another process has replaced the index, the collection is opened again with `reopen`,
    which gives a retriever over the papers as they are now: papers, filters and answers switch
    together. Questions asked meanwhile wait for it, and what is under way begins again.
    """

    def __init__(
        self,
        papers: tuple[Paper, ...],
        retriever: PaperRetriever,
        language_model: Callable[[], LanguageModel],
        language_models: LanguageModels | None = None,
        unsupported: Unsupported = "show",
        answer_from: float | None = None,
        reopen: Callable[[], PaperRetriever] = _nowhere,
        reader: Reader | None = None,
    ) -> None:
        self.language_models = language_models
        self._language_model = language_model
        self._unsupported: Unsupported = unsupported
        self._answer_from = answer_from
        self._reopen = reopen
        self._reader = reader
        self._reopening = threading.Lock()
        self._failed: tuple[float, PaperbackedError] | None = None
        self._collection = opened(papers, retriever, language_model, unsupported, answer_from, reader)

    @property
    def collection(self) -> OpenCollection:
        """What answers now: another process may replace the index, and then this."""
        return self._collection

    @property
    def papers(self) -> tuple[Paper, ...]:
        return self._collection.papers

    @property
    def facets(self) -> Facets:
        return self._collection.facets

    @property
    def retriever(self) -> PaperRetriever:
        return self._collection.retriever

    @property
    def models(self) -> Models:
        model = self._language_model()
        return Models(self.retriever.embedder.description, model.name if model.chat else None, model.note)

    def stream(
        self, question: Question | str, history: Sequence[Turn] = (), filters: Filters = Filters()
    ) -> Generator[Event]:
        """The events of the answer, as they come; closing the generator stops the work.

        `history` and `filters` belong to a question that is given as a text. Raises `InputError`
        at once for a question or filter that cannot be used; all that fails later is `Failed`.
        """
        return self._events(self._checked(question, history, filters))

    def ask(self, question: Question | str, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        """The whole answer; the arguments are those of `stream`. Raises `PaperbackedError` where none can be made."""
        for event in self.stream(question, history, filters):
            match event:
                case Done(answer):
                    return answer
                case Failed(message):
                    raise PaperbackedError(message)
                case _:
                    pass
        raise AssertionError("the chain ended without Done or Failed")

    def load_in_background(self, after: Callable[[], object] = lambda: None) -> None:
        """Load the language model once `after` returns, on a thread of its own; until it is there, quotes answer."""
        if self.language_models is not None:
            self.language_models.load_in_background(after)

    def warm_up(self) -> None:
        """Load now what the first question would otherwise wait for. Raises `ModelError` or `IndexStoreError`."""
        self.retriever.embedder.load()
        if self._reader:
            self._reader.load()
        self._asked(lambda collection: collection.chain.load())
        self._asked(lambda collection: collection.retriever.questions("", ()))

    def load_rest(self) -> None:
        """Load now what only some questions would otherwise wait for; an answerer of one question need not."""
        self._asked(lambda collection: collection.chain.load_rest())

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        asked = checked_question(query, filters=filters, facets=self.facets)
        return self._asked(lambda collection: collection.search(asked, top))

    def paper(self, paper_id: str) -> Paper | None:
        return self._collection.by_id.get(paper_id)

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return self._asked(lambda collection: collection.similar(paper_id, top))

    def compare(self, asked: CompareRequest) -> PaperTable:
        return self._asked(lambda collection: collection.compare(asked))

    def follow(self) -> None:
        """Open the collection again now, where another process has replaced its index. Raises `PaperbackedError`."""
        self._asked(lambda collection: collection.retriever.store.confirm(collection.retriever.index))

    def _checked(self, question: Question | str, history: Sequence[Turn], filters: Filters) -> Question:
        """A text made a question; one that was made already is taken as it is."""
        if isinstance(question, Question):
            return question
        return checked_question(question, tuple(history), filters, self.facets)

    def _events(self, question: Question) -> Generator[Event]:
        try:
            yield from self._stream(question)
        except PaperbackedError as error:
            yield Failed(error.message)

    def _stream(self, question: Question) -> Generator[Event]:
        for _ in range(TRIES - 1):
            collection = self._collection
            try:
                # A chain reads the index before its first evidence, so what is repeated here is at most a `Status`.
                yield from collection.stream(question)
                return
            except IndexGoneError:
                self._follow(collection)
        yield from self._collection.stream(question)

    def _asked(self, ask: Callable[[OpenCollection], T]) -> T:
        for _ in range(TRIES - 1):
            collection = self._collection
            try:
                return ask(collection)
            except IndexGoneError:
                self._follow(collection)
        return ask(self._collection)

    def _follow(self, gone: OpenCollection) -> None:
        """Have a collection at work that is not the one whose index is gone. Raises `PaperbackedError`.

        One thread opens it; those that wait meanwhile use it too, or fail as it did.
        """
        began = time.monotonic()
        with self._reopening:
            if self._collection is not gone:
                return
            if self._failed and self._failed[0] > began:
                raise self._failed[1]
            try:
                retriever = self._reopen()
            except PaperbackedError as error:
                self._failed = time.monotonic(), error
                raise
            papers = retriever.collection.papers
            self._collection = opened(
                papers, retriever, self._language_model, self._unsupported, self._answer_from, self._reader
            )
