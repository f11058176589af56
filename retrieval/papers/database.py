"""The SQLite database of a collection: its tables, opened, and brought from one version to the next."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.facets import FACETS, Facet
from retrieval.files import not_written
from retrieval.papers.connections import BUSY_SECONDS, Database, ReadDatabase, connection_to, said

VERSION = 1
"""Of the tables below; a database of a newer one is not touched."""
FILE = "papers.sqlite"
OFFERED = tuple(facet for facet in FACETS if facet.offered)
"""The facets that have a column of their own."""
_TABLES = """
CREATE TABLE papers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,
    origin TEXT NOT NULL,
    added INTEGER,
    removed INTEGER,
    published TEXT,
    digest BLOB NOT NULL,
    spans TEXT NOT NULL
);
CREATE TABLE records (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE generations (
    number INTEGER PRIMARY KEY,
    made_with TEXT NOT NULL,
    segments TEXT NOT NULL,
    papers INTEGER NOT NULL,
    corpus TEXT NOT NULL,
    facets TEXT NOT NULL,
    documents INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    letters BLOB NOT NULL
);
CREATE TABLE identity (name TEXT NOT NULL);
INSERT INTO identity VALUES (lower(hex(randomblob(6))));
CREATE TABLE sources (origin TEXT PRIMARY KEY, signature TEXT NOT NULL);
CREATE INDEX papers_id ON papers (id);
CREATE INDEX papers_place ON papers (place);
CREATE INDEX papers_published ON papers (published, place, added, removed);
CREATE INDEX papers_staged ON papers (number) WHERE added IS NULL;
CREATE INDEX papers_removed ON papers (removed) WHERE removed IS NOT NULL;
"""


def writable(folder: Path) -> Database:
    """The database in a collection's folder, made where there is none and brought to this version.

    Raises `CorpusError` where it cannot be written, is damaged, or is of a newer version.
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
        _bring_up(database, file)
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
    database = ReadDatabase(file, connection_to(file))
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
    _bring_up(database, None)
    return database


def column(facet: Facet) -> str:
    """The column that has a facet's value."""
    return f"facet_{facet.name}"


def _bring_up(database: Database, file: Path | None) -> None:
    version = _version(database)
    if file:
        _check_version(version, file)
    if version == 0:
        with database.transaction():
            if _version(database) == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    database.write(statement)
                database.write(f"PRAGMA user_version = {VERSION}")
    for facet in _lacking(database):
        _add_facet(database, facet)


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
