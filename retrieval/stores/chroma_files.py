"""Files that Chroma leaves in its folder: those of a segment stay there after it was removed."""

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
    database = f"{(folder / 'chroma.sqlite3').absolute().as_uri()}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, uri=True)) as rows:
        known = {str(row[0]) for row in rows.execute("SELECT id FROM segments")}
        for path in lying:
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
