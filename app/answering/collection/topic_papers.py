"""Which papers are about a topic, by their records and by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import overload

from app.answering.collection.listing import LISTED
from app.answering.collection.records import Records
from retrieval.papers.selection import Selection
from retrieval.retriever import LeftOut, PaperRetriever, unheard
from retrieval.types import Filters, Paper

NEAREST_FROM = 0.2
"""Papers are near a topic where the best one's score reaches this, which none does for a topic that no paper has …"""
NEAR_FROM = 0.17
"""… and those are whose own score reaches this …"""
NEAR_WITHIN = 0.6
"""… and this share of the best one's …"""
NAMED_WITHIN = 0.5
"""… or this share, where their records name the topic. Chosen on the dev questions of data/people/ and strangers/."""
TOUCHES_FROM, TOUCHES_WITHIN = 0.16, 0.5
"""The same for papers that only touch the topic."""
MANY_NAMED = 6
"""Where so many records name a topic, it is a shelf of the collection, and they are all its papers."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """The papers found for a topic with their scores, best first, and the `best` score of any paper at all."""

    papers: Mapping[str, Paper]
    scores: Mapping[str, float]
    best: float

    def within(self, share: float, least: float = 0.0) -> tuple[Paper, ...]:
        """Those whose score reaches the share of the best one's; none where nothing is near the topic."""
        bound = max(least, share * self.best)
        near = [paper for name, paper in self.papers.items() if self.scores[name] >= bound]
        return tuple(near) if self.best >= NEAREST_FROM else ()


def nearness(
    topic: str, retriever: PaperRetriever, filters: Filters = Filters(), left_out: LeftOut = unheard
) -> Nearness:
    """What is found for a topic in English, at most `LISTED` papers."""
    papers: dict[str, Paper] = {}
    scores: dict[str, float] = {}
    for passage in retriever.passages(topic, filters, LISTED, left_out=left_out):
        scores.setdefault(passage.paper.id, passage.score)
        papers.setdefault(passage.paper.id, passage.paper)
    best = max(scores.values(), default=0.0)
    if not filters.is_empty:
        # What is near is measured by all papers: the best of a few may be far.
        best = max([best, *(passage.score for passage in retriever.passages(topic, papers=1, left_out=left_out))])
    return Nearness(papers, scores, best)


def papers_near(
    topic: str, retriever: PaperRetriever, filters: Filters = Filters(), left_out: LeftOut = unheard
) -> tuple[Paper, ...]:
    """The papers whose content comes near a topic in English, nearest first; none where none does."""
    return nearness(topic, retriever, filters, left_out).within(NEAR_WITHIN, NEAR_FROM)


def papers_on(
    topic: str,
    records: Records,
    retriever: PaperRetriever,
    filters: Filters = Filters(),
    left_out: LeftOut = unheard,
    *,
    widely: bool = False,
) -> Sequence[Paper]:
    """The papers about a topic in English, nearest first: those that come near it, and those whose records name it.

    With `widely` those that touch it count too. Where many records name it, those alone, and of fewer none that
    is far from it.
    """
    named = records.select(filters, topic)
    found = nearness(topic, retriever, filters, left_out)
    if len(records.select(topic=topic)) >= MANY_NAMED:
        return _nearest_first(named, found)
    within, least = (TOUCHES_WITHIN, TOUCHES_FROM) if widely else (NEAR_WITHIN, NEAR_FROM)
    near = found.within(within, least)
    if not near:
        return tuple(named)
    surely = {paper.id for paper in near}
    closer = {paper.id for paper in found.within(NAMED_WITHIN)}
    further = [paper for paper in named if paper.id in closer and paper.id not in surely]
    return (*near, *further)


class _Ranked(Sequence[Paper]):
    """Some papers before the others of a selection, which are read only as far as they are looked at."""

    def __init__(self, first: Sequence[Paper], others: Selection) -> None:
        self._first = first
        self._others = others

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    def __iter__(self) -> Iterator[Paper]:
        return chain(self._first, self._others)

    @overload
    def __getitem__(self, place: int) -> Paper: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Paper]: ...
    def __getitem__(self, place: int | slice) -> Paper | Sequence[Paper]:
        count = len(self._first)
        if isinstance(place, int):
            at = place if place >= 0 else len(self) + place
            return self._first[at] if 0 <= at < count else self._others[at - count]
        start, stop, step = place.indices(len(self))
        if step != 1:
            return tuple(self)[place]
        return (*self._first[start:stop], *self._others[max(0, start - count) : max(0, stop - count)])


def _nearest_first(named: Selection, found: Nearness) -> Sequence[Paper]:
    """The papers that are named, those that were found before the others, which stay in their order."""
    near = Filters(papers=tuple(found.papers))
    if not near.papers:
        return named
    order = {name: place for place, name in enumerate(found.papers)}
    first = sorted(named.within(near), key=lambda paper: order[paper.id])
    return _Ranked(first, named.outside([near]))
