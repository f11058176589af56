"""A SQLite database as the rest of the program sees it: statements from any thread, and failures told in a sentence."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from retrieval.errors import CorpusError, PaperbackedError
from retrieval.files import full, is_disk_full

BUSY_SECONDS = 30.0
IDLE = 4
"""Connections that are kept for who reads next."""
Value = str | int | float | bytes | None
Row = tuple[Any, ...]
Prepare = Callable[[sqlite3.Connection], None]
"""Done to each connection before it is used."""


class Database:
    """One open database, safe from any thread: one statement at a time, in the order in which threads come."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._turn = threading.RLock()

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """All rows of a query. Raises `CorpusError`."""
        with self._connected() as connection, closing(connection.execute(sql, values)) as found:
            return found.fetchall()

    def row(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row of a query, if there is one. Raises `CorpusError`."""
        with self._connected() as connection, closing(connection.execute(sql, values)) as found:
            return found.fetchone()

    def write(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run a statement; gives how many rows it changed. Raises `CorpusError`."""
        with self._connected() as connection, closing(connection.execute(sql, values)) as done:
            return done.rowcount

    def write_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement for each row. Raises `CorpusError`."""
        with self._connected() as connection, closing(connection.executemany(sql, rows)):
            pass

    def write_next(self, sql: str, values: Sequence[Value]) -> int:
        """Run an INSERT; gives the row's number. Raises `CorpusError`."""
        with self._connected() as connection, closing(connection.execute(sql, values)) as done:
            return done.lastrowid or 0

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """All that is written inside, or nothing of it."""
        with self._turn:
            self.write("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self.write("ROLLBACK")
                raise
            self.write("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection, None, None]:
        """The connection, for one statement; what it raises is told in a sentence."""
        with self._turn, _reported(self._name):
            yield self._connection


class ReadDatabase(Database):
    """A database that is only read: statements that come at once have a connection each, so none waits for another."""

    def __init__(self, file: Path, prepare: Prepare = lambda connection: None) -> None:
        """Raises `CorpusError` where the file cannot be opened."""
        connection = connection_to(file, prepare)
        super().__init__(connection, str(file))
        self._file = file
        self._prepare = prepare
        self._idle = [connection]
        self._closed = False

    def close(self) -> None:
        with self._turn:
            self._closed = True
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection, None, None]:
        with _reported(self._name):
            with self._turn:
                connection = self._idle.pop() if self._idle else None
                if connection is None and self._closed:
                    raise sqlite3.ProgrammingError("it was closed")
            connection = connection or connection_to(self._file, self._prepare)
            try:
                yield connection
            finally:
                with self._turn:
                    if self._closed or len(self._idle) == IDLE or isinstance(connection, _Unwatched):
                        connection.close()
                    else:
                        self._idle.append(connection)


@contextmanager
def _reported(name: str) -> Generator[None, None, None]:
    try:
        yield
    except PaperbackedError:
        raise
    except sqlite3.Error as error:
        raise said(name, error) from error


def connection_to(file: Path, prepare: Prepare) -> sqlite3.Connection:
    """A connection to a file that is read. Raises `CorpusError`."""
    connection = _opened(file, "mode=ro", sqlite3.Connection)
    if connection is None and not os.access(file.parent, os.W_OK):
        # There is no room for what readers and writers tell each other. Without a writer that is not needed.
        connection = _opened(file, "immutable=1", _Unwatched)
    if connection is None:
        raise CorpusError(f"The papers in {file} cannot be opened: see who may read them.")
    with _reported(str(file)):
        prepare(connection)
    return connection


class _Unwatched(sqlite3.Connection):
    """A connection that would not see what others write afterwards: good for one statement."""


def _opened(file: Path, how: str, kind: type[sqlite3.Connection]) -> sqlite3.Connection | None:
    """The file opened that way, or None where it cannot be."""
    address = f"{file.absolute().as_uri()}?{how}"
    try:
        connection = sqlite3.connect(
            address, BUSY_SECONDS, check_same_thread=False, isolation_level=None, uri=True, factory=kind
        )
        connection.execute("SELECT 1 FROM sqlite_master").close()
    except sqlite3.OperationalError:
        return None
    except sqlite3.Error as error:
        raise said(str(file), error) from error
    return connection


def said(name: str, error: BaseException) -> CorpusError:
    """What SQLite has raised, as one sentence."""
    if is_disk_full(error):
        return CorpusError(full(f"The papers in {name}"))
    reason = str(error)[:200]
    return CorpusError(
        f"The papers in {name} cannot be used ({reason}): if it stays so, move the file away and ingest again."
    )
