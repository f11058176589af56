"""The store over a real Chroma: what it leaves on the disk, what is not ours in it, servers by URL."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import cos, radians, sin
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from retrieval.errors import IndexGoneError, IndexStoreError
from retrieval.stores.base import Nearest, VectorId, segment_name
from retrieval.stores.chroma import ChromaStore
from tests.support.ports import free_port

SEGMENT = segment_name("compass", "f" * 64, 1)


def at(degrees: float) -> np.ndarray:
    return np.array([cos(radians(degrees)), sin(radians(degrees)), 0.0], dtype=np.float32)


def of(angle: int) -> VectorId:
    return VectorId(angle, 0, 5)


def fill(store: ChromaStore, segment: str, *angles: int) -> None:
    store.begin(segment)
    store.add(segment, [of(angle) for angle in angles], np.stack([at(angle) for angle in angles]))


@pytest.fixture
def compass(tmp_path: Path) -> ChromaStore:
    """Papers at known angles: paper 60 lies 60 degrees from the question's vector."""
    store = ChromaStore(tmp_path / "chroma")
    fill(store, SEGMENT, 180, 45, 0, 135, 90, 60)
    return store


def test_what_is_not_ours_is_dropped_and_counted(compass: ChromaStore) -> None:
    """Whoever can write to the store can put into it what he likes."""
    foreign = ["1:2", "note", "45:0:5 ", "045:0:5"]
    compass._segment(SEGMENT).upsert(ids=foreign, embeddings=np.stack([at(0)] * 4))
    nearest = compass.nearest(SEGMENT, at(0), 10)
    assert [hit.id.number for hit in nearest.hits] == [0, 45, 60, 90, 135, 180] and nearest.strange == 4
    assert sorted(compass.ids(SEGMENT)) == [of(angle) for angle in (0, 45, 60, 90, 135, 180)]
    assert compass.nearest_of(SEGMENT, at(0), [of(45)], 10).strange == 0


def test_a_vector_that_is_no_unit_vector_scores_no_more_than_others(compass: ChromaStore) -> None:
    big = np.array([3e4, 3e4, 0], dtype=np.float32)
    compass._segment(SEGMENT).upsert(ids=["7:0:5"], embeddings=big[np.newaxis])
    found = {hit.id.number: hit.score for hit in compass.nearest(SEGMENT, at(0), 10).hits}
    assert found[7] == pytest.approx(0.5**0.5, abs=1e-5)
    assert compass.nearest_of(SEGMENT, at(0), [of(7)], 10).hits[0].score == 1.0


