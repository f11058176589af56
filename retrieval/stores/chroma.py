"""The vector store: a Chroma in a folder, or a Chroma server by URL.

A segment is a Chroma collection that holds ids and vectors, and nothing else.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api.client import Client
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.auth import UserIdentity
from chromadb.config import Settings
from chromadb.errors import InternalError, NotFoundError

from retrieval.errors import IndexGoneError, IndexStoreError, PaperbackedError
from retrieval.files import full, has_no_room, is_disk_full
from retrieval.stores.base import GONE, Hit, Nearest, NoRoomError, VectorId, best_first, bounded, similarities
from retrieval.stores.chroma_files import is_damaged, remove_files_of_none
from retrieval.stores.chroma_graph import EXACT, GRAPH
from retrieval.stores.chroma_types import ChromaClient, ChromaCollection, Hits
from retrieval.stores.patience import CONNECT_SECONDS, PATIENT_SECONDS, READ_SECONDS, limit, waiting

READ_BATCH = 5000
ID_BATCH = 50_000
"""Of ids alone: for each batch Chroma counts from the first row, so there should be few."""
WRITE_BYTES = 16_000_000
"""Of vectors in one batch: a server refuses a request of more than 40 MB, and in one they take up to twice this."""
SERVER_PORTS = {"http": 8000, "https": 443}
_HELPS_A_SERVER = "look whether Chroma runs there and is not overloaded"
_HELPS_A_FOLDER = "if it stays so, move the folder away, and it is made anew from the papers"
LOOKS = 4
"""How often the list of segments is asked for: while another process removes one, Chroma may fail to give it …"""
LOOK_AGAIN_SECONDS = 0.02
"""… for a moment, and this is waited for before it is asked again."""


class ChromaStore:
    """Segments in a Chroma folder (a `Path`) or on a Chroma server (an http(s) URL); a `VectorStore`.

    `token`, where a server wants one, is sent as a bearer token.
    """

    def __init__(self, where: Path | str, token: str | None = None) -> None:
        self._where = where
        self._token = token
        self._client: ChromaClient | None = None
        self._opened: dict[str, ChromaCollection] = {}
        self._opening = threading.Lock()

    @property
    def places(self) -> int:
        """1 for a server, 0 for a folder."""
        return int(isinstance(self._where, str))

    def segments(self, collection: str) -> tuple[str, ...]:
        """The names of all segments of the collection, unfinished ones too."""
        client = self._chroma()
        for _ in range(LOOKS - 1):
            try:
                return self._listed(client, collection)
            except IndexStoreError as error:
                if isinstance(error.__cause__, httpx.TransportError):  # The server is not there, and was waited for.
                    raise
            time.sleep(LOOK_AGAIN_SECONDS)
        return self._listed(client, collection)

    def confirm(self, segment: str) -> None:
        """Raise `IndexGoneError` where the segment is not there any more.

        In the moment in which another process removes it, Chroma may find less in it than
        it held, and says nothing: whoever misses something asks here.
        """
        if segment not in self.segments(segment.split(".")[0]):
            self._opened.clear()
            raise IndexGoneError(GONE)

    def begin(self, segment: str) -> None:
        """Make the segment, or go on with what a killed run left of it."""
        with self._reported(seconds=PATIENT_SECONDS):
            self._chroma().get_or_create_collection(segment, configuration={"hnsw": GRAPH}, embedding_function=None)

    def add(self, segment: str, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        """Store vectors (float32, [ids, dimensions]); storing one again puts it in the place of the old one."""
        if len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        with self._reported(seconds=PATIENT_SECONDS):
            target = self._segment(segment)
            batch = min(self._chroma().get_max_batch_size(), max(1, WRITE_BYTES // max(1, vectors[:1].nbytes)))
            for at in range(0, len(ids), batch):
                target.upsert(ids=list(map(str, ids[at : at + batch])), embeddings=vectors[at : at + batch])

    def count(self, segment: str) -> int:
        """How many vectors the segment holds."""
        with self._reported(segment, PATIENT_SECONDS):
            return self._segment(segment).count()

    def ids(self, segment: str) -> Iterator[VectorId]:
        """The ids of all vectors of the segment, read a batch at a time; what is no id of ours is left out."""
        at, batch = 0, ID_BATCH
        while batch == ID_BATCH:
            with self._reported(segment, PATIENT_SECONDS):
                found = self._segment(segment).get(limit=ID_BATCH, offset=at, include=[])["ids"]
            yield from filter(None, map(VectorId.parse, found))
            batch = len(found)
            at += batch

    def vectors(self, segment: str, ids: Sequence[VectorId]) -> dict[VectorId, np.ndarray]:
        """The vectors of those ids that the segment holds."""
        vectors: dict[VectorId, np.ndarray] = {}
        for at in range(0, len(ids), READ_BATCH):
            with self._reported(segment, PATIENT_SECONDS):
                vectors |= self._read(segment, ids[at : at + READ_BATCH])
        if len(vectors) < len(set(ids)):
            self.confirm(segment)
        return vectors

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        """The `count` passages nearest to a unit vector, best first."""
        with self._reported(segment):
            found = self._segment(segment).query(query_embeddings=[vector], n_results=count, include=["distances"])
            nearest = _nearest(found, count)
        if not nearest.hits:
            self.confirm(segment)
        return nearest

    def nearest_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        """The `count` nearest to a unit vector of the passages of those ids that the segment holds."""
        asked = list(dict.fromkeys(ids))
        if not asked:
            return Nearest(())
        with self._reported(segment):
            quick = self._graph_of(segment, vector, asked, count) if len(asked) > EXACT else None
            nearest = quick or self._exact_of(segment, vector, asked, count)
        if len(nearest.hits) < min(count, len(asked)):
            self.confirm(segment)
        return nearest

    def check(self, segment: str) -> None:
        """Read a little of the segment, so that damage shows now. Raises `IndexStoreError`."""
        with self._reported(segment, PATIENT_SECONDS):
            found = self._segment(segment)
            sample = found.get(limit=1, include=["embeddings"])
            if sample["ids"]:
                found.query(query_embeddings=[sample["embeddings"][0]], n_results=1, include=["distances"])

    def remove(self, segment: str) -> None:
        """Remove the segment, its files too; no error where it is gone already."""
        with suppress(IndexGoneError), self._reported(seconds=PATIENT_SECONDS):
            self._chroma().delete_collection(segment)
        self._opened.pop(segment, None)
        if isinstance(self._where, Path):
            remove_files_of_none(self._where)

    def reopen(self) -> None:
        """Forget the open client, so that the next use sees the store as it is now."""
        self._client = None
        self._opened.clear()
        SharedSystemClient.clear_system_cache()

    def is_damaged(self) -> bool:
        """Whether Chroma's database in the folder is damaged, which is looked for in all of it."""
        return isinstance(self._where, Path) and is_damaged(self._where)

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

    def _graph_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest | None:
        """As `nearest_of`, by Chroma's graph, or None where it does not have one of the ids: then it gives nothing."""
        try:
            found = self._segment(segment).query(
                query_embeddings=[vector], ids=list(map(str, ids)), n_results=count, include=["distances"]
            )
        except InternalError:  # Where it is damage, reading shows it.
            return None
        return _nearest(found, count)

    def _exact_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        found: dict[VectorId, np.ndarray] = {}
        for at in range(0, len(ids), READ_BATCH):
            found |= self._read(segment, ids[at : at + READ_BATCH])
        if not found:
            return Nearest(())
        cosines = similarities(np.stack(list(found.values())), vector)
        return Nearest(best_first(map(Hit, found, map(float, cosines)), count))

    def _read(self, segment: str, ids: Sequence[VectorId]) -> dict[VectorId, np.ndarray]:
        rows = self._segment(segment).get(ids=list(map(str, ids)), include=["embeddings"])
        by_text = dict(zip(rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32), strict=True))
        return {vector_id: by_text[str(vector_id)] for vector_id in ids if str(vector_id) in by_text}

    def _listed(self, client: ChromaClient, collection: str) -> tuple[str, ...]:
        with self._reported():
            names = [found.name for found in client.list_collections()]
        return tuple(sorted(name for name in names if name.split(".")[0] == collection))

    def _segment(self, name: str) -> ChromaCollection:
        """The Chroma collection of a segment. Kept, as asking for it takes as long as a search does."""
        found = self._opened.get(name)
        if found is None:
            found = self._chroma().get_collection(name, embedding_function=None)
            # It may name a model, which comes from whoever wrote the index: Chroma would load it as soon as we write.
            cast("Any", found)._model["serialized_schema"] = None
            self._opened[name] = found
        return found

    def _chroma(self) -> ChromaClient:
        # A server that is not there is waited for by all at once, not by one after the other.
        with self._opening if isinstance(self._where, Path) else nullcontext():
            if self._client is None:
                # What is raised here is not asked about a second time, which would wait once more.
                with self._reported(seconds=CONNECT_SECONDS):
                    self._client = _open(self._where, self._token)
            return self._client

    @contextmanager
    def _reported(self, segment: str | None = None, seconds: float = READ_SECONDS) -> Generator[None, None, None]:
        """Whatever Chroma raises, as one sentence; with `segment`, that it is gone where that is why.

        A server is given `seconds` for each request.
        """
        try:
            with waiting(seconds):
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
            if segment is not None and not isinstance(error, httpx.TransportError):
                self.confirm(segment)
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            helps = _HELPS_A_FOLDER if isinstance(self._where, Path) else _HELPS_A_SERVER
            raise IndexStoreError(f"The index in {self._where} cannot be used ({reason}): {helps}.") from error


