"""The `Answerer` over a collection of this machine; it follows the collection when it is indexed anew."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from app.answering.answer import Answer
from app.answering.answerer import Models
from app.answering.events import Done, Event, Failed
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.question import Question, Turn, checked_question
from app.answering.reading.reader import Reader
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.answering.telling import Unsupported
from app.open_collection import OpenCollection, opened
from retrieval.errors import IndexGoneError, IndexStoreError, PaperbackedError
from retrieval.papers.papers import Papers
from retrieval.retriever import PaperRetriever
from retrieval.types import Facets, Filters, Paper, Passage

TRIES = 8
"""How often one question is asked, where the index is replaced each time before its evidence is there."""
REMOVED = (
    "The index was removed, or built of other papers or with another model: "
    "start the program again and it is built anew."
)
MOST_REPLACED = 4
"""A store is opened anew where more vectors have been replaced than one in so many of those that it has."""
REHEARSAL = "Is it known whether this works?"
"""Nobody's question: it is asked once before a server's first reader, with no language model there yet."""
T = TypeVar("T")


def _nowhere() -> PaperRetriever:
    raise IndexStoreError(REMOVED)


class LocalAnswerer:
    """Answers from one collection; the `Answerer` that surfaces are given.

    When another process has added papers, the collection is opened again with `reopen`, which gives
    a retriever over its newest generation: papers, filters and answers switch together. Questions
    asked meanwhile wait for it, and what is under way ends with the papers that it began with, or
    begins again where the index of these is gone.
    """

    def __init__(
        self,
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
        self._replaced = 0
        self._failed: tuple[float, PaperbackedError] | None = None
        self._collection = opened(retriever, language_model, unsupported, answer_from, reader)

    @property
    def collection(self) -> OpenCollection:
        """What answers now; it is another one once another process has added papers."""
        return self._collection

    @property
    def papers(self) -> Papers:
        return self._collection.papers

    @property
    def facets(self) -> Facets:
        return self._collection.papers.facets

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
        # Patterns are compiled and words looked up for the first time here, and not before a reader's first answer.
        for _ in self.stream(REHEARSAL):
            pass

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        asked = checked_question(query, filters=filters, facets=self.facets)
        return self._asked(lambda collection: collection.search(asked, top))

    def paper(self, paper_id: str) -> Paper | None:
        return self._collection.papers.get(paper_id)

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return self._asked(lambda collection: collection.similar(paper_id, top))

    def compare(self, asked: CompareRequest) -> PaperTable:
        return self._asked(lambda collection: collection.compare(asked))

    def follow(self) -> None:
        """Open the collection again now, where another process has added papers. Raises `PaperbackedError`."""
        self._asked(lambda collection: collection.retriever.confirm())

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
            collection = self._newest()
            try:
                # A chain reads the index before its first evidence, so what is repeated here is at most a `Status`.
                yield from collection.stream(question)
                return
            except IndexGoneError:
                self._follow(collection)
        yield from self._collection.stream(question)

    def _asked(self, ask: Callable[[OpenCollection], T]) -> T:
        for _ in range(TRIES - 1):
            collection = self._newest()
            try:
                return ask(collection)
            except IndexGoneError:
                self._follow(collection)
        return ask(self._collection)

    def _newest(self) -> OpenCollection:
        """The collection as it is now, opened again where it is another. Raises `PaperbackedError`."""
        collection = self._collection
        if not collection.papers.is_newest():
            self._follow(collection)
        return self._collection

    def _let_go(self, newer: PaperRetriever) -> None:
        """Open the store anew once it holds much that no paper has any more.

        A store in a folder keeps in memory what was read of segments that another process has replaced since.
        """
        kept = newer.papers.generation.segments
        replaced = set(self.retriever.papers.generation.segments) - set(kept)
        self._replaced += sum(segment.vectors for segment in replaced)
        if self._replaced * MOST_REPLACED > sum(segment.vectors for segment in kept):
            self._replaced = 0
            newer.store.reopen()

    def _follow(self, gone: OpenCollection) -> None:
        """Have a collection at work that is not the one that is gone. Raises `PaperbackedError`.

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
            self._let_go(retriever)
            self._collection = opened(
                retriever, self._language_model, self._unsupported, self._answer_from, self._reader
            )
            # Parts of a collection refer to each other, and Python by itself looks for what is left of them so seldom
            # that files which are long removed would stay open: gigabytes of a large collection's.
            gc.collect()
