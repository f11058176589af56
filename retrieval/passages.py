"""The collection's own passages, against which what a store of vectors says is held."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from retrieval.chunking import part_at
from retrieval.papers.papers import Papers
from retrieval.stores.base import Hit, VectorId, VectorStore
from retrieval.types import Filters, Paper, Passage, Span

BATCH = 5_000
"""Vectors of a store that are held against the papers at once."""


class CollectionPassages:
    """The passages of the collection's papers, by the ids under which a store has their vectors.

    Others can write to a store: a file is exchanged, a server of vectors has other clients. So it only says which
    passage is near to a question; the paper and its words are the collection's own, and a vector of anything else
    is none of a passage. Raises `CorpusError` where the papers cannot be read.
    """

    def __init__(self, papers: Papers) -> None:
        self.papers = papers
        self._segments = sorted(papers.generation.segments, key=lambda segment: segment.first)
        self._last = [segment.last for segment in self._segments]

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments that hold the vectors, oldest papers first."""
        return tuple(segment.name for segment in self._segments)

    @property
    def name(self) -> str:
        """What the collection is called in its store; empty where nothing is stored of it."""
        return self._segments[0].name.partition(".")[0] if self._segments else ""

    def passing(self, hits: Iterable[Hit], filters: Filters) -> list[Hit]:
        """Those of the hits whose papers pass the filters, and those that are no paper's, in order."""
        hits = list(hits)
        passing = self.papers.admitted({hit.id.number for hit in hits}, filters)
        return [hit for hit in hits if hit.id.number in passing or self._segment_of(hit.id.number) is None]

    def passages(self, hits: Iterable[Hit]) -> tuple[list[Passage], list[str]]:
        """The passages that the hits mean, in order, each with its hit's cosine for a score; and the ids of those hits
        that mean none."""
        hits = list(hits)
        own = self.papers.numbered(hit.id.number for hit in hits)
        found: list[Passage] = []
        strange: list[str] = []
        for hit in hits:
            one = own.get(hit.id.number)
            if one and _has(one.spans, hit.id):
                found.append(_passage(one.paper, hit))
            elif one or self._segment_of(hit.id.number) is None:
                strange.append(str(hit.id))
            # Else the paper was replaced: segments are not changed, and keep the vectors of papers that are gone. Which
            # numbers were ever a paper's is not known for long, so any that a segment can have is taken for one of
            # these. Whoever makes one up has nothing of it, as no paper is shown.
        return found, strange

    def ids(self, paper_ids: Iterable[str]) -> list[VectorId]:
        """The ids of all passages of those papers that are there, paper by paper."""
        return self.ids_of(self.papers.numbers_of(paper_ids).values())

    def ids_of(self, numbers: Iterable[int]) -> list[VectorId]:
        """The same by the papers' numbers."""
        numbers = list(numbers)
        spans = self.papers.passages_of(numbers)
        return [VectorId(number, span.start, span.end) for number in numbers for span in spans.get(number, ())]

    def by_segment(self, ids: Iterable[VectorId]) -> dict[str, list[VectorId]]:
        """The ids by the name of the segment that is to hold them; those that none can hold are left out."""
        groups: dict[str, list[VectorId]] = {}
        for vector_id in ids:
            if segment := self._segment_of(vector_id.number):
                groups.setdefault(segment, []).append(vector_id)
        return groups

    def wrong(self, store: VectorStore) -> int:
        """How many vectors of a store are of no passage, and how many passages have none, in all.

        What is left of papers that were replaced is not counted. Raises what the store's `ids` raises.
        """
        right = wrong = 0
        for segment in self.segments:
            # A store gives no ids that are none of ours, but it counts them.
            wrong += store.count(segment)
            for ids in _in_batches(store.ids(segment)):
                spans = self.papers.passages_of(sorted({vector_id.number for vector_id in ids}))
                for number, start, end in ids:
                    within = self._segment_of(number) == segment
                    is_passage = within and _has(spans.get(number, ()), VectorId(number, start, end))
                    is_left_over = within and number not in spans
                    right, wrong = right + is_passage, wrong - (is_passage or is_left_over)
        return wrong + len(self) - right

    def __len__(self) -> int:
        """How many passages the papers have; all are counted."""
        numbers = self.papers.select().numbers()
        batches = (numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH))
        return sum(len(spans) for batch in batches for spans in self.papers.passages_of(batch).values())

    def _segment_of(self, number: int) -> str | None:
        place = bisect_left(self._last, number)
        if place == len(self._segments) or number < self._segments[place].first:
            return None
        return self._segments[place].name


def _passage(paper: Paper, hit: Hit) -> Passage:
    part, start = part_at(hit.id.start)
    return Passage(paper, start, start + hit.id.end - hit.id.start, hit.score, part=part)


def _has(spans: Sequence[Span], vector_id: VectorId) -> bool:
    """Whether a passage of a paper stands there; they are in order, and a book has thousands."""
    at = bisect_left(spans, vector_id.start, key=lambda span: span.start)
    return at < len(spans) and spans[at] == Span(vector_id.start, vector_id.end)


def _in_batches(ids: Iterator[VectorId]) -> Iterator[Sequence[VectorId]]:
    while batch := list(islice(ids, BATCH)):
        yield batch
