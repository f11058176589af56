"""Collections that were removed a moment ago: kept aside for a minute, and then removed with their vectors."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from app.surfaces.pictures import pictures_folder
from retrieval.errors import CorpusError, PaperbackedError
from retrieval.files import not_written
from retrieval.papers.files import FILES
from retrieval.papers.papers import open_papers
from retrieval.stores.base import VectorStore

UNDO_SECONDS = 60.0
_NAMED = re.compile(r"([a-z0-9][a-z0-9-]*)-(\d{13})")


@dataclass(frozen=True, slots=True)
class Thrown:
    """A collection in the trash; `until` is when it can last be had back."""

    name: str
    folder: Path
    until: datetime


class Trash:
    """The trash of a home folder; several processes may use it at once.

    `collections` is the folder of the collections that are there; `open_store` gives where their vectors are.
    """

    def __init__(
        self, home: Path, collections: Path, open_store: Callable[[], VectorStore], now: Callable[[], float] = time.time
    ) -> None:
        self._folder = home / "trash"
        self._lock_file = home / "index.lock"
        self._pictures = pictures_folder(home)
        self._collections = collections
        self._open_store = open_store
        self._now = now

    def throw(self, name: str) -> datetime:
        """Put a collection there; gives until when it can be had back. Raises `CorpusError`."""
        thrown = self._folder / f"{name}-{int(self._now() * 1000):013d}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._collections / name).rename(thrown)
        except OSError as error:
            raise CorpusError(not_written(f"The collection {name}", error)) from error
        return _until(thrown)

    def restore(self, name: str) -> bool:
        """Have it back, as it was; whether it was there. Raises `CorpusError` where its place is taken."""
        found = max((one for one in self.thrown() if one.name == name), key=lambda one: one.until, default=None)
        if found is None or found.until.timestamp() < self._now():
            return False
        place = self._collections / name
        try:
            # Onto an empty folder a rename would go through.
            if place.exists():
                raise CorpusError(f"There is another collection {name!r} now: rename or remove that one first.")
            found.folder.rename(place)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise CorpusError(not_written(f"The collection {name}", error)) from error
        return True

    def thrown(self) -> Iterator[Thrown]:
        """All that is there."""
        with suppress(OSError):
            for folder in sorted(self._folder.iterdir()):
                if found := _NAMED.fullmatch(folder.name):
                    yield Thrown(found[1], folder, _until(folder))

    def sweep(self) -> None:
        """Remove what cannot be had back any more; what cannot be removed now is the next time."""
        over = [one for one in self.thrown() if one.until.timestamp() < self._now()]
        if not over:
            return
        with suppress(Timeout, OSError), FileLock(self._lock_file, timeout=0):
            for one in over:
                with suppress(PaperbackedError):
                    self._remove_vectors(one)
                    self._remove_pictures(one)
                    shutil.rmtree(one.folder, ignore_errors=True)

    def _remove_pictures(self, one: Thrown) -> None:
        """Those of its files' pages; where another collection has the same file they are drawn again."""
        for file in (one.folder / FILES).glob("*.pdf"):
            for picture in self._pictures.glob(f"{file.stem}-*.png"):
                picture.unlink(missing_ok=True)

    def _remove_vectors(self, one: Thrown) -> None:
        """Those of its papers, and not those of another collection that bears its name by now."""
        store = self._open_store()
        kept = _segments(self._collections / one.name)
        gone = _segments(one.folder)
        if not store.places and not (self._collections / one.name).exists():
            gone |= set(store.segments(one.name))  # What an adding that was broken off has left.
        for segment in sorted(gone - kept):
            store.remove(segment)


def _segments(folder: Path) -> set[str]:
    try:
        papers = open_papers(folder) if folder.exists() else None
    except CorpusError:
        return set()  # What is damaged names nothing.
    if papers is None:
        return set()
    names = {segment.name for segment in papers.generation.segments}
    papers.close()
    return names


def _until(folder: Path) -> datetime:
    return datetime.fromtimestamp(int(folder.name.rpartition("-")[2]) / 1000 + UNDO_SECONDS, UTC)
