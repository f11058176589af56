"""The vector store: a Chroma in a folder, or a Chroma server by URL.

One index is three Chroma collections, `NAME.FINGERPRINT.` and `passages`,
`questions` or `sentences`. It counts only once its passages are marked
complete, so a build that is killed is never searched. The index is
self-contained: every passage carries its paper's record.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from retrieval.corpus import as_line, parse_paper
from retrieval.errors import IndexStoreError, PaperbackedError
from retrieval.types import Chunk, Filters, Paper, Passage

Part = Literal["passages", "questions", "sentences"]
PARTS: tuple[Part, ...] = ("passages", "questions", "sentences")
WRITE_BATCH = 500
SERVER_PORTS = {"http": 8000, "https": 443}


@dataclass(frozen=True, slots=True)
class Index:
    """A built index: the collection's name and the hash of what it was built from."""

    collection: str
    fingerprint: str

    def part(self, part: Part) -> str:
        return f"{self.collection}.{self.fingerprint[:24]}.{part}"


class IndexGoneError(IndexStoreError):
    """The index was replaced by another process; the newest one answers."""


class ChromaStore:
    """Indexes in a Chroma folder (a `Path`) or on a Chroma server (an http(s) URL).

    Every method raises `IndexStoreError` with one sentence where Chroma fails.
    """

    def __init__(self, where: Path | str) -> None:
        self._where = where
        self._client: Any = None
        self._opened: dict[str, Any] = {}
        self._opening = threading.Lock()

    def find(self, collection: str, fingerprint: str) -> Index | None:
        """The complete index of that collection and fingerprint, or None."""
        index = Index(collection, fingerprint)
        return index if any(found.name == index.part("passages") for found in self._complete(collection)) else None

    def newest(self, collection: str, model: str | None = None) -> Index | None:
        """The index of that collection that was completed last, where it is one of `model`, or None."""
        found = max(self._complete(collection), key=lambda c: c.metadata.get("completed", 0), default=None)
        if found is not None and model is not None and found.metadata.get("model") != model:
            return None
        return Index(collection, found.metadata["fingerprint"]) if found else None

    def begin(self, index: Index, model: str) -> None:
        """Make the index's collections, or go on with those that a killed build left."""
        for part in PARTS:
            with self._reported():
                self._chroma().get_or_create_collection(
                    index.part(part),
                    metadata={"fingerprint": index.fingerprint, "model": model, "complete": False},
                    # Sentences are looked up, never searched.
                    configuration={"hnsw": {"space": "cosine", "max_neighbors": 16 if part == "sentences" else 64}},
                    embedding_function=None,
                )

    def known_vectors(self, collection: str, part: Part, model: str, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Vectors of that model which any index of the collection, even a half-built one, already has."""
        vectors: dict[str, np.ndarray] = {}
        for found in self._all(collection):
            if found.name.endswith(f".{part}") and found.metadata.get("model") == model:
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
                    metadatas=[_metadata(chunk, papers[chunk.paper_id], part) for chunk in batch],
                )

    def complete(self, index: Index, model: str) -> None:
        """Switch over: from now on the index counts, and the collection's other ones are removed."""
        order = 1 + max((found.metadata.get("completed", 0) for found in self._complete(index.collection)), default=0)
        with self._reported():
            self._collection(index, "passages").modify(
                metadata={"fingerprint": index.fingerprint, "model": model, "complete": True, "completed": order}
            )
        keep = {index.part(part) for part in PARTS}
        for found in self._all(index.collection):
            if found.name not in keep:
                with self._reported():
                    self._chroma().delete_collection(found.name)
                self._opened.pop(found.name, None)

    def check(self, index: Index) -> None:
        """Read a little of the index, so that damage shows now. Raises `IndexStoreError`."""
        with self._reported():
            for part in PARTS:
                found = self._collection(index, part)
                sample = found.get(limit=1, include=["embeddings", "metadatas"])
                if part == "passages" or len(sample["ids"]):
                    found.query(query_embeddings=[sample["embeddings"][0]], n_results=1)

    def search(self, index: Index, vector: np.ndarray, count: int, filters: Filters = Filters()) -> list[Passage]:
        """The `count` passages nearest to a unit vector, best first, with their cosine similarity.

        Raises `IndexGoneError` where another process has replaced the index.
        """
        with self._reported():
            found = self._collection(index, "passages")
            hits = found.query(
                query_embeddings=[vector], n_results=count, where=_where(filters), include=["embeddings", "metadatas"]
            )
        rows = zip(hits["metadatas"][0], hits["embeddings"][0], strict=True)
        passages = [_passage(metadata, similarity(vector, embedding)) for metadata, embedding in rows]
        return sorted(passages, key=lambda passage: -passage.score)

    def passages(self, index: Index, ids: Sequence[str], vector: np.ndarray) -> list[Passage]:
        """The passages of those chunk ids that the index holds, with their cosine similarity to a unit vector."""
        with self._reported():
            found = self._collection(index, "passages")
            rows = found.get(ids=list(ids), include=["embeddings", "metadatas"])
        pairs = zip(rows["metadatas"], rows["embeddings"], strict=True)
        return [_passage(metadata, similarity(vector, embedding)) for metadata, embedding in pairs]

    def sentence_vectors(self, index: Index, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of those sentences that the index holds, by chunk id."""
        with self._reported():
            found = self._collection(index, "sentences")
        return self._vectors(found, ids)

    def question_vectors(self, index: Index, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of those written questions that the index holds, by chunk id."""
        with self._reported():
            found = self._collection(index, "questions")
        return self._vectors(found, ids)

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

    def _vectors(self, found: Any, ids: Sequence[str]) -> dict[str, np.ndarray]:
        vectors: dict[str, np.ndarray] = {}
        for at in range(0, len(ids), WRITE_BATCH):
            with self._reported():
                rows = found.get(ids=list(ids[at : at + WRITE_BATCH]), include=["embeddings"])
            vectors |= dict(zip(rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32), strict=True))
        return vectors

    def _all(self, collection: str) -> list[Any]:
        with self._reported():
            return [found for found in self._chroma().list_collections() if found.name.split(".")[0] == collection]

    def _complete(self, collection: str) -> list[Any]:
        return [found for found in self._all(collection) if (found.metadata or {}).get("complete")]

    def _collection(self, index: Index, part: Part) -> Any:
        """The Chroma collection of a part. Kept, as asking for it takes as long as a search does."""
        name = index.part(part)
        if name not in self._opened:
            self._opened[name] = self._chroma().get_collection(name, embedding_function=None)
        return self._opened[name]

    def _chroma(self) -> Any:
        with self._opening:
            if self._client is None:
                self._client = _open(self._where)
            return self._client

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit, PaperbackedError):
            raise
        except NotFoundError as error:
            self._opened.clear()
            raise IndexGoneError("The index was replaced while it was being read: ask again.") from error
        except PermissionError as error:
            raise IndexStoreError(
                f"The index in {self._where} cannot be written: set PAPERBACKED_HOME to a folder of yours."
            ) from error
        # Chroma's Rust core reports damage as a panic, which is no Exception.
        except BaseException as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise IndexStoreError(f"The index in {self._where} cannot be used ({reason}).") from error


