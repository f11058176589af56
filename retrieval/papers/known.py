"""What whoever adds papers may ask of those that are there: by id, by DOI, arXiv id or title, by file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from retrieval.identity import keys_of
from retrieval.papers.connections import Database, Value
from retrieval.papers.found_by import numbers_by_keys
from retrieval.papers.rows import NUMBERED, RECORDS, numbered_of
from retrieval.papers.texts import Texts
from retrieval.types import Paper

_STAGED_HERE = "SELECT id FROM incoming"
_COUNTS = (
    f"p.removed IS NULL AND CASE WHEN p.added IS NULL THEN p.id IN ({_STAGED_HERE}) ELSE NOT EXISTS "
    f"(SELECT 1 FROM papers s WHERE s.id = p.id AND s.added IS NULL AND s.id IN ({_STAGED_HERE})) END"
)
"""That a row `p` is in the next generation, as far as that is staged by this run."""
_WITH_FILE = "p.number IN (SELECT number FROM texts WHERE file = ?)"


class Known(Protocol):
    """The papers that the next generation has as far as it is staged: those that answer, but for the ones that are
    replaced by what this run has staged, and these. What was yielded to be staged is among them some seconds later.

    Methods raise `CorpusError` where the database is damaged.
    """

    def by_id(self, paper_id: str) -> Paper | None:
        """The paper of that id."""
        ...

    def by_keys(self, keys: Sequence[str]) -> dict[str, Paper]:
        """The papers known by those keys (`retrieval.identity.keys_of`), by key; of several the one added first."""
        ...

    def by_file(self, sha256: str) -> Paper | None:
        """The paper whose text was read from the file of that SHA-256."""
        ...


class KnownPapers:
    """`Known` of a database that is written to. `adopt` stages a paper that an earlier run has staged and that was not
    switched over to: the file need not be read again."""

    def __init__(self, database: Database, texts: Texts, adopt: Callable[[Paper], object]) -> None:
        self._database = database
        self._texts = texts
        self._adopt = adopt

    def by_id(self, paper_id: str) -> Paper | None:
        """See `Known`."""
        return self._first(f"p.id = ? AND {_COUNTS}", [paper_id])

    def by_keys(self, keys: Sequence[str]) -> dict[str, Paper]:
        """See `Known`."""
        found: dict[str, Paper] = {}
        for key, numbers in numbers_by_keys(self._database, keys).items():
            chosen = f"p.number IN (SELECT value FROM json_each(?)) AND {_COUNTS}"
            for paper in self._those(chosen, [f"[{','.join(map(str, numbers))}]"]):
                if key in keys_of(paper):
                    found[key] = paper
                    break
        return found

    def by_file(self, sha256: str) -> Paper | None:
        """See `Known`. What an earlier run staged of it is taken over into this one."""
        if paper := self._first(f"{_WITH_FILE} AND {_COUNTS}", [sha256]):
            return paper
        if paper := self._first(f"{_WITH_FILE} AND p.added IS NULL", [sha256]):
            self._adopt(paper)
            return self.by_id(paper.id)
        return None

    def _first(self, condition: str, values: Sequence[Value]) -> Paper | None:
        return next(iter(self._those(condition, values)), None)

    def _those(self, condition: str, values: Sequence[Value]) -> list[Paper]:
        """The papers that meet a condition, in their own order."""
        sql = f"SELECT {NUMBERED} FROM {RECORDS} WHERE {condition} ORDER BY p.place, p.number"
        return [numbered_of(row, self._texts).paper for row in self._database.rows(sql, values)]
