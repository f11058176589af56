"""What papers are found and counted by besides their columns: keys, authors, and what they have none of.

A key is the first 63 bits of the SHA-256 of one of `retrieval.identity.keys_of`; whoever finds a paper by one reads it
and looks whether it is the paper's.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import numpy as np

from retrieval.errors import CorpusError
from retrieval.identity import keys_of
from retrieval.papers.connections import Database, Row
from retrieval.papers.rows import paper_of
from retrieval.types import Paper, Progress, no_progress
from retrieval.web_address import web_address

BATCH = 500
LABEL = "Bringing the collection up to date"
MANY = 10_000
"""Papers of which the rows are sooner looked for in whole tables than one by one."""
_COLUMNS = {"keys": "key", "authors": "name", "lacking": "what"}


def insert_found_by(database: Database, papers: Sequence[tuple[int, Paper]]) -> None:
    """Note by what the papers of those numbers are found."""
    for table, rows in _rows_of(papers).items():
        # In order, as each row goes next to the one before then.
        database.write_many(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", sorted(rows))


def forget_found_by(database: Database, numbers: Sequence[int]) -> None:
    """Forget by what the papers of those numbers were found, before their records go."""
    if len(numbers) > MANY:
        those = [f"[{','.join(map(str, numbers))}]"]
        for table in _COLUMNS:
            database.write(f"DELETE FROM {table} WHERE number IN (SELECT value FROM json_each(?))", those)
        return
    for at in range(0, len(numbers), BATCH):
        batch = numbers[at : at + BATCH]
        chosen = f"SELECT number, record FROM records WHERE number IN ({', '.join('?' * len(batch))})"
        # What a damaged paper was found by cannot be told, and finds nothing any more.
        for table, rows in _rows_of(papers_in(database.rows(chosen, batch))).items():
            database.write_many(f"DELETE FROM {table} WHERE {_COLUMNS[table]} = ? AND number = ?", rows)


def _rows_of(papers: Sequence[tuple[int, Paper]]) -> dict[str, list[tuple[str | int, int]]]:
    """The rows that papers have in each table."""
    return {
        "keys": [(key_number(key), number) for number, paper in papers for key in keys_of(paper)],
        "authors": [(name, number) for number, paper in papers for name in paper.authors if name],
        "lacking": [(what, number) for number, paper in papers for what in _lacked(paper)],
    }


def fill_found_by(database: Database, progress: Progress) -> None:
    """Note by what all papers are found, in a database of the first version. Those that cannot be read are by nothing.

    What goes into a table is sorted first: to put a million rows in out of order takes ten times as long.
    """
    keys, numbers = array("q"), array("q")
    database.write("CREATE TEMP TABLE unsorted (name TEXT, number INTEGER)")
    for batch in _read(database, progress):
        rows = _rows_of(batch)
        for key, number in rows["keys"]:
            keys.append(int(key))
            numbers.append(number)
        database.write_many("INSERT INTO unsorted VALUES (?, ?)", rows["authors"])
        database.write_many("INSERT INTO lacking VALUES (?, ?)", rows["lacking"])
    pairs = np.stack([np.asarray(keys, dtype=np.int64), np.asarray(numbers, dtype=np.int64)], axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    for at in range(0, len(pairs), 10 * BATCH):
        # Some at a time: all of them as Python's own numbers would take ten times the memory.
        database.write_many("INSERT OR IGNORE INTO keys VALUES (?, ?)", pairs[at : at + 10 * BATCH].tolist())
    database.write("INSERT INTO authors SELECT DISTINCT name, number FROM unsorted ORDER BY 1, 2")
    database.write("DROP TABLE unsorted")


def numbers_by_keys(database: Database, keys: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of papers, of any generation, that may be known by those keys, by key."""
    by_number = {key_number(key): key for key in keys}
    found: dict[str, list[int]] = {}
    wanted = list(by_number)
    for at in range(0, len(wanted), BATCH):
        batch = wanted[at : at + BATCH]
        marks = ", ".join("?" * len(batch))
        for key, number in database.rows(f"SELECT key, number FROM keys WHERE key IN ({marks}) ORDER BY number", batch):
            found.setdefault(by_number[key], []).append(number)
    return found


def keys_in(record: object) -> str:
    """The numbers of a record's keys, as JSON; none for what is no record."""
    papers = papers_in([(0, record)]) if isinstance(record, str) else []
    return json.dumps([key_number(key) for _, paper in papers for key in keys_of(paper)])


def key_number(key: str) -> int:
    """The number that stands for a key."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:8]) >> 1


def _lacked(paper: Paper) -> list[str]:
    linked = bool(paper.arxiv_id or paper.doi) or web_address(paper.url) is not None
    has = {"author": any(paper.authors), "abstract": bool(paper.abstract), "link": linked}
    return [what for what, is_there in has.items() if not is_there]


def _read(database: Database, progress: Progress = no_progress) -> Iterator[list[tuple[int, Paper]]]:
    """All papers that can be read, with their numbers, some at a time."""
    row = database.row("SELECT COUNT(*) FROM records")
    total, done, at = (row[0] if row else 0), 0, -1
    while rows := database.rows(
        f"SELECT number, record FROM records WHERE number > ? ORDER BY number LIMIT {BATCH}", [at]
    ):
        yield papers_in(rows)
        at = rows[-1][0]
        done += len(rows)
        progress(LABEL, done, total)


def papers_in(rows: Iterable[Row]) -> list[tuple[int, Paper]]:
    """The numbers and papers of rows of number and record, but for damaged ones: of those it is told when they are
    asked for."""
    papers: list[tuple[int, Paper]] = []
    for number, record in rows:
        with suppress(CorpusError):
            papers.append((number, paper_of(record)))
    return papers