def similarity(vector: np.ndarray, other: np.ndarray) -> float:
    """Cosine similarity of two unit vectors, kept within [-1, 1] against rounding."""
    return float(np.clip(np.dot(np.asarray(vector, dtype=np.float64), np.asarray(other, dtype=np.float64)), -1.0, 1.0))


def _open(where: Path | str) -> Any:
    settings = Settings(anonymized_telemetry=False)
    if isinstance(where, Path):
        where.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(path=str(where), settings=settings)
    address = urlsplit(where)
    if address.scheme not in SERVER_PORTS or not address.hostname:
        raise IndexStoreError(f"{where} is no address of a Chroma server: give one such as http://127.0.0.1:8000.")
    return chromadb.HttpClient(
        host=address.hostname,
        port=address.port or SERVER_PORTS[address.scheme],
        ssl=address.scheme == "https",
        settings=settings,
    )


def _metadata(chunk: Chunk, paper: Paper, part: Part) -> dict[str, Any]:
    place: dict[str, Any] = {"paper_id": chunk.paper_id, "start": chunk.start, "end": chunk.end}
    if part == "sentences":
        return place
    own = {"kind": "question"} if part == "questions" else {"kind": "passage", "paper": as_line(paper)}
    filterable = {
        "organisation": paper.organisation,
        "category": paper.category,
        "language": paper.language,
        "published": _day(paper.published),
    }
    return place | own | {name: value for name, value in filterable.items() if value is not None}


def _day(day: Any) -> int | None:
    return day.year * 10_000 + day.month * 100 + day.day if day else None


def _where(filters: Filters) -> dict[str, Any] | None:
    conditions: list[dict[str, Any]] = [
        {name: {"$in": list(values)}}
        for name, values in (
            ("organisation", filters.organisations),
            ("category", filters.categories),
            ("language", filters.languages),
        )
        if values
    ]
    if filters.since:
        conditions.append({"published": {"$gte": _day(filters.since)}})
    if filters.until:
        conditions.append({"published": {"$lte": _day(filters.until)}})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _passage(metadata: dict[str, Any], score: float) -> Passage:
    return Passage(_paper(metadata["paper"]), int(metadata["start"]), int(metadata["end"]), score)


@lru_cache(maxsize=4096)
def _paper(line: str) -> Paper:
    try:
        return parse_paper(line)
    except (ValueError, json.JSONDecodeError) as error:
        raise IndexStoreError(
            f"The index holds a record that cannot be read ({error}): remove its folder, it is built anew."
        ) from error
