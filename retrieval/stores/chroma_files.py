"""Chroma's own files in its folder: whether its database is whole, and what stays there of a removed segment."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID


def remove_files_of_none(folder: Path) -> None:
    """Remove the files of segments that are none any more.

    Where Chroma's database cannot be read just now, they stay until a segment is removed again.
    """
    # Listed first: a segment that another process makes in the meantime is in the database before it has files.
    lying = [path for path in folder.iterdir() if path.is_dir() and _is_uuid(path.name)]
    with suppress(sqlite3.Error), closing(_opened(folder)) as rows:
        known = {str(row[0]) for row in rows.execute("SELECT id FROM segments")}
        for path in lying:
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)


def is_damaged(folder: Path) -> bool:
    """Whether SQLite finds damage in Chroma's database; False where it cannot be looked at just now."""
    try:
        with closing(_opened(folder)) as rows:
            return rows.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
    except sqlite3.OperationalError:  # It is gone, locked, or nobody may read it.
        return False
    except sqlite3.DatabaseError:
        return True


def _opened(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(folder / 'chroma.sqlite3').absolute().as_uri()}?mode=ro", uri=True)


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
