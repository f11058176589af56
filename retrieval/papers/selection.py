"""The papers that pass filters, as a sequence that is read only as far as it is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from retrieval.facets import Filters
from retrieval.papers.connections import Database, Value
from retrieval.papers.rows import NUMBERED, RECORDS, numbered_of
from retrieval.papers.tables import OFFERED, column
from retrieval.papers.texts import Texts
from retrieval.types import Paper

BATCH = 500
"""Papers that are read at once by whoever goes through many."""
FEW = 5_000
"""Rows that are sooner looked at one by one, by their numbers, than found in an index of what they are."""
# No date comes before every date, so undated papers are last here without being told apart, which no index could do.
NEWEST_FIRST = "p.published DESC, p.place, p.number"
OLDEST_LAST_REVERSED = "p.published, p.place DESC, p.number DESC"
OWN_ORDER = "p.place, p.number"
OWN_ORDER_REVERSED = "p.place DESC, p.number DESC"
_AUTHORS_SAID = (
    "(SELECT DISTINCT r.number, j.value AS name FROM p JOIN records r ON r.number = p.number, "
    "json_each(r.record, '$.authors') j WHERE j.value <> '') a"
)
"""The authors that the records of few papers say, for whom not all authors need be gone through."""
_REVERSED = {
    NEWEST_FIRST: OLDEST_LAST_REVERSED,
    OLDEST_LAST_REVERSED: NEWEST_FIRST,
    OWN_ORDER: OWN_ORDER_REVERSED,
    OWN_ORDER_REVERSED: OWN_ORDER,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What stands behind WHERE, with its values; `p` is the row of the paper."""

    sql: str
    values: tuple[Value, ...] = ()

    def but(self, other: Condition) -> Condition:
        """Both together."""
        return Condition(f"{self.sql} AND {other.sql}", (*self.values, *other.values))


def living(generation: int) -> Condition:
    """That a row counts in a generation."""
    return Condition("p.added <= ? AND (p.removed IS NULL OR p.removed > ?)", (generation, generation))


def passing(filters: Filters, among: int | None = None) -> Condition:
    """That a row's paper passes the filters, by the rules of `Filters.admit`.

    Of rows that are chosen by their numbers, and are few, `among` says how many there are: SQLite does not know it, and
    would go through all rows that pass.
    """
    # With a plus sign before it a column is not looked up in its index.
    p = "+p" if among is not None and among <= FEW else "p"
    condition = Condition("1")
    for facet in OFFERED:
        if values := filters.of(facet):
            condition = condition.but(_one_of(f"{p}.{column(facet)}", values))
    if filters.papers:
        condition = condition.but(_one_of(f"{p}.id", filters.papers))
    if filters.since:
        condition = condition.but(Condition(f"{p}.published >= ?", (filters.since.isoformat(),)))
    if filters.until:
        condition = condition.but(Condition(f"{p}.published <= ?", (filters.until.isoformat(),)))
    return condition


def of_numbers(numbers: Iterable[int]) -> Condition:
    """That a row has one of these numbers, of which there may be very many."""
    return Condition("(p.number IN (SELECT value FROM json_each(?)))", (f"[{','.join(map(str, numbers))}]",))


def _one_of(name: str, values: Sequence[str]) -> Condition:
    return Condition(f"{name} IN ({', '.join('?' * len(values))})", tuple(values))


