"""The SQLite database of a collection: its tables, opened, and brought from one version to the next."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.facets import Facet
from retrieval.files import not_written
from retrieval.papers.connections import BUSY_SECONDS, Database, ReadDatabase, said
from retrieval.papers.found_by import fill_found_by, keys_in
from retrieval.papers.tables import (
    FIRST,
    FIRST_READ_AS_SECOND,
    KEYS_IN,
    LEADS_TO_WEB,
    OFFERED,
    SECOND,
    VERSION,
    column,
    statements,
)
from retrieval.types import Progress, no_progress
from retrieval.web_address import web_address

FILE = "papers.sqlite"
CACHE_KB = 65_536
"""What whoever writes may keep of the file in memory."""


def writable(folder: Path, progress: Progress = no_progress) -> Database:
    """The database in a collection's folder, made where there is none and brought to this version.

    To bring a million papers up takes minutes, and is done as a whole or not at all. Raises `CorpusError` where it
    cannot be written, is damaged, or is of a newer version.
    """
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    except OSError as error:
        raise CorpusError(not_written(f"The folder {folder}", error)) from error
    except sqlite3.Error as error:
        raise said(str(file), error) from error
    database = Database(connection, str(file))
    try:
        database.write("PRAGMA journal_mode = WAL")
        # What a generation no longer needs is removed as soon as it answers, so a power cut must not undo that it does.
        database.write("PRAGMA synchronous = FULL")
        # Keys and names come in no order, so that a small cache would be read from disk and written to it all the time.
        database.write(f"PRAGMA cache_size = -{CACHE_KB}")
        _bring_up(database, file, progress)
    except BaseException:
        database.close()
        raise
    return database


def close_for_copying(folder: Path) -> None:
    """Bring all that was written into the one file, for a folder that is copied elsewhere, where it may be read alone.

    Nobody may have it open meanwhile. Raises `CorpusError`.
    """
    database = writable(folder)
    try:
        database.write("PRAGMA journal_mode = DELETE")
    finally:
        database.close()


def readable(folder: Path) -> Database | None:
    """The database in a collection's folder to be read alone, or None where there is none.

    Raises `CorpusError` where it cannot be read, is damaged, or is of a newer version.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    database = ReadDatabase(file, _read_as_now)
    version = _version(database)
    _check_version(version, file)
    if version and _lacking(database):
        # An earlier version of the program wrote it: brought up once, as a writer would do.
        database.close()
        writable(folder).close()
        return readable(folder)
    return database if version else None


def in_memory() -> Database:
    """An empty database of this process alone."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    database = Database(connection, "memory")
    _bring_up(database, None, no_progress)
    return database


def _bring_up(database: Database, file: Path | None, progress: Progress) -> None:
    version = _version(database)
    if file:
        _check_version(version, file)
    if version < VERSION:
        with database.transaction():
            # Asked again, as another process may have been faster.
            version = _version(database)
            if version < 1:
                _run(database, FIRST)
            if version < VERSION:
                _run(database, SECOND)
                fill_found_by(database, progress)
                database.write(f"PRAGMA user_version = {VERSION}")
    for facet in _lacking(database):
        _add_facet(database, facet)


def _run(database: Database, script: str) -> None:
    for statement in statements(script):
        database.write(statement)


def _read_as_now(connection: sqlite3.Connection) -> None:
    """Let what is asked of a database of the first version be what is asked of one of this: it is not changed, as
    whoever reads may have no right to, or no time."""
    if connection.execute("PRAGMA user_version").fetchone() == (1,):
        connection.create_function(LEADS_TO_WEB, 1, _leads_to_web, deterministic=True)
        connection.create_function(KEYS_IN, 1, keys_in, deterministic=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        for statement in statements(FIRST_READ_AS_SECOND):
            connection.execute(statement)


def _leads_to_web(address: object) -> bool:
    return isinstance(address, str) and web_address(address) is not None


def _lacking(database: Database) -> list[Facet]:
    """The facets that have no column yet."""
    have = {row[1] for row in database.rows("PRAGMA table_info(papers)")}
    return [facet for facet in OFFERED if column(facet) not in have]


def _add_facet(database: Database, facet: Facet) -> None:
    """A column for a facet, filled from what the records say."""
    name = column(facet)
    with database.transaction():
        if facet not in _lacking(database):
            return  # Another process was faster.
        database.write(f"ALTER TABLE papers ADD COLUMN {name} TEXT")
        database.write(
            f"UPDATE papers SET {name} = "
            "(SELECT json_extract(record, ?) FROM records WHERE records.number = papers.number)",
            [f"$.{json.dumps(facet.attribute or facet.name)}"],
        )
        database.write(f"CREATE INDEX papers_{name} ON papers ({name}, published, place, added, removed)")


def _version(database: Database) -> int:
    row = database.row("PRAGMA user_version")
    return int(row[0]) if row else 0


def _check_version(version: int, file: Path) -> None:
    if version > VERSION:
        raise CorpusError(f"The papers in {file} were written by a newer version of paperbacked: update it.")
