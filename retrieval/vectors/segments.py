"""The segment that an update writes: which older ones it takes in, and how it is filled, also after a kill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import numpy as np

from retrieval.chunking import chunk_paper, distinct, place_of_chunk
from retrieval.errors import IndexStoreError
from retrieval.papers.generation import Segment
from retrieval.papers.writing import PapersWriter
from retrieval.stores.base import NoRoomError, VectorId, VectorStore
from retrieval.types import Progress
from retrieval.vectors.embedding import Embeds
from retrieval.vectors.ids import VectorIds, in_batches
from retrieval.vectors.shards import Shards

STORE_BATCH = 5_000
"""Vectors that a store is given at once."""
READ_BATCH = 1_000
TIMES_LARGER = 2
"""A segment at the end that is at most so many times larger is taken in: so sizes fall, and there are few of them."""
MOST_DEAD = 3
"""A segment of which more than one in so many is dead is written anew."""
LABEL = "Storing vectors"
TRIES = 3
"""How often what a damaged shard has lost is embedded again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an update does with segments: some stay, and the living vectors of others go into the new one.

    The new one has the papers from number `first` on.
    """

    kept: tuple[Segment, ...]
    taken_in: tuple[Segment, ...]
    first: int


def planned(segments: Sequence[Segment], writer: PapersWriter) -> Plan:
    """What is done with these segments, in the order of their numbers, when the papers behind them are added.

    Numbers stay in order from one segment to the next: if one is written anew, so are those behind it.
    """
    behind = max((segment.last for segment in segments), default=-1) + 1
    size = writer.coming_passages(behind)
    keep = _first_to_write_anew(segments, writer)
    if keep < len(segments):
        size += sum(segment.vectors for segment in segments[keep:])
    while size and keep and segments[keep - 1].vectors <= TIMES_LARGER * size:
        keep -= 1
        size += segments[keep].vectors
    taken_in = tuple(segments[keep:])
    return Plan(tuple(segments[:keep]), taken_in, taken_in[0].first if taken_in else behind)


def _first_to_write_anew(segments: Sequence[Segment], writer: PapersWriter) -> int:
    """The place of the first segment with too much in it that no paper has any more, else their number."""
    ending = writer.ending()
    for place, segment in enumerate(segments):
        # To count is to read through the rows of a segment, so only where papers have just left it.
        if any(segment.first <= number <= segment.last for number in ending):
            living = writer.coming_passages(segment.first, segment.last)
            if MOST_DEAD * (segment.vectors - living) > segment.vectors:
                return place
    return len(segments)


class NewSegment:
    """A segment while it is filled with what `plan` says. Raises what the store, the shards and the embedding do."""

    def __init__(self, name: str, plan: Plan, writer: PapersWriter, store: VectorStore, progress: Progress) -> None:
        self._name = name
        self._plan = plan
        self._writer = writer
        self._store = store
        self._progress = progress

    def filled(self, embeds: Embeds, shards: Shards) -> Segment | None:
        """The segment, with all vectors that belong into it; None where none do."""
        wanted = VectorIds.of(self._ids())
        if not len(wanted):
            return None
        self._begin(wanted)
        for older in self._plan.taken_in:
            self._take_in(older)
        for _ in range(TRIES):
            have = self._have()
            missing = wanted.missing_in(have)
            if not missing:
                return Segment(self._name, *self._numbers(), len(wanted))
            embeds(partial(self._passages, have), missing, shards, self._progress)
            self._store_from(shards, wanted, have)
        raise IndexStoreError(f"The vectors in {shards.folder} are damaged again and again: see whether the disk is.")

    def _begin(self, wanted: VectorIds) -> None:
        """Go on with what a run that was stopped left of the segment, unless it is damaged or of other passages."""
        if self._name in self._store.segments(self._name.split(".")[0]) and not self._can_go_on(wanted):
            self._store.remove(self._name)
        self._store.begin(self._name)

    def _can_go_on(self, wanted: VectorIds) -> bool:
        try:
            self._store.check(self._name)
            return self._have().all_in(wanted)
        except NoRoomError:
            raise
        except IndexStoreError:
            # A kill or a full disk in the middle of a file; all that was stored is still in the shards.
            return False

    def _take_in(self, older: Segment) -> None:
        """Add the vectors of another segment that its papers still have. What it lacks is embedded with the rest."""
        have = self._have()
        for batch in in_batches(self._ids(older.first, older.last), READ_BATCH):
            ids = [vector_id for vector_id, had in zip(batch, have.hold(batch), strict=True) if not had]
            if vectors := self._store.vectors(older.name, ids):
                self._store.add(self._name, list(vectors), np.stack(list(vectors.values())))

    def _store_from(self, shards: Shards, wanted: VectorIds, have: VectorIds) -> None:
        done, total = len(wanted) - wanted.missing_in(have), len(wanted)
        self._progress(LABEL, done, total)
        for ids, vectors in _joined(shards, STORE_BATCH):
            fresh = wanted.hold(ids) & ~have.hold(ids)
            if fresh.any():
                self._store.add(self._name, [ids[at] for at in np.flatnonzero(fresh)], vectors[fresh])
                done = min(done + int(fresh.sum()), total)
                self._progress(LABEL, done, total)

    def _passages(self, have: VectorIds) -> Iterator[tuple[VectorId, str]]:
        """The passages that the segment lacks, by the numbers of their papers; only the records of those are read."""
        for batch in _whole_papers(self._ids(), READ_BATCH):
            lacking = {vector_id for vector_id, had in zip(batch, have.hold(batch), strict=True) if not had}
            numbers = dict.fromkeys(vector_id.number for vector_id in batch if vector_id in lacking)
            for one in self._writer.numbered(list(numbers)):
                for chunk in distinct(chunk_paper(one.paper)):
                    span = place_of_chunk(chunk)
                    vector_id = VectorId(one.number, span.start, span.end)
                    if vector_id in lacking:
                        yield vector_id, chunk.embedded

    def _have(self) -> VectorIds:
        return VectorIds.of(self._store.ids(self._name))

    def _ids(self, first: int | None = None, last: int | None = None) -> Iterator[VectorId]:
        """The ids of all passages of living papers with those numbers; by default of all of the segment."""
        places = self._writer.coming_places(self._plan.first if first is None else first, last)
        return (VectorId(number, span.start, span.end) for number, spans in places for span in spans)

    def _numbers(self) -> tuple[int, int]:
        numbers = [number for number, _ in self._writer.coming_places(self._plan.first)]
        return numbers[0], numbers[-1]


def _whole_papers(ids: Iterator[VectorId], size: int) -> Iterator[list[VectorId]]:
    """The ids in lists of about `size`, and those of one paper in one list, so that each paper is cut once."""
    batch: list[VectorId] = []
    for _, more in groupby(ids, key=lambda vector_id: vector_id.number):
        batch += more
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _joined(shards: Shards, size: int) -> Iterator[tuple[list[VectorId], np.ndarray]]:
    """What the shards have, in pieces of at least `size` but for the last."""
    ids: list[VectorId] = []
    arrays: list[np.ndarray] = []
    for more, vectors in shards:
        ids += more
        arrays.append(vectors)
        if len(ids) >= size:
            yield ids, np.concatenate(arrays)
            ids, arrays = [], []
    if ids:
        yield ids, np.concatenate(arrays)
