"""Which store an address opens."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrieval.stores.base import VectorId, segment_name
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.opening import open_store
from retrieval.stores.several import SeveralStores
from tests.support.ports import free_port


def test_nothing_is_opened_before_it_is_used(tmp_path: Path) -> None:
    assert isinstance(open_store(tmp_path / "chroma"), ChromaStore)
    assert not (tmp_path / "chroma").exists()
    assert isinstance(open_store(("http://127.0.0.1:1",), "token"), ChromaStore)
    assert isinstance(open_store(("http://127.0.0.1:1", "http://127.0.0.1:2"), "token"), SeveralStores)


def test_of_two_servers_the_one_that_is_there_answers(server: str) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    segment = segment_name("two-servers", "f", 1)
    alone = open_store((server,))
    alone.begin(segment)
    alone.add(segment, [VectorId(1, 0, 5), VectorId(2, 0, 5)], np.eye(2, 3, dtype=np.float32))
    both = open_store((server, dead))
    nearest = both.nearest(segment, np.eye(1, 3, dtype=np.float32)[0], 5)
    assert [hit.id.number for hit in nearest.hits] == [1, 2] and nearest.silent == (dead,)
    both.check(segment)
