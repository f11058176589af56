"""The collection's own passages, against which what an index says is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.chunking import chunk_paper, distinct
from retrieval.stores.stored_passage import StoredPassage, stored_passage
from retrieval.types import Chunk, Paper, Passage


class CollectionPassages:
    """The passages of the collection's papers, by the ids under which an index has them.

    Others can write to an index: a file is exchanged, a server of vectors has other clients.
    So it only says which passage is near to a question; the paper and its words are the
    collection's own, and a passage of which the index says anything else is none.
    `ids` names the passages of each paper, by the paper's id.
    """

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers = tuple(papers)
        cut = [(paper, chunk) for paper in papers for chunk in distinct(chunk_paper(paper))]
        self._own: dict[str, tuple[StoredPassage, Paper, Chunk]] = {
            chunk.id: (stored_passage(chunk, paper), paper, chunk) for paper, chunk in cut
        }
        self.ids: dict[str, list[str]] = {}
        for paper, chunk in cut:
            self.ids.setdefault(paper.id, []).append(chunk.id)

    def passage(self, stored: StoredPassage, score: float) -> Passage | None:
        """The paper's own passage that the index means, or None where it is not what the index says."""
        own = self._own.get(stored.id)
        if own is None or own[0] != stored:
            return None
        _, paper, chunk = own
        return Passage(paper, chunk.start, chunk.end, score)

    def wrong(self, index: Iterable[StoredPassage]) -> int:
        """How many passages of an index are not what the papers say, and how many of theirs it lacks, in all."""
        right: set[str] = set()
        wrong: set[str] = set()
        for stored in index:
            own = self._own.get(stored.id)
            (right if own is not None and own[0] == stored else wrong).add(stored.id)
        return len(wrong | (self._own.keys() - right))

    def __len__(self) -> int:
        return len(self._own)
