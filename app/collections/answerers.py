"""The answerers of a home's collections: opened when they are first asked, the longest unused one closed first."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from app.build import LocalAnswerer, SharedParts, build_answerer
from app.settings import Settings
from app.surfaces.collections import NoCollectionError
from retrieval.errors import CorpusError, PaperbackedError
from retrieval.papers.papers import open_papers, papers_of
from retrieval.passages import CollectionPassages
from retrieval.retriever import PaperRetriever
from retrieval.types import Progress, no_progress

MOST_OPEN = 8
"""Collections that are open at once besides the server's own: each has open files and an index in memory."""


class OpenAnswerers:
    """`LocalAnswerer`s by the names of their collections, which share their models and their store.

    Safe from any thread: a collection is opened by one thread, while others wait for it and not for each other's.
    """

    def __init__(
        self,
        settings: Settings,
        shared: SharedParts,
        progress: Progress = no_progress,
        note: Callable[[str], None] = print,
    ) -> None:
        self._settings = settings
        self._shared = shared
        self._progress = progress
        self._note = note
        self._lock = threading.Lock()
        self._open: OrderedDict[str, LocalAnswerer] = OrderedDict()
        self._opening: dict[str, threading.Lock] = {}
        self._without_papers: LocalAnswerer | None = None

    def __len__(self) -> int:
        return len(self._open)

    def of(self, name: str) -> LocalAnswerer:
        """The answerer of the collection of that name, which has a folder.

        Raises `PaperbackedError` where it cannot be opened.
        """
        with self._lock:
            if (found := self._open.get(name)) is not None:
                self._open.move_to_end(name)
                return found
            opening = self._opening.setdefault(name, threading.Lock())
        with opening:
            with self._lock:
                if (found := self._open.get(name)) is not None:
                    return found
            try:
                return self._opened(name)
            finally:
                with self._lock:
                    self._opening.pop(name, None)

    def close(self, name: str) -> None:
        """Let go of a collection; who still reads an answer of it reads it to its end."""
        with self._lock:
            closed = self._open.pop(name, None)
        if closed is not None:
            del closed
            gc.collect()  # Its parts refer to each other, and would hold their files open for long.

    def follow(self) -> None:
        """Open those anew whose papers have changed, whoever has changed them."""
        with self._lock:
            opened = tuple(self._open.values())
        for answerer in opened:
            # Where it cannot be had, each question says so.
            with suppress(PaperbackedError):
                answerer.follow()

    def _opened(self, name: str) -> LocalAnswerer:
        settings = self._settings.model_copy(update={"collection": name})
        papers = open_papers(settings.collection_folder)
        if papers is None:
            return self._empty()
        papers.close()
        try:
            answerer = build_answerer(settings, self._progress, self._note, wait=False, shared=self._shared)
        except CorpusError as error:
            if settings.collection_folder.exists():
                raise
            # Removed meanwhile; the sentence for one that nobody has made names others, which not all may know.
            raise NoCollectionError(name) from error
        closed = False
        with self._lock:
            self._open[name] = answerer
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
                closed = True
        if closed:
            gc.collect()
        return answerer

    def _empty(self) -> LocalAnswerer:
        """What answers over a collection to which nothing was added yet; the same for all of them."""
        if self._without_papers is None:
            parts = self._shared
            retriever = PaperRetriever(
                store=parts.store, embedder=parts.embedder, collection=CollectionPassages(papers_of(()))
            )
            self._without_papers = LocalAnswerer(
                retriever, parts.language_models.current, parts.language_models, self._settings.unsupported
            )
        return self._without_papers