def test_nothing_but_ids_and_vectors_is_kept(compass: ChromaStore, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")) as rows:
        assert rows.execute("SELECT count(*) FROM embedding_metadata").fetchone() == (0,)


def test_whoever_opens_a_segment_has_little_to_put_into_its_graph(tmp_path: Path) -> None:
    """What Chroma has not synchronised lies in its log, and is read again at each start."""
    store = ChromaStore(tmp_path / "chroma")
    store.begin(SEGMENT)
    vectors = np.random.default_rng(1).normal(size=(6000, 16)).astype(np.float32)
    store.add(SEGMENT, [VectorId(row, 0, 5) for row in range(len(vectors))], vectors)
    store.check(SEGMENT)
    with closing(sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")) as rows:
        [waiting] = rows.execute("SELECT count(*) FROM embeddings_queue").fetchone()
    assert waiting < 1000
    again = ChromaStore(tmp_path / "chroma")
    again.reopen()
    assert again.count(SEGMENT) == 6000


def test_the_files_of_a_segment_that_is_removed_are_removed(compass: ChromaStore, tmp_path: Path) -> None:
    other = segment_name("compass", "f" * 64, 2)
    fill(compass, other, 10, 20)
    compass.check(SEGMENT)
    folder = tmp_path / "chroma"
    strange = folder / "notes"
    strange.mkdir()
    before = {path for path in folder.iterdir() if path.is_dir()}
    compass.remove(SEGMENT)
    after = {path for path in folder.iterdir() if path.is_dir()}
    assert len(before) == 3 and len(after) == 2 and strange in after
    compass.reopen()
    assert [hit.id.number for hit in compass.nearest(other, at(0), 9).hits] == [10, 20]


def test_segments_of_the_first_generation_are_listed_so_that_they_can_be_removed(compass: ChromaStore) -> None:
    old = [f"compass.{'a' * 24}.passages", f"compass.{'a' * 24}.questions"]
    for name in old:
        compass._chroma().get_or_create_collection(name, configuration={}, embedding_function=None)
    assert compass.segments("compass") == (*old, SEGMENT)
    for name in old:
        compass.remove(name)
    assert compass.segments("compass") == (SEGMENT,)


def test_what_a_segment_that_is_gone_lacks_is_not_taken_for_nothing(
    compass: ChromaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process removes it, Chroma gives less than it had, and no error: evidence would be missed."""
    assert compass.nearest_of(SEGMENT, at(0), [of(7)], 1) == Nearest(())
    assert compass.vectors(SEGMENT, [of(7)]) == {}

    class HalfRemoved:
        """Chroma's collection in that moment."""

        def get(self, **asked: Any) -> dict[str, Any]:
            return {"ids": [], "embeddings": np.zeros((0, 3))}

        def query(self, **asked: Any) -> dict[str, Any]:
            return {"ids": [[]], "distances": [[]]}

    compass._chroma().delete_collection(SEGMENT)
    for read in (
        lambda: compass.nearest(SEGMENT, at(0), 1),
        lambda: compass.nearest_of(SEGMENT, at(0), [of(0)], 1),
        lambda: compass.vectors(SEGMENT, [of(0)]),
    ):
        monkeypatch.setitem(compass._opened, SEGMENT, HalfRemoved())
        with pytest.raises(IndexGoneError, match="ask again"):
            read()


def test_a_segment_that_another_client_removed_is_gone(compass: ChromaStore, tmp_path: Path) -> None:
    """Also where this one has it open."""
    compass.check(SEGMENT)
    ChromaStore(tmp_path / "chroma").remove(SEGMENT)
    with pytest.raises(IndexGoneError):
        compass.nearest(SEGMENT, at(0), 1)
    with pytest.raises(IndexGoneError):
        compass.confirm(SEGMENT)


def test_a_folder_is_set_aside_and_an_empty_one_takes_its_place(compass: ChromaStore, tmp_path: Path) -> None:
    aside = compass.set_aside(IndexStoreError("It is damaged."))
    assert aside == tmp_path / "chroma-damaged" and (aside / "chroma.sqlite3").is_file()
    assert compass.segments("compass") == ()
    fill(compass, SEGMENT, 1)
    assert compass.count(SEGMENT) == 1


def test_a_damaged_segment_is_told_in_one_sentence(compass: ChromaStore, tmp_path: Path) -> None:
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    compass.reopen()
    with pytest.raises(IndexStoreError, match=r"^The index in .+ cannot be used \(.+\): .+\.$") as caught:
        compass.check(SEGMENT)
    assert not isinstance(caught.value, IndexGoneError) and "\n" not in str(caught.value)


@pytest.mark.parametrize("where", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http:///x"])
def test_an_address_that_is_none(where: str) -> None:
    with pytest.raises(IndexStoreError, match="is no address of a Chroma server: give one such as"):
        ChromaStore(where).segments("default")


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    for ask in (lambda store: store.segments("c"), lambda store: store.nearest(SEGMENT, at(0), 1)):
        began = time.monotonic()
        with pytest.raises(IndexStoreError) as caught:
            ask(ChromaStore(address))
        assert address in str(caught.value) and "\n" not in str(caught.value)
        assert not isinstance(caught.value, IndexGoneError) and time.monotonic() - began < 3


def test_a_server_holds_what_a_folder_holds(server: str, tmp_path: Path) -> None:
    here, there = ChromaStore(tmp_path / "chroma"), ChromaStore(server)
    vectors = np.random.default_rng(3).normal(size=(300, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    segment = segment_name("served", "f", 1)
    for store in (here, there):
        store.begin(segment)
        store.add(segment, [VectorId(row, 0, 5) for row in range(300)], vectors)
    one, two = (store.nearest(segment, vectors[7], 20).hits for store in (here, there))
    assert [hit.id for hit in one] == [hit.id for hit in two]
    assert [hit.score for hit in one] == pytest.approx([hit.score for hit in two], abs=1e-6)
    there.remove(segment)
    with pytest.raises(IndexGoneError):
        there.nearest(segment, vectors[7], 20)


class Scripted(ThreadingHTTPServer):
    """Answers as a Chroma server does that has one empty collection, but keeps still where it is told to."""

    daemon_threads = True

    def __init__(self, still: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Script)
        self.still = still
        self.asked: list[tuple[str, str | None]] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Script(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        script = cast("Scripted", self.server)
        script.asked.append((self.path, self.headers["Authorization"]))
        if script.still is not None and self.path.endswith(script.still):
            script.over.wait(30)
        identity = {"user_id": "", "tenant": "default_tenant", "databases": ["default_database"]}
        body = json.dumps(identity if self.path.endswith("identity") else []).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted() as script:
        threading.Thread(target=script.serve_forever, daemon=True).start()
        yield script
        script.over.set()
        script.shutdown()


def test_a_token_is_brought_with_each_request(scripted: Scripted) -> None:
    assert ChromaStore(scripted.address, "secret").segments("c") == ()
    assert len(scripted.asked) >= 2 and {token for _, token in scripted.asked} == {"Bearer secret"}
    scripted.asked.clear()
    assert ChromaStore(scripted.address).segments("c") == ()
    assert {token for _, token in scripted.asked} == {None}


@pytest.mark.fault
@pytest.mark.parametrize(("still", "longest"), [("/identity", 6), ("/collections", 15)])
def test_a_server_that_keeps_still_is_not_waited_for_long(scripted: Scripted, still: str, longest: int) -> None:
    scripted.still = still
    began = time.monotonic()
    with pytest.raises(IndexStoreError, match="cannot be used") as caught:
        ChromaStore(scripted.address).segments("c")
    assert time.monotonic() - began < longest
    assert scripted.address in str(caught.value)


@pytest.mark.fault
def test_a_port_that_takes_connections_and_no_more(tmp_path: Path) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        began = time.monotonic()
        with pytest.raises(IndexStoreError):
            ChromaStore(f"http://127.0.0.1:{mute.getsockname()[1]}").nearest(SEGMENT, at(0), 1)
        assert time.monotonic() - began < 6