class _ServerClient(Client):
    """Chroma's client of a server, which by itself waits for ever and asks for three things before it is open."""

    def get_user_identity(self) -> UserIdentity:
        # The first that a client asks, as soon as it has a session.
        session: httpx.Client = cast("Any", self._server)._session
        session.event_hooks = {"request": [limit]}
        return super().get_user_identity()

    def _validate_tenant_database(self, tenant: str, database: str) -> None:
        """Asks nothing: it would do so in a session of its own, and whatever is asked next says the same."""


def _open(where: Path | str, token: str | None) -> ChromaClient:
    settings = Settings(anonymized_telemetry=False)
    if isinstance(where, Path):
        where.mkdir(parents=True, exist_ok=True)
        return cast("ChromaClient", chromadb.PersistentClient(path=str(where), settings=settings))
    address = urlsplit(where)
    if address.scheme not in SERVER_PORTS or not address.hostname:
        raise IndexStoreError(f"{where} is no address of a Chroma server: give one such as http://127.0.0.1:8000.")
    settings.chroma_api_impl = "chromadb.api.fastapi.FastAPI"
    settings.chroma_server_host = address.hostname
    settings.chroma_server_http_port = address.port or SERVER_PORTS[address.scheme]
    settings.chroma_server_ssl_enabled = address.scheme == "https"
    settings.chroma_server_headers = {"Authorization": f"Bearer {token}"} if token else {}
    return cast("ChromaClient", _ServerClient(settings=settings))


def _nearest(found: Hits, count: int) -> Nearest:
    ids = [VectorId.parse(text) for text in found["ids"][0]]
    cosines = bounded(1 - np.asarray(found["distances"][0], dtype=np.float64))
    ours = [(vector_id, cosine) for vector_id, cosine in zip(ids, cosines, strict=True) if vector_id is not None]
    hits = best_first((Hit(vector_id, float(cosine)) for vector_id, cosine in ours), count)
    return Nearest(hits, strange=len(ids) - len(ours))
