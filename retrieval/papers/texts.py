"""The full texts of a database of papers: told of without reading them, and read when they are needed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from retrieval.errors import CorpusError
from retrieval.full_text import FullText, PaperText
from retrieval.papers.connections import Database, Value
from retrieval.papers.packed_text import packed_body, packed_layout, unpacked

KEPT = 24
KEPT_CHARACTERS = 10_000_000
"""So many texts are kept when they were read, of together so many characters: one question reads the same few."""
TOLD = "t.digest, t.characters, t.pages, t.file"
"""What is told of a text, from the row `t`."""
JOINED = "LEFT JOIN texts t ON t.number = p.number"
GONE = "The full text of a paper was replaced while it was being read: ask again."


class Texts:
    """Reads the texts of a database, by the numbers of their papers. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: OrderedDict[int, FullText] = OrderedDict()
        self._reading = threading.Lock()

    def of(self, number: int, told: Sequence[Value]) -> PaperText | None:
        """The text of the paper of that number, by what the columns of `TOLD` say; None where it has none."""
        digest, characters, pages, file = told
        if digest is None:
            return None
        same = str(digest)
        return PaperText(lambda: self.load(number, same), same, _count(characters), _count(pages), _name(file))

    def load(self, number: int, digest: str) -> FullText:
        """The text itself. Raises `CorpusError` where it is gone or damaged."""
        with self._reading:
            if found := self._read.get(number):
                self._read.move_to_end(number)
                return found
        full = self._load(number, digest)
        with self._reading:
            self._read[number] = full
            while len(self._read) > KEPT or (
                len(self._read) > 1 and sum(len(one.text) for one in self._read.values()) > KEPT_CHARACTERS
            ):
                self._read.popitem(last=False)
        return full

    def _load(self, number: int, digest: str) -> FullText:
        columns = "SELECT body, layout, file FROM texts"
        row = self._database.row(f"{columns} WHERE number = ?", [number])
        # A paper of which something else was changed has a new number, and the same text.
        row = row or self._database.row(f"{columns} WHERE digest = ?", [digest])
        if row is None:
            raise CorpusError(GONE)
        body, layout, file = row
        return unpacked(body, layout, _name(file))


def insert_text(database: Database, number: int, text: PaperText) -> None:
    """Store the text of a paper. Raises `CorpusError` where it cannot be read, or not be written so that it can."""
    full = text.load()
    told = [text.digest, len(full.text), len(full.pages), full.file]
    try:
        blobs = [packed_body(full), packed_layout(full.layout)]
    except ValueError as error:
        raise CorpusError(f"The full text of a paper cannot be stored ({error}): leave its file out.") from error
    database.write("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?)", [number, *told, *blobs])


def files_named(database: Database) -> set[str]:
    """The SHA-256 of every file that a text was read from, whatever generation it is of, or staged."""
    return {row[0] for row in database.rows("SELECT DISTINCT file FROM texts WHERE file IS NOT NULL")}


def _count(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _name(value: Value) -> str | None:
    return value if isinstance(value, str) else None
