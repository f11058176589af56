"""Passages by meaning: those of the collection whose vectors are nearest to a question's."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Collection, Iterable

import numpy as np

from retrieval.admitted import FEW_PAPERS, Admitted
from retrieval.errors import IndexGoneError
from retrieval.grouping import PASSAGES_PER_PAPER
from retrieval.passages import CollectionPassages
from retrieval.stores.base import GONE, Nearest, VectorStore, nearest_in, nearest_of_in
from retrieval.types import LeftOut, Part, Passage, SilentServer

CANDIDATES = 60
"""Passages that are wanted of the store: enough for ten papers of a few each."""
MOST_HITS = 9_000
"""Asked of a store at once, at most: with more it takes longer than anybody waits."""
_log = logging.getLogger("paperbacked.index")


class DenseSearch:
    """The collection's passages nearest to a vector, as a store has them.

    Its methods raise `IndexGoneError` where another process has replaced the index, `IndexStoreError` where the
    store fails, `CorpusError` where the papers cannot be read.
    """

    def __init__(self, store: VectorStore, collection: CollectionPassages) -> None:
        self._store = store
        self._collection = collection
        self._unsaid = threading.Lock()

    def nearest(self, vector: np.ndarray, papers: int, admitted: Admitted, left_out: LeftOut) -> list[Passage]:
        """The nearest passages, best first, of at least `papers` papers where so many are admitted."""
        if not admitted.count:
            return []
        alone = self._collection.ids_of(admitted.numbers) if admitted.alone and admitted.numbers else None
        groups = None if alone is None else self._collection.by_segment(alone)
        papers = min(papers, admitted.count)
        wanted = max(CANDIDATES, papers * PASSAGES_PER_PAPER * 3)
        while True:
            asked = min(MOST_HITS, math.ceil(wanted / (1.0 if admitted.alone else admitted.share)))
            if groups is None:
                nearest = nearest_in(self._store, self._collection.segments, vector, asked)
            else:
                nearest = nearest_of_in(self._store, groups, vector, asked)
            found, strange = self._own(nearest, admitted, wanted)
            # A few papers of very many passages must not hide the others; what is no paper's can be without end.
            enough = len({passage.paper.id for passage in found}) >= papers
            if enough or asked == MOST_HITS or len(nearest.hits) + nearest.strange < asked:
                break
            wanted *= 4
        self._tell(nearest, strange, left_out)
        return found if enough or asked < MOST_HITS else self._with_newest(found, vector, wanted, admitted, left_out)

    def of(self, numbers: Collection[int], vector: np.ndarray, left_out: LeftOut) -> list[Passage]:
        """All passages of the papers of those numbers, nearest first."""
        ids = self._collection.ids_of(numbers)
        if not ids:
            return []
        nearest = nearest_of_in(self._store, self._collection.by_segment(ids), vector, len(ids))
        found, strange = self._collection.passages(nearest.hits)
        self._tell(nearest, strange, left_out)
        return found

    def confirm(self) -> None:
        """Raise `IndexGoneError` where this is not the collection as it now is, or its vectors are gone."""
        if not self._collection.papers.is_newest():
            raise IndexGoneError(GONE)
        for segment in self._collection.segments:
            self._store.confirm(segment)

    def _own(self, nearest: Nearest, admitted: Admitted, most: int) -> tuple[list[Passage], list[str]]:
        """The passages of the first `most` hits that may be found, and the ids of those that are of no passage."""
        return self._collection.passages(self._collection.passing(nearest.hits, admitted.filters)[:most])

    def _with_newest(
        self, found: list[Passage], vector: np.ndarray, count: int, admitted: Admitted, left_out: LeftOut
    ) -> list[Passage]:
        """With the nearest of the newest papers admitted: else filters that hold where the question is not would
        leave nothing of thousands of papers."""
        newest = self._collection.papers.select(admitted.filters).numbers(FEW_PAPERS)
        groups = self._collection.by_segment(self._collection.ids_of(newest))
        nearest = nearest_of_in(self._store, groups, vector, count)
        more, strange = self._own(nearest, admitted, count)
        self._tell(nearest, strange, left_out)
        known = {_place(passage) for passage in found}
        return found + [passage for passage in more if _place(passage) not in known]

    def _tell(self, nearest: Nearest, strange: Iterable[str], left_out: LeftOut) -> None:
        """Say what is missing from what was found."""
        if nearest.silent:
            left_out(map(SilentServer, nearest.silent))
        # Rows that have no id of ours are told apart by a number, so that they count.
        ids = [*strange, *(f"row {number}" for number in range(1, nearest.strange + 1))]
        if ids:
            # A segment that is just being removed gives rows of any kind.
            self.confirm()
            left_out(ids)
            self._warn()

    def _warn(self) -> None:
        """Say in the log, once for this collection, that vectors of its index are left out."""
        if self._unsaid.acquire(blocking=False):
            _log.warning(
                "The index of the collection %r holds passages that are not what its papers say; they are left out of "
                "answers: `paperbacked doctor` counts them and says what to do.",
                self._collection.name,
            )


def _place(passage: Passage) -> tuple[str, Part, int]:
    return passage.paper.id, passage.part, passage.start
