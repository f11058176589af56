"""How a paper is staged: its row and its record, and papers staged anew because their passages are cut otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.papers.connections import Database, Row
from retrieval.papers.found_by import forget_found_by, insert_found_by
from retrieval.papers.rows import COLUMNS, NUMBERED, RECORDS, numbered_of, record_of, spans_as_text, values_of
from retrieval.papers.texts import Texts, insert_text
from retrieval.types import Paper, Span

BATCH = 1_000
"""Papers that are staged, or cut anew, in one transaction."""
BATCH_CHARACTERS = 10_000_000
"""Papers with full texts are fewer: so many characters are held in memory until they are staged."""
BATCH_SECONDS = 5.0
"""Papers that are read slowly are fewer too: a kill loses no more."""
Origin = str
"""Whose papers these are: "shipped" with the program or "own"; own ones go before shipped ones of the same id."""
Cut = Callable[[Paper], Sequence[Span]]
"""Gives the places of a paper's passages."""
CUT_ANEW = (
    "EXISTS (SELECT 1 FROM papers o WHERE o.id = p.id AND o.digest = p.digest AND o.added IS NOT NULL "
    "AND o.removed IS NULL)"
)
"""That a staged row `p` is of a paper that is there as it is, but for its passages."""
_NUMBER = 3
"""The column of the number in the rows that are cut anew."""
_INSERT = f"INSERT INTO papers ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


@dataclass(frozen=True, slots=True)
class Staged:
    """How many papers of those that were read are new, changed, and there already as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Staged) -> Staged:
        return Staged(self.new + other.new, self.changed + other.changed, self.same + other.same)


def in_batches(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    """The papers in lists that are staged at once."""
    batch: list[Paper] = []
    characters, began = 0, time.monotonic()
    for paper in papers:
        batch.append(paper)
        characters += paper.text.characters if paper.text else 0
        if len(batch) == BATCH or characters >= BATCH_CHARACTERS or time.monotonic() - began >= BATCH_SECONDS:
            yield batch
            batch, characters, began = [], 0, time.monotonic()
    if batch:
        yield batch


def insert(database: Database, paper: Paper, place: int, origin: Origin, digest: bytes, spans: Sequence[Span]) -> int:
    """Stage a paper under a number of its own, which is given; by what it is found is noted for many at once.

    Raises `CorpusError` where its full text cannot be read.
    """
    number = database.write_next(_INSERT, values_of(paper, place, origin, digest, spans))
    database.write("INSERT INTO records VALUES (?, ?)", [number, record_of(paper)])
    if paper.text:
        insert_text(database, number, paper.text)
    return number


def drop(database: Database, numbers: Sequence[int]) -> None:
    """Remove all that is kept of the papers of those numbers, which nobody has seen or sees any more."""
    forget_found_by(database, numbers)
    for table in ("papers", "records", "texts"):
        database.write_many(f"DELETE FROM {table} WHERE number = ?", ([number] for number in numbers))


def stage_cut_anew(database: Database, cut: Cut, texts: Texts) -> None:
    """Stage the papers that stay once more where `cut` gives other passages than they have: readers of the generation
    that answers go on with the old ones, under the old number."""
    at = -1
    while rows := database.rows(
        f"SELECT p.place, p.origin, p.digest, {NUMBERED} FROM {RECORDS} "
        "WHERE p.added IS NOT NULL AND p.removed IS NULL "
        f"AND p.number NOT IN (SELECT number FROM ending) AND p.number > ? ORDER BY p.number LIMIT {BATCH}",
        [at],
    ):
        with database.transaction():
            for row in rows:
                _stage_cut_anew(database, row, cut, texts)
        at = rows[-1][_NUMBER]


def _stage_cut_anew(database: Database, row: Row, cut: Cut, texts: Texts) -> None:
    place, origin, digest, *rest = row
    paper = numbered_of(tuple(rest), texts).paper
    before, spans = row[_NUMBER + 1], cut(paper)
    now = spans_as_text(spans)
    for number, other, kept in database.rows(
        "SELECT number, digest, spans FROM papers WHERE id = ? AND added IS NULL", [paper.id]
    ):
        if other != digest or (kept == now and now != before):
            return
        drop(database, [number])
    if now != before:
        insert_found_by(database, [(insert(database, paper, place, origin, digest, spans), paper)])
