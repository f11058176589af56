"""The collections of a home folder: which there are, what their papers are, and what these are read from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path

from app.settings import Settings
from retrieval.adding.report import FOLDER as REPORTS
from retrieval.adding.report import AddReport, last_report
from retrieval.errors import CorpusError
from retrieval.facets import Facets
from retrieval.files import sha256_of
from retrieval.ingest import Reading, only_one
from retrieval.papers.papers import Papers, open_papers, papers_of
from retrieval.types import Paper

DEFAULT = "default"
"""The collection that ships with the program, to which only `ingest` adds."""
ABOUT_FILE = "about.json"
"""What is kept of a collection besides its papers (`app.collections.about`)."""
SHIPPED, OWN = "shipped", "own"
"""Origins of papers: those of the papers file in the settings, and those that were ingested."""


def collection_papers(settings: Settings) -> Papers:
    """The collection's papers as they answer now; before they were first indexed, those that will be.

    Builds nothing. Raises `CorpusError` where there is no such collection, or its papers file cannot be read.
    """
    readings = readings_of(settings)
    if (papers := open_papers(settings.collection_folder)) is not None:
        return papers
    if not readings:
        raise no_such_collection(settings)
    return papers_of(chain.from_iterable(reading.papers() for reading in readings))


def collection_facets(settings: Settings) -> Facets | None:
    """What the collection can be filtered by; None where that is only known once it is indexed.

    Raises `CorpusError` as `collection_papers` does.
    """
    readings = readings_of(settings)
    papers = open_papers(settings.collection_folder)
    if papers is None and not readings:
        raise no_such_collection(settings)
    return papers.facets if papers is not None and was_read(papers, readings) else None


def collection_names(settings: Settings) -> list[str]:
    """The collections that can be asked, by name."""
    names = {DEFAULT}
    with suppress(OSError):
        for place in settings.collection_folder.parent.iterdir():
            if place.suffix == ".jsonl":
                names.add(place.stem)
            elif _is_collection(place):
                names.add(place.name)
    return sorted(names)


def _is_collection(folder: Path) -> bool:
    """Whether the folder has papers that answer, and not only what a first ingest left that was broken off."""
    try:
        papers = open_papers(folder)
    except CorpusError:
        return True  # It is damaged, which whoever asks it is told.
    if papers is not None:
        papers.close()
    return papers is not None


def drop_unfinished(settings: Settings) -> None:
    """Remove what a first run has left in the settings' collection that nobody can ask: all but its title and its
    reports, and the folder where nothing stays. Raises `OSError`, and `IndexStoreError` where another process indexes.
    """
    folder = settings.collection_folder
    with only_one(settings.home / "index.lock"):
        if not folder.is_dir() or open_papers(folder) is not None:
            return
        stays = [left for left in folder.iterdir() if not _removed(left)]
        if not stays:
            folder.rmdir()


def _removed(left: Path) -> bool:
    if left.name in (ABOUT_FILE, REPORTS):
        return False
    if left.is_dir():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)
    return not left.exists()


@dataclass(frozen=True, slots=True)
class CollectionState:
    """What is told of a collection: its papers, None where it is damaged, the bytes of its folder, without those of its
    vectors, and what was added to it last."""

    name: str
    papers: int | None
    size: int
    last: AddReport | None

    def as_json(self) -> dict[str, object]:
        """Its JSON; of the last report when it was and its counts."""
        last = {"at": self.last.at.isoformat(), "counts": dict(self.last.counts)} if self.last else None
        return {"name": self.name, "papers": self.papers, "bytes": self.size, "last_added": last}


def collection_states(settings: Settings) -> list[CollectionState]:
    """All collections that can be asked. Builds nothing."""
    return [_state(settings.model_copy(update={"collection": name})) for name in collection_names(settings)]


def _state(settings: Settings) -> CollectionState:
    folder = settings.collection_folder
    try:
        papers = collection_papers(settings)
        count = len(papers)
        papers.close()
    except CorpusError:
        count = None
    return CollectionState(settings.collection, count, bytes_in(folder), last_report(folder))


def bytes_in(folder: Path) -> int:
    """How many bytes the files in the folder have."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # Another process may have removed it.
            total += path.lstat().st_size
    return total


def no_such_collection(settings: Settings) -> CorpusError:
    """The error for a collection that nobody has ingested papers into."""
    names = ", ".join(collection_names(settings))
    return CorpusError(f"There is no collection {settings.collection!r}: choose from {names}, or add papers to it.")


def readings_of(settings: Settings) -> tuple[Reading, ...]:
    """What is to be in the collection besides the papers that were ingested into its database.

    Raises `CorpusError` where the papers file cannot be read.
    """
    readings: list[Reading] = []
    if settings.collection == DEFAULT:
        signature = file_signature(settings.papers)
        readings.append(replace(reading_of(settings.papers, SHIPPED), whole=True, signature=signature))
    if (before := _own_file(settings)).is_file():
        readings.append(reading_of(before))
    return tuple(readings)


def reading_of(file: Path, origin: str = OWN) -> Reading:
    """The papers of a file. What reads files is loaded by who reads this one: most starts read none."""
    return Reading(origin, partial(_papers_of, file), size=partial(_most_papers_of, file))


def _papers_of(file: Path) -> Iterator[Paper]:
    from retrieval.readers.registry import stream_papers

    return stream_papers(file)


def _most_papers_of(file: Path) -> int:
    from retrieval.readers.registry import most_papers

    return most_papers(file)


def was_read(papers: Papers, readings: tuple[Reading, ...]) -> bool:
    """Whether the papers hold what the readings would give, as far as that is known without reading."""
    return all(reading.signature and papers.signature(reading.origin) == reading.signature for reading in readings)


def put_own_file_aside(settings: Settings) -> str | None:
    """Rename the file in which earlier versions kept ingested papers, once these are in the database.

    Gives a sentence about it, or None where there was no such file.
    """
    own = _own_file(settings)
    aside = own.with_name(f"{own.name}.old")
    try:
        own.rename(aside)
    except FileNotFoundError:
        return None
    except OSError as error:
        # It is read again at the next start, which changes nothing and tells so again.
        return f"The papers of {own} are in the collection now; remove the file ({error.strerror})."
    return f"The papers of {own.name} are in the collection {settings.collection!r} now; the file is {aside.name}."


def _own_file(settings: Settings) -> Path:
    """Where earlier versions kept the papers that were ingested."""
    return settings.collection_folder.with_name(f"{settings.collection}.jsonl")


def file_signature(file: Path) -> str:
    """SHA-256 of the papers file. Raises `CorpusError` where it cannot be read."""
    try:
        state = file.stat()
        return _hash_of(file, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise CorpusError(
            f"The papers file {file} cannot be read ({error.strerror}): give the path of a JSON-lines file."
        ) from error


@lru_cache(maxsize=8)
def _hash_of(file: Path, changed: int, size: int) -> str:
    """The hash of a file as it was then; one start asks for it more than once."""
    return sha256_of(file)
