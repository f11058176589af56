"""How a paper is staged: its row and its record, and papers staged anew because their passages are cut otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.papers.connections import Database, Row
from retrieval.papers.rows import COLUMNS, paper_of, spans_as_text, values_of
from retrieval.readers.jsonl import as_line
from retrieval.types import Paper, Span

BATCH = 1_000
"""Papers that are cut anew in one transaction."""
Origin = str
"""Whose papers these are: "shipped" with the program or "own"; own ones go before shipped ones of the same id."""
Cut = Callable[[Paper], Sequence[Span]]
"""Gives the places of a paper's passages."""
CUT_ANEW = (
    "EXISTS (SELECT 1 FROM papers o WHERE o.id = p.id AND o.digest = p.digest AND o.added IS NOT NULL "
    "AND o.removed IS NULL)"
)
"""That a staged row `p` is of a paper that is there as it is, but for its passages."""
_INSERT = f"INSERT INTO papers ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


@dataclass(frozen=True, slots=True)
class Staged:
    """How many papers of those that were read are new, changed, and there already as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Staged) -> Staged:
        return Staged(self.new + other.new, self.changed + other.changed, self.same + other.same)


def insert(database: Database, paper: Paper, place: int, origin: Origin, digest: bytes, spans: Sequence[Span]) -> None:
    """Stage a paper under a number of its own."""
    number = database.write_next(_INSERT, values_of(paper, place, origin, digest, spans))
    database.write("INSERT INTO records VALUES (?, ?)", [number, as_line(paper)])


def drop(database: Database, numbers: Sequence[int]) -> None:
    """Remove the papers of those numbers, which nobody has seen."""
    database.write_many("DELETE FROM papers WHERE number = ?", ([number] for number in numbers))
    database.write_many("DELETE FROM records WHERE number = ?", ([number] for number in numbers))


def stage_cut_anew(database: Database, cut: Cut) -> None:
    """Stage the papers that stay once more where `cut` gives other passages than they have: readers of the generation
    that answers go on with the old ones, under the old number."""
    at = -1
    while rows := database.rows(
        "SELECT p.number, p.id, p.place, p.origin, p.digest, p.spans, r.record "
        "FROM papers p JOIN records r ON r.number = p.number WHERE p.added IS NOT NULL AND p.removed IS NULL "
        f"AND p.number NOT IN (SELECT number FROM ending) AND p.number > ? ORDER BY p.number LIMIT {BATCH}",
        [at],
    ):
        with database.transaction():
            for row in rows:
                _stage_cut_anew(database, row, cut)
        at = rows[-1][0]


def _stage_cut_anew(database: Database, row: Row, cut: Cut) -> None:
    _, paper_id, place, origin, digest, before, record = row
    paper = paper_of(record)
    spans = cut(paper)
    now = spans_as_text(spans)
    for number, other, kept in database.rows(
        "SELECT number, digest, spans FROM papers WHERE id = ? AND added IS NULL", [paper_id]
    ):
        if other != digest or (kept == now and now != before):
            return
        drop(database, [number])
    if now != before:
        insert(database, paper, place, origin, digest, spans)
