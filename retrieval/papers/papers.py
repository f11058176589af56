"""The papers of a collection as one reader sees them: those of one generation, from beginning to end."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from retrieval.chunking import passage_spans
from retrieval.facets import Facets, Filters
from retrieval.identity import keys_of
from retrieval.papers.connections import Database, Row
from retrieval.papers.database import in_memory, readable
from retrieval.papers.found_by import numbers_by_keys
from retrieval.papers.generation import Generation
from retrieval.papers.latest import count_of, latest_generation, signature_of
from retrieval.papers.rows import NUMBERED, RECORDS, Numbered, numbered_of, spans_of
from retrieval.papers.selection import BATCH, NEWEST_FIRST, OWN_ORDER, Condition, Selection, living, of_numbers, passing
from retrieval.papers.texts import Texts
from retrieval.papers.writing import PapersWriter
from retrieval.types import Paper, Span

REMEMBERED = 2_048
"""Papers that are kept when they were read, 8 MB of them: the same ones are found again and again."""
REMEMBERED_PASSAGES = 200_000
"""Of so many passages together at most, whose places take 20 MB: a book has thousands."""
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")


class Papers:
    """The papers of one generation, in their own order: a count, an iterator, and whatever is looked up.

    They stay as they are while others add papers. Safe from any thread. What reads raises `CorpusError`
    where the database is damaged.
    """

    def __init__(self, database: Database, generation: Generation) -> None:
        self.generation = generation
        self._database = database
        self._texts = Texts(database)
        self._living = living(generation.number)
        self._read: OrderedDict[int, Numbered] = OrderedDict()
        self._passages_read = 0
        self._reading = threading.Lock()

    def __len__(self) -> int:
        return self.generation.papers

    def __iter__(self) -> Iterator[Paper]:
        return iter(self._selection(self._living, OWN_ORDER))

    def __contains__(self, paper_id: object) -> bool:
        return isinstance(paper_id, str) and bool(self.numbers_of([paper_id]))

    @property
    def hash(self) -> str:
        """The hash of all papers, see `retrieval.corpus`."""
        return self.generation.corpus

    @cached_property
    def facets(self) -> Facets:
        """The filter values that exist, with how many papers each has."""
        return replace(self.generation.facets, papers=_Ids(self))

    @cached_property
    def with_texts(self) -> bool:
        """Whether any of them has a full text."""
        sql = f"SELECT 1 FROM texts t CROSS JOIN papers p ON p.number = t.number WHERE {self._living.sql} LIMIT 1"
        return self._database.row(sql, self._living.values) is not None

    def get(self, paper_id: str) -> Paper | None:
        """The paper of that id, or None."""
        return next(iter(self.of([paper_id]).values()), None)

    def of(self, paper_ids: Iterable[str]) -> dict[str, Paper]:
        """The papers of those ids that are there, by id, in that order."""
        numbers = self.numbers_of(paper_ids)
        found = self.numbered(numbers.values())
        return {paper_id: found[number].paper for paper_id, number in numbers.items() if number in found}

    def numbers_of(self, paper_ids: Iterable[str]) -> dict[str, int]:
        """The numbers of those papers that are there, by id, in that order."""
        # Ids come from whoever asks: half a surrogate pair is in no paper's, and the database would not take it.
        wanted = [paper_id for paper_id in dict.fromkeys(paper_ids) if not _HALF_A_PAIR.search(paper_id)]
        numbers: dict[str, int] = {}
        for at in range(0, len(wanted), BATCH):
            batch = wanted[at : at + BATCH]
            found = self._where(Condition(f"p.id IN ({', '.join('?' * len(batch))})", tuple(batch)), "p.id, p.number")
            numbers |= dict(found)
        return {paper_id: numbers[paper_id] for paper_id in wanted if paper_id in numbers}

    def numbered(self, numbers: Iterable[int]) -> dict[int, Numbered]:
        """The papers of those numbers, by number; what is of another generation, or no paper's number, is left out."""
        wanted = list(dict.fromkeys(numbers))
        with self._reading:
            found = {number: self._read[number] for number in wanted if number in self._read}
        fresh = [number for number in wanted if number not in found]
        for at in range(0, len(fresh), BATCH):
            found |= self._read_numbered(fresh[at : at + BATCH])
        self._remember(found)
        return {number: found[number] for number in wanted if number in found}

    def _remember(self, found: Mapping[int, Numbered]) -> None:
        with self._reading:
            for number, one in found.items():
                self._passages_read += 0 if number in self._read else len(one.spans)
                self._read[number] = one
                self._read.move_to_end(number)
            while len(self._read) > REMEMBERED or self._passages_read > REMEMBERED_PASSAGES:
                _, oldest = self._read.popitem(last=False)
                self._passages_read -= len(oldest.spans)

    def _read_numbered(self, numbers: Sequence[int]) -> dict[int, Numbered]:
        condition = self._living.but(Condition(f"p.number IN ({', '.join('?' * len(numbers))})", tuple(numbers)))
        rows = self._database.rows(f"SELECT {NUMBERED} FROM {RECORDS} WHERE {condition.sql}", condition.values)
        return {row[0]: numbered_of(row, self._texts) for row in rows}

    def by_keys(self, keys: Sequence[str]) -> dict[str, Paper]:
        """The papers known by those keys (`retrieval.identity.keys_of`), by key; of several the one added first."""
        candidates = numbers_by_keys(self._database, keys)
        # A paper that changes keeps its place, and gets a number behind all others.
        chosen = self._living.but(of_numbers(number for numbers in candidates.values() for number in numbers))
        order = Selection(self._database, self._texts, chosen, OWN_ORDER).numbers() if candidates else []
        own = self.numbered(order)
        found: dict[str, Paper] = {}
        for key, numbers in candidates.items():
            may_be = set(numbers)
            for paper in (one.paper for number, one in own.items() if number in may_be):
                if key in keys_of(paper):
                    found.setdefault(key, paper)
        return found

    def by_file(self, sha256: str) -> Paper | None:
        """The paper whose text was read from the file of that SHA-256, or None."""
        with_file = Condition("p.number IN (SELECT number FROM texts WHERE file = ?)", (sha256,))
        return next(iter(self._selection(self._living.but(with_file), OWN_ORDER)), None)

    def ids_of(self, origin: str) -> tuple[str, ...]:
        """The ids of the papers of that origin, see `retrieval.ingest.Reading`; of a million papers all are looked
        at."""
        return tuple(row[0] for row in self._where(Condition("p.origin = ? ORDER BY p.place", (origin,)), "p.id"))

    def admitted(self, numbers: Collection[int], filters: Filters) -> set[int]:
        """Those of the numbers whose papers pass the filters."""
        passed: set[int] = set()
        listed = list(numbers)
        for at in range(0, len(listed), BATCH):
            batch = listed[at : at + BATCH]
            within = Condition(f"p.number IN ({', '.join('?' * len(batch))})", tuple(batch))
            within = within.but(passing(filters, len(batch)))
            passed |= {row[0] for row in self._where(within, "p.number")}
        return passed

    def passages_of(self, numbers: Sequence[int]) -> dict[int, tuple[Span, ...]]:
        """The places of the passages of the papers of those numbers, without reading their records."""
        spans: dict[int, tuple[Span, ...]] = {}
        for at in range(0, len(numbers), BATCH):
            batch = numbers[at : at + BATCH]
            within = Condition(f"p.number IN ({', '.join('?' * len(batch))})", tuple(batch))
            spans |= {number: spans_of(text) for number, text in self._where(within, "p.number, p.spans")}
        return spans

    def select(
        self, filters: Filters = Filters(), numbers: Iterable[int] | None = None, order: str = NEWEST_FIRST
    ) -> Selection:
        """The papers that pass the filters, of those numbers where some are given; newest first, undated last."""
        if numbers is None:
            return self._selection(self._living.but(passing(filters)), order)
        chosen = list(numbers)
        condition = self._living.but(passing(filters, len(chosen))).but(of_numbers(chosen))
        return self._selection(condition, order)

    def after(self, paper_id: str | None, count: int) -> tuple[Paper, ...] | None:
        """The `count` papers behind that one in their own order, the first ones for None; None where there is none of
        that id."""
        condition = self._living
        if paper_id is not None:
            numbers = tuple(self.numbers_of([paper_id]).values())
            if not numbers:
                return None
            place = self._where(Condition("p.number = ?", numbers), "p.place, p.number")
            condition = condition.but(Condition("(p.place, p.number) > (?, ?)", tuple(place[0])))
        return tuple(self._selection(condition, OWN_ORDER)[:count])

    def is_newest(self) -> bool:
        """Whether this is still the generation that answers. Raises `CorpusError` where the papers are gone."""
        row = self._database.row("SELECT MAX(number) FROM generations")
        return row is not None and row[0] == self.generation.number

    def signature(self, origin: str) -> str:
        """What the papers of that origin were read from, see `PapersWriter.commit`."""
        return signature_of(self._database, origin)

    def count_of(self, origin: str) -> int:
        """How many papers of that origin answer now."""
        return count_of(self._database, origin)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _selection(self, condition: Condition, order: str) -> Selection:
        return Selection(self._database, self._texts, condition, order)

    def _where(self, condition: Condition, columns: str) -> list[Row]:
        both = self._living.but(condition)
        return self._database.rows(f"SELECT {columns} FROM papers p WHERE {both.sql}", both.values)


class _Ids(Mapping[str, int]):
    """The papers' ids as values to filter by: each has one paper."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers

    def __getitem__(self, paper_id: str) -> int:
        if paper_id not in self._papers:
            raise KeyError(paper_id)
        return 1

    def __iter__(self) -> Iterator[str]:
        return (paper.id for paper in self._papers)

    def __len__(self) -> int:
        return len(self._papers)

    def __contains__(self, paper_id: object) -> bool:
        return paper_id in self._papers


def open_papers(folder: Path) -> Papers | None:
    """The newest generation of the papers in a collection's folder, or None where there is none yet.

    Raises `CorpusError` where the database cannot be read.
    """
    database = readable(folder)
    if database is None:
        return None
    if generation := latest_generation(database):
        return Papers(database, generation)
    database.close()
    return None


def papers_of(papers: Iterable[Paper]) -> Papers:
    """Papers that are no collection on disk, as one generation in memory: for tests and measurements."""
    database = in_memory()
    writer = PapersWriter(database)
    writer.stage(papers, passage_spans, origin="own")
    writer.settle()
    return Papers(database, writer.commit("", ()))