class Selection(Sequence[Paper]):
    """Papers of one generation that meet a condition, in an order; nothing is read before it is asked for."""

    def __init__(self, database: Database, texts: Texts, condition: Condition, order: str = NEWEST_FIRST) -> None:
        self._database = database
        self._texts = texts
        self._condition = condition
        self._order = order
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            row = self._database.row(
                f"SELECT COUNT(*) FROM papers p WHERE {self._condition.sql}", self._condition.values
            )
            self._count = int(row[0]) if row else 0
        return self._count

    @overload
    def __getitem__(self, place: int) -> Paper: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Paper]: ...
    def __getitem__(self, place: int | slice) -> Paper | Sequence[Paper]:
        if isinstance(place, int):
            at = place if place >= 0 else len(self) + place
            found = self._read(at, 1) if at >= 0 else []
            if not found:
                raise IndexError(place)
            return found[0]
        if (place.start, place.stop, place.step) == (None, None, -1):
            return self.reversed()
        first, end = place.start or 0, place.stop
        if place.step in (None, 1) and first >= 0 and end is not None and end >= 0:
            # The first of many are read without counting them all.
            return tuple(self._read(first, end - first))
        start, stop, step = place.indices(len(self))
        if step != 1:
            return tuple(self)[place]
        return tuple(self._read(start, max(0, stop - start)))

    def __iter__(self) -> Iterator[Paper]:
        # By their numbers, as to count one's way through the rows anew for each batch takes long at the end.
        numbers = self.numbers()
        for at in range(0, len(numbers), BATCH):
            yield from self._papers(numbers[at : at + BATCH])

    def __reversed__(self) -> Iterator[Paper]:
        return iter(self.reversed())

    def reversed(self) -> Selection:
        """The same papers, last one first."""
        return Selection(self._database, self._texts, self._condition, _REVERSED[self._order])

    def numbers(self, most: int | None = None) -> list[int]:
        """The numbers of the papers, in order; at most so many."""
        limit = "" if most is None else f" LIMIT {most}"
        sql = f"SELECT p.number FROM papers p WHERE {self._condition.sql} ORDER BY {self._order}{limit}"
        return [row[0] for row in self._database.rows(sql, self._condition.values)]

    def counted(self, name: str) -> dict[str | None, int]:
        """How many papers have each value of a facet, by its name, of "year" or of "author"; most first.

        Of as many, in the order of the values' first papers. Papers without a value are counted under None, but for
        authors.
        """
        first = "MAX(p.published) DESC, MIN(p.place)" if self._order == NEWEST_FIRST else "MIN(p.place)"
        if name == "author":
            return self._authors(first)
        what = "substr(p.published, 1, 4)" if name == "year" else f"p.{_column_named(name)}"
        sql = f"SELECT {what}, COUNT(*) FROM papers p WHERE {self._condition.sql} GROUP BY 1 ORDER BY 2 DESC, {first}"
        return dict(self._database.rows(sql, self._condition.values))

    def _authors(self, first: str) -> dict[str | None, int]:
        authors = "authors a" if len(self) > FEW else _AUTHORS_SAID
        # All papers are gone through once; to look each author's papers up takes five times as long.
        sql = (
            "WITH p AS MATERIALIZED (SELECT p.number, p.published, p.place FROM papers p "
            f"WHERE {self._condition.sql}) SELECT a.name, COUNT(*) FROM {authors} JOIN p ON p.number = a.number "
            f"GROUP BY 1 ORDER BY 2 DESC, {first}"
        )
        return dict(self._database.rows(sql, self._condition.values))

    def within(self, filters: Filters) -> Selection:
        """Those that pass these filters too."""
        return self._but(passing(filters))

    def dated(self) -> Selection:
        """Those that have a date."""
        return self._but(Condition("p.published IS NOT NULL"))

    def outside(self, groups: Iterable[Filters]) -> Selection:
        """Those that pass none of these filters."""
        passed = [passing(filters) for filters in groups]
        return self._but(*(Condition(f"({one.sql}) IS NOT TRUE", one.values) for one in passed))

    def lacking(self, name: str) -> Selection:
        """Those whose record says nothing there: a facet, by its name, "year", "author", "abstract", or "link", for
        what has no address on the web."""
        if name == "year":
            return self._but(Condition("p.published IS NULL"))
        if name in ("author", "abstract", "link"):
            return self._but(Condition("p.number IN (SELECT number FROM lacking WHERE what = ?)", (name,)))
        return self._but(Condition(f"COALESCE(p.{_column_named(name)}, '') = ''"))

    def _but(self, *conditions: Condition) -> Selection:
        both = self._condition
        for condition in conditions:
            both = both.but(condition)
        return Selection(self._database, self._texts, both, self._order)

    def _read(self, start: int, count: int) -> list[Paper]:
        if count <= 0:
            return []
        sql = (
            f"SELECT {NUMBERED} FROM (SELECT p.number AS n, ROW_NUMBER() OVER (ORDER BY {self._order}) AS at "
            f"FROM papers p WHERE {self._condition.sql} ORDER BY {self._order} LIMIT ? OFFSET ?), "
            f"{RECORDS} WHERE p.number = n ORDER BY at"
        )
        rows = self._database.rows(sql, [*self._condition.values, count, start])
        return [numbered_of(row, self._texts).paper for row in rows]

    def _papers(self, numbers: Sequence[int]) -> list[Paper]:
        """The papers of those numbers, in that order."""
        marks = ", ".join("?" * len(numbers))
        rows = self._database.rows(f"SELECT {NUMBERED} FROM {RECORDS} WHERE p.number IN ({marks})", numbers)
        found = {row[0]: row for row in rows}
        return [numbered_of(found[number], self._texts).paper for number in numbers if number in found]


def _column_named(name: str) -> str:
    return next(column(facet) for facet in OFFERED if facet.name == name)
