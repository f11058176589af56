"""From papers to a collection that answers: read, embed, store, index words, switch over.

Whatever is done can be killed at any moment: until the switch-over the collection answers as before, and the next run
goes on where this one ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout

from retrieval.chunking import CHUNKER
from retrieval.errors import CorpusError, IndexStoreError
from retrieval.files import not_written
from retrieval.models.embedder import Embedder
from retrieval.papers.database import writable
from retrieval.papers.papers import Papers, open_papers
from retrieval.papers.writing import PapersWriter
from retrieval.stores.base import VectorStore
from retrieval.types import Progress, no_progress
from retrieval.update import VECTORS_HASH_CHARS, Questions, Update
from retrieval.update import Reading as Reading
from retrieval.update import Report as Report
from retrieval.vectors.embedding import Embeds, EmbedsHere

INDEX_FORMAT = "6"
LOCK_SECONDS = 900.0
NO_QUESTIONS: Questions = MappingProxyType({})


def made_with(embedder: Embedder, questions: Questions = NO_QUESTIONS, places: int = 0) -> str:
    """The hash of all that a collection depends on besides its papers: embedding model, chunker, format, questions.

    It begins with the hash of what vectors depend on, so that other questions leave vectors as they are.
    """
    asked = json.dumps({paper: list(questions[paper]) for paper in sorted(questions)})
    # Where a vector lies among several servers goes by how many they are.
    spread = [str(places)] if places > 1 else []
    both = (_hash(embedder.fingerprint, CHUNKER, INDEX_FORMAT, *spread), _hash(INDEX_FORMAT, asked))
    return "".join(each[:VECTORS_HASH_CHARS] for each in both)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_ready(papers: Papers | None, made_with: str, store: VectorStore, signatures: Mapping[str, str]) -> bool:
    """Whether a collection can answer as it is: made so, of sources of those signatures (by origin), and with all
    its segments in the store. Looks at little, and needs no lock."""
    if papers is None or papers.generation.made_with != made_with:
        return False
    if any(papers.signature(origin) != signature for origin, signature in signatures.items()):
        return False
    try:
        for segment in papers.generation.segments:
            store.check(segment.name)
    except IndexStoreError:
        return False  # Looked at again by the one process that holds the lock.
    return True


def update_collection(
    folder: Path,
    collection: str,
    readings: Iterable[Reading],
    embedder: Embedder,
    store: VectorStore,
    *,
    lock_file: Path,
    questions: Questions = NO_QUESTIONS,
    removed: Iterable[str] = (),
    embeds: Embeds | None = None,
    progress: Progress = no_progress,
    note: Callable[[str], None] = lambda sentence: None,
) -> tuple[Papers, Report]:
    """Add papers to the collection in `folder`, made where there is none, and remove those of the ids `removed`.

    What is damaged of vectors and words is made anew; `note` is told so. Where nothing is new, nothing is written.
    One process does this at a time; others wait. Raises `CorpusError`, `ModelError`, `IndexStoreError`.
    """
    with only_one(lock_file):
        writer = PapersWriter(writable(folder, progress))
        try:
            update = Update(
                folder=folder,
                collection=collection,
                made_with=made_with(embedder, questions, store.places),
                writer=writer,
                store=store,
                embeds=embeds or EmbedsHere(embedder),
                questions=questions,
                progress=progress,
                note=note,
            )
            report = update.run(list(readings), list(removed))
        finally:
            writer.close()
        papers = open_papers(folder)
    if papers is None:
        raise CorpusError(f"The papers in {folder} are gone: ingest them again.")
    return papers, report


class only_one:  # noqa: N801, a context manager that reads as a word
    """Holds the lock file while papers are indexed, so that one process does so at a time. Raises `IndexStoreError`."""

    def __init__(self, lock_file: Path) -> None:
        self._file = lock_file

    def __enter__(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self._file, timeout=LOCK_SECONDS)
            self._lock.acquire()
        except Timeout as error:
            raise IndexStoreError(
                f"Another process has been indexing for over {LOCK_SECONDS / 60:.0f} minutes: "
                "wait until it is done, or stop it, and try again."
            ) from error
        except OSError as error:
            raise IndexStoreError(not_written(f"The folder {self._file.parent}", error)) from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()
