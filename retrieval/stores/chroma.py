"""The vector store: a Chroma in a folder, or a Chroma server by URL.

One index is two Chroma collections, `NAME.FINGERPRINT.` and `passages`
or `questions`; those of passages say when they are complete.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from retrieval.errors import IndexGoneError, IndexStoreError, PaperbackedError
from retrieval.files import full, has_no_room, is_disk_full
from retrieval.stores.base import GONE, PARTS, Index, NoRoomError, Part, similarity
from retrieval.stores.chroma_types import ChromaClient, ChromaCollection, Metadata
from retrieval.stores.stored_passage import StoredPassage, condition_of, fields_of
from retrieval.types import Chunk, Filters, Paper

WRITE_BATCH = 500
_ROW: Final = ("documents", "metadatas", "embeddings")
"""What is asked for of a passage, besides its id."""
SERVER_PORTS = {"http": 8000, "https": 443}
LOOKS = 4
"""How often the list of indexes is asked for: while another process removes one, Chroma may fail to give it …"""
LOOK_AGAIN_SECONDS = 0.02
"""… for a moment, and this is waited for before it is asked again."""


class ChromaStore:
    """Indexes in a Chroma folder (a `Path`) or on a Chroma server (an http(s) URL); a `VectorStore`."""

    def __init__(self, where: Path | str) -> None:
        self._where = where
        self._client: ChromaClient | None = None
        self._opened: dict[str, ChromaCollection] = {}
        self._opening = threading.Lock()

    def find(self, collection: str, fingerprint: str) -> Index | None:
        """The complete index of that collection and fingerprint, or None."""
        index = Index(collection, fingerprint)
        name = index.part("passages")
        built = any(found.name == name and (found.metadata or {}).get("complete") for found in self._all(collection))
        return index if built else None

    def confirm(self, index: Index) -> None:
        """Raise `IndexGoneError` where the index is not there any more.

        In the moment in which another process removes it, Chroma may find less in it than
        it held, and says nothing: whoever misses something asks here.
        """
        if self.find(index.collection, index.fingerprint) is None:
            self._opened.clear()
            raise IndexGoneError(GONE)

    def begin(self, index: Index, model: str) -> None:
        """Make the index's collections, or go on with those that a killed build left."""
        for part in PARTS:
            with self._reported():
                self._chroma().get_or_create_collection(
                    index.part(part),
                    metadata={"fingerprint": index.fingerprint, "model": model, "complete": False},
                    configuration={"hnsw": {"space": "cosine", "max_neighbors": 64}},
                    embedding_function=None,
                )

    def known_vectors(self, collection: str, part: Part, model: str, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Vectors of that model which any index of the collection, even a half-built one, already has."""
        vectors: dict[str, np.ndarray] = {}
        for found in self._all(collection):
            if found.name.endswith(f".{part}") and (found.metadata or {}).get("model") == model:
                vectors |= self._vectors(found, [chunk for chunk in ids if chunk not in vectors])
        return vectors

    def add(
        self, index: Index, part: Part, chunks: Sequence[Chunk], vectors: np.ndarray, papers: dict[str, Paper]
    ) -> None:
        """Store chunks with their vectors (float32, [chunks, dimensions]); `papers` by id."""
        with self._reported():
            target = self._collection(index, part)
            for at in range(0, len(chunks), WRITE_BATCH):
                batch = chunks[at : at + WRITE_BATCH]
                target.upsert(
                    ids=[chunk.id for chunk in batch],
                    embeddings=vectors[at : at + WRITE_BATCH],
                    documents=[chunk.text for chunk in batch],
                    metadatas=[fields_of(chunk, papers[chunk.paper_id]) for chunk in batch],
                )

    def complete(self, index: Index, model: str) -> None:
        """Switch over: from now on the index counts, and the collection's other ones are removed."""
        with self._reported():
            self._collection(index, "passages").modify(
                metadata={"fingerprint": index.fingerprint, "model": model, "complete": True}
            )
        keep = {index.part(part) for part in PARTS}
        others = [found.name for found in self._all(index.collection) if found.name not in keep]
        # Passages first: an index without them does not count, so nobody takes one that is half removed for whole.
        for name in sorted(others, key=lambda name: not name.endswith(".passages")):
            with self._reported():
                self._chroma().delete_collection(name)
            self._opened.pop(name, None)

    def check(self, index: Index) -> None:
        """Read a little of the index, so that damage shows now. Raises `IndexStoreError`."""
        with self._reported():
            for part in PARTS:
                found = self._collection(index, part)
                sample = found.get(limit=1, include=["embeddings", "metadatas"])
                if part == "passages" or len(sample["ids"]):
                    found.query(query_embeddings=[sample["embeddings"][0]], n_results=1)

    def search(
        self, index: Index, vector: np.ndarray, count: int, filters: Filters = Filters()
    ) -> list[tuple[StoredPassage, float]]:
        """The `count` passages nearest to a unit vector, best first, with their cosine similarity.

        Raises `IndexGoneError` where another process has replaced the index.
        """
        with self._reported(index):
            hits = self._collection(index, "passages").query(
                query_embeddings=[vector], n_results=count, where=condition_of(filters), include=list(_ROW)
            )
        if not hits["ids"][0]:
            self.confirm(index)
        rows = zip(hits["ids"][0], *(hits[column][0] for column in _ROW), strict=True)
        return sorted((_hit(row, vector) for row in rows), key=lambda hit: -hit[1])

    def passages(self, index: Index, ids: Sequence[str], vector: np.ndarray) -> list[tuple[StoredPassage, float]]:
        """The passages of those chunk ids that the index holds, with their cosine similarity to a unit vector."""
        with self._reported(index):
            rows = self._collection(index, "passages").get(ids=list(ids), include=list(_ROW))
        if len(rows["ids"]) < len(ids):
            self.confirm(index)
        return [_hit(row, vector) for row in zip(rows["ids"], *(rows[column] for column in _ROW), strict=True)]

    def all_passages(self, index: Index) -> Iterator[StoredPassage]:
        """Every passage that the index holds, read a batch at a time."""
        at, batch = 0, WRITE_BATCH
        while batch == WRITE_BATCH:
            with self._reported(index):
                rows = self._collection(index, "passages").get(limit=WRITE_BATCH, offset=at, include=list(_ROW[:2]))
            yield from map(_stored, rows["ids"], rows["documents"], rows["metadatas"])
            batch = len(rows["ids"])
            at += batch

    def question_vectors(self, index: Index, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of those written questions that the index holds, by chunk id."""
        return self._vectors_of(index, "questions", ids)

    def reopen(self) -> None:
        """Forget the open client, so that the next use sees the store as it is now."""
        self._client = None
        self._opened.clear()
        SharedSystemClient.clear_system_cache()

    def set_aside(self, because: IndexStoreError) -> Path:
        """Move a damaged Chroma folder out of the way and start an empty one; gives the new place.

        Raises `because`, what showed the damage, where there is no folder to move.
        """
        if not isinstance(self._where, Path):
            raise because
        self.reopen()
        aside = self._where.with_name(f"{self._where.name}-damaged")
        shutil.rmtree(aside, ignore_errors=True)
        try:
            self._where.rename(aside)
        except OSError:
            raise because from None
        return aside

    def _vectors_of(self, index: Index, part: Part, ids: Sequence[str]) -> dict[str, np.ndarray]:
        with self._reported(index):
            found = self._collection(index, part)
        vectors = self._vectors(found, ids, index)
        if len(vectors) < len(set(ids)):
            self.confirm(index)
        return vectors

    def _vectors(
        self, found: ChromaCollection, ids: Sequence[str], index: Index | None = None
    ) -> dict[str, np.ndarray]:
        vectors: dict[str, np.ndarray] = {}
        for at in range(0, len(ids), WRITE_BATCH):
            with self._reported(index):
                rows = found.get(ids=list(ids[at : at + WRITE_BATCH]), include=["embeddings"])
            vectors |= dict(zip(rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32), strict=True))
        return vectors

    def _all(self, collection: str) -> list[ChromaCollection]:
        with self._reported():
            client = self._chroma()
        for _ in range(LOOKS - 1):
            with suppress(IndexStoreError):
                return self._listed(client, collection)
            time.sleep(LOOK_AGAIN_SECONDS)
        return self._listed(client, collection)

    def _listed(self, client: ChromaClient, collection: str) -> list[ChromaCollection]:
        with self._reported():
            return [found for found in client.list_collections() if found.name.split(".")[0] == collection]

    def _collection(self, index: Index, part: Part) -> ChromaCollection:
        """The Chroma collection of a part. Kept, as asking for it takes as long as a search does."""
        name = index.part(part)
        found = self._opened.get(name)
        if found is None:
            # Not read back from where it is kept: another thread may just have cleared that.
            found = self._opened[name] = self._chroma().get_collection(name, embedding_function=None)
        return found

    def _chroma(self) -> ChromaClient:
        with self._opening:
            if self._client is None:
                self._client = _open(self._where)
            return self._client

    @contextmanager
    def _reported(self, index: Index | None = None) -> Generator[None, None, None]:
        """Whatever Chroma raises, as one sentence; with `index`, that it is gone where that is why."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit, PaperbackedError):
            raise
        except NotFoundError as error:
            self._opened.clear()
            raise IndexGoneError(GONE) from error
        except PermissionError as error:
            raise IndexStoreError(
                f"The index in {self._where} cannot be written: set PAPERBACKED_HOME to a folder of yours."
            ) from error
        # Chroma's Rust core reports damage as a panic, which is no Exception.
        except BaseException as error:
            if is_disk_full(error) or (isinstance(self._where, Path) and has_no_room(self._where)):
                raise NoRoomError(full(f"The index in {self._where}")) from error
            if index is not None:
                self.confirm(index)
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise IndexStoreError(f"The index in {self._where} cannot be used ({reason}).") from error


def _open(where: Path | str) -> ChromaClient:
    settings = Settings(anonymized_telemetry=False)
    if isinstance(where, Path):
        where.mkdir(parents=True, exist_ok=True)
        return cast("ChromaClient", chromadb.PersistentClient(path=str(where), settings=settings))
    address = urlsplit(where)
    if address.scheme not in SERVER_PORTS or not address.hostname:
        raise IndexStoreError(f"{where} is no address of a Chroma server: give one such as http://127.0.0.1:8000.")
    client = chromadb.HttpClient(
        host=address.hostname,
        port=address.port or SERVER_PORTS[address.scheme],
        ssl=address.scheme == "https",
        settings=settings,
    )
    return cast("ChromaClient", client)


def _stored(chunk_id: str, text: str | None, fields: Metadata | None) -> StoredPassage:
    return StoredPassage(chunk_id, text or "", dict(fields or {}))


def _hit(row: tuple[Any, ...], vector: np.ndarray) -> tuple[StoredPassage, float]:
    *record, embedding = row
    return _stored(*record), similarity(vector, embedding)
