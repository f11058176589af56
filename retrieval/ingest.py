"""From papers to a searchable index: chunk, embed, store, switch over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from filelock import FileLock, Timeout

from retrieval.chunking import CHUNKER, chunk_paper, chunk_questions, distinct
from retrieval.corpus import corpus_hash
from retrieval.errors import IndexStoreError
from retrieval.facets import FACETS
from retrieval.files import not_written
from retrieval.models.embedder import Embedder
from retrieval.stores.base import Index, NoRoomError, Part, VectorStore
from retrieval.types import Chunk, Paper, Progress, no_progress

INDEX_FORMAT = "5"
LOCK_SECONDS = 900.0
Questions = Mapping[str, Sequence[str]]
"""Questions written for papers, by the paper's id."""
NO_QUESTIONS: Questions = MappingProxyType({})


def index_fingerprint(papers: Sequence[Paper], embedder: Embedder, questions: Questions = NO_QUESTIONS) -> str:
    """The hash of all that an index depends on: corpus, questions, embedding model, chunker, format, facets."""
    asked = json.dumps({paper.id: list(questions.get(paper.id, ())) for paper in papers})
    stored = " ".join(facet.name for facet in FACETS if not facet.indexed)
    parts = (corpus_hash(papers), asked, embedder.fingerprint, CHUNKER, INDEX_FORMAT, stored)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def ensure_index(
    papers: Sequence[Paper],
    embedder: Embedder,
    store: VectorStore,
    *,
    collection: str,
    lock_file: Path,
    questions: Questions = NO_QUESTIONS,
    progress: Progress = no_progress,
    note: Callable[[str], None] = lambda sentence: None,
    before_switch: Callable[[], None] = lambda: None,
) -> Index:
    """The index of these papers, built first where there is none.

    A damaged store is moved aside and built anew; `note` is told so. Until the
    new index is complete, the collection's old one goes on answering.
    `before_switch` is called when all is stored and the old index still counts.
    One process builds at a time; others wait. Raises `IndexStoreError`, `ModelError`.
    """
    index = Index(collection, index_fingerprint(papers, embedder, questions))
    if not _is_built_by_now(store, index):
        with only_one(lock_file):
            try:
                # Opened anew: a client from before another process's build may not see all of it.
                store.reopen()
                built = _is_built(store, index)
            except NoRoomError:
                raise  # Nothing is damaged, and what is built anew would have no room either.
            except IndexStoreError as error:
                built = False
                aside = store.set_aside(error)
                note(
                    f"The index was damaged and is being built anew; what was left of it is in {aside.name}. ({error})"
                )
            if not built:
                _fill(papers, questions, embedder, store, index, progress)
                before_switch()
                store.complete(index, embedder.fingerprint)
                return index
    before_switch()
    return index


def _is_built_by_now(store: VectorStore, index: Index) -> bool:
    try:
        return _is_built(store, index)
    except IndexStoreError:
        return False  # Looked at again by the one process that holds the lock.


def _is_built(store: VectorStore, index: Index) -> bool:
    """Whether the index is there, complete and readable. Raises `IndexStoreError` where it is damaged."""
    if store.find(index.collection, index.fingerprint) is None:
        return False
    store.check(index)
    return True


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
                f"Another process has been indexing for over {LOCK_SECONDS / 60:.0f} minutes: stop it and try again."
            ) from error
        except OSError as error:
            raise IndexStoreError(not_written(f"The folder {self._file.parent}", error)) from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _fill(
    papers: Sequence[Paper],
    questions: Questions,
    embedder: Embedder,
    store: VectorStore,
    index: Index,
    progress: Progress,
) -> None:
    store.begin(index, embedder.fingerprint)
    by_id = {paper.id: paper for paper in papers}
    cuts: dict[Part, Callable[[Paper], list[Chunk]]] = {
        "passages": lambda paper: distinct(chunk_paper(paper)),
        "questions": lambda paper: distinct(chunk_questions(paper, questions.get(paper.id, ()))),
    }
    for part, cut in cuts.items():
        chunks = [chunk for paper in papers for chunk in cut(paper)]
        vectors = _vectors(chunks, embedder, store, index, part, progress)
        store.add(index, part, chunks, vectors, by_id)


def _vectors(
    chunks: Sequence[Chunk], embedder: Embedder, store: VectorStore, index: Index, part: Part, progress: Progress
) -> np.ndarray:
    """The chunks' vectors; only what no earlier index has is embedded."""
    known = store.known_vectors(index.collection, part, embedder.fingerprint, [chunk.id for chunk in chunks])
    fresh = [chunk for chunk in chunks if chunk.id not in known]
    label = f"Indexing {part}"
    vectors = embedder.embed([chunk.embedded for chunk in fresh], lambda _, done, total: progress(label, done, total))
    known |= {chunk.id: vector for chunk, vector in zip(fresh, vectors, strict=True)}
    return np.stack([known[chunk.id] for chunk in chunks]) if chunks else vectors
