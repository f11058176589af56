"""The papers' records: what the collection has by organisation, date, name and topic, without similarity."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from app.answering.collection.called import Named, Units, values_called
from app.answering.collection.names import Names
from app.answering.collection.topics import EVERYWHERE as EVERYWHERE
from app.answering.collection.topics import LOOKED_AT
from retrieval.facets import Facets, Filters
from retrieval.lexical.words import Words, words_in_memory
from retrieval.papers.papers import Papers, papers_of
from retrieval.papers.selection import Selection
from retrieval.types import Paper


class Records(Names):
    """The papers of a collection, newest first, asked for as from a library's catalogue.

    They lie in the collection's database and in its index of `words`; nothing is read of either before it is asked
    for, and of very many papers no more than an answer needs. `in_english` gives a term of another language in
    English, empty where it is not known. Safe from any thread.
    """

    def __init__(self, papers: Papers, words: Words, in_english: Callable[[str], str] = str) -> None:
        super().__init__(papers, words, in_english)
        self.papers = papers.select()

    @property
    def facets(self) -> Facets:
        """The filter values that exist, with how many papers each has."""
        return self._papers.facets

    @cached_property
    def years(self) -> Mapping[int | None, int]:
        """How many papers there are of each year, oldest first; None stands for those without a date."""
        counts = {int(year) if year else None: count for year, count in self.papers.counted("year").items()}
        return {year: counts[year] for year in sorted(counts, key=lambda year: year or math.inf)}

    @cached_property
    def authors(self) -> Mapping[str, int]:
        """The authors of several papers with how many, those of the most first, and at most `LOOKED_AT` of them."""
        told = filter(None, map(self._author, self._words.beginning("author", "", LOOKED_AT)))
        ranked = sorted(told, key=lambda one: one[1:])
        return {name: -less for name, less, *_ in ranked if less < -1}

    def _author(self, folded: str) -> tuple[str, int, int, int] | None:
        """An author's name, and what the most published come first by: how many papers, and where the newest stands."""
        papers = self._having("author", [folded])
        newest = next(iter(papers[:1]), None)
        names = [name for name in newest.authors if name.casefold() == folded] if newest else []
        if newest is None or not names:
            return None
        day = newest.published.toordinal() if newest.published else 0
        return names[0], -len(papers), -day, newest.authors.index(names[0])

    @cached_property
    def called_values(self) -> Mapping[Units, Named]:
        """What the values are called by which papers are filtered, in words."""
        return values_called(self.facets, self.is_subject)

    @cached_property
    def longest_called(self) -> int:
        """The most words that a value is called by."""
        return max(map(len, self.called_values), default=0)

    def select(self, filters: Filters = Filters(), topic: str = "", author: str = "") -> Selection:
        """The papers that pass the filters and treat the topic, newest first, undated ones last."""
        numbers: set[int] | None = set(self._about(topic)) if topic else None
        if author:
            name = author.casefold()
            own = {*self._words.having("author", [name]), *self._words.having("family", [name])}
            numbers = own if numbers is None else numbers & own
        return self._papers.select(filters, numbers)

    def alone(self, filters: Filters) -> Paper | None:
        """The one paper that the filters name, if they name one."""
        return self._papers.get(filters.papers[0]) if len(filters.papers) == 1 else None


def records_of(papers: Iterable[Paper] | Papers, in_english: Callable[[str], str] = str) -> Records:
    """The records of papers whose words are in no index yet, which are all read for it: for measurements and tests."""
    collection = papers if isinstance(papers, Papers) else papers_of(papers)
    return Records(collection, words_in_memory(collection), in_english)
