"""What is kept of a collection besides its papers: its title, and when it was made and last used."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.collection import ABOUT_FILE
from app.collections.names import clean_title
from retrieval.errors import CorpusError, InputError
from retrieval.files import not_written, replacing

_MAX_BYTES = 10_000
TOUCHED_EVERY_SECONDS = 60.0
"""A use is noted at most so often."""


@dataclass(frozen=True, slots=True)
class About:
    """A collection's title, and when it was last used (UTC)."""

    title: str
    used: datetime


def about(folder: Path) -> About:
    """What is kept of the collection in `folder`; one that was made elsewhere is called as its folder."""
    file = folder / ABOUT_FILE
    try:
        with file.open("rb") as opened:
            title = json.loads(opened.read(_MAX_BYTES))["title"]
            used = os.fstat(opened.fileno()).st_mtime
        return About(clean_title(title), datetime.fromtimestamp(used, UTC))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, InputError):
        return About(folder.name, _changed(folder))


def write_about(folder: Path, title: str) -> None:
    """Keep the title of the collection in `folder`, which is made where it is not there. Raises `CorpusError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / ABOUT_FILE) as draft:
            draft.write_text(json.dumps({"title": title}, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise CorpusError(not_written(f"The collection {folder.name}", error)) from error


def note_use(folder: Path) -> None:
    """Note that the collection is used now, where that was not noted a moment ago; one that is gone stays so."""
    file = folder / ABOUT_FILE
    try:
        if time.time() - file.stat().st_mtime >= TOUCHED_EVERY_SECONDS:
            os.utime(file)
    except OSError:
        return  # Removed meanwhile, or not ours to write to: then it is as old as it was.


def _changed(folder: Path) -> datetime:
    try:
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)
