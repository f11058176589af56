"""Passages embedded by a real Ray cluster of this machine's processes, one of which is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from retrieval.errors import InputError
from retrieval.models.embedder import HashEmbedder
from retrieval.stores.base import VectorId
from retrieval.types import Progress, no_progress
from retrieval.vectors.ray_run import LOCAL, EmbedsOnRay
from retrieval.vectors.shards import Shards

# Ray warns of its own settings, of what it will change, and of files it leaves open.
pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]
PASSAGES = 6_000
BATCH = 256


def passages() -> Iterator[tuple[VectorId, str]]:
    for number in range(PASSAGES):
        yield (
            VectorId(number, 0, 10 + number % 7),
            f"Paper {number} is on agent {number % 97} for {number % 7} days.",
        )


def embed(shards: Shards, progress: Progress = no_progress, address: str = LOCAL) -> None:
    EmbedsOnRay("hash", address, BATCH)(passages, PASSAGES, shards, progress)


def workers() -> list[psutil.Process]:
    """The processes of this test's cluster that embed."""
    found: list[psutil.Process] = []
    for child in psutil.Process().children(recursive=True):
        # A process may end while it is looked at.
        with suppress(psutil.Error):
            if "(_Worker)" in " ".join(child.cmdline()[:1]):
                found.append(child)
    return found


def test_a_killed_worker_costs_its_batch_and_a_second_run_nothing(tmp_path: Path) -> None:
    shards = Shards(tmp_path / "vectors")
    killed: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 120
        while not killed and time.monotonic() < until:
            if len(list(shards.folder.glob("*.parquet"))) >= 3 and len(busy := workers()) >= 2:
                killed.append(busy[0].pid)
                os.kill(busy[0].pid, signal.SIGKILL)
            time.sleep(0.01)

    killing = threading.Thread(target=kill)
    killing.start()
    seen: list[tuple[int, int]] = []
    embed(shards, lambda _, done, total: seen.append((done, total)))
    killing.join()
    assert killed
    assert seen[0] == (0, PASSAGES)
    assert seen[-1] == (PASSAGES, PASSAGES)
    found = {vector_id: vector for ids, vectors in shards for vector_id, vector in zip(ids, vectors, strict=True)}
    expected = HashEmbedder().embed([text for _, text in passages()])
    assert list(found) != []
    assert {vector_id for vector_id, _ in passages()} == found.keys()
    for (vector_id, _), vector in zip(passages(), expected, strict=True):
        assert np.allclose(found[vector_id], vector, atol=1e-6)
    rows = sum(len(ids) for ids, _ in shards)
    # The batch that was under way when its worker died may have been written by both.
    assert rows <= PASSAGES + 2 * BATCH
    before = sorted(shards.folder.iterdir())
    embed(shards)
    assert sorted(shards.folder.iterdir()) == before


def test_shards_of_other_papers_are_not_taken_for_those_that_are_asked_for(tmp_path: Path) -> None:
    """A run was killed, and the next one is of other papers: it has as many vectors as it needs, and none of them."""
    shards = Shards(tmp_path / "vectors")
    others = [VectorId(PASSAGES + number, 0, 5) for number in range(20)]
    shards.add(others, HashEmbedder().embed(["Owls hunt."] * len(others)))
    few = list(passages())[:10]
    EmbedsOnRay("hash", LOCAL, BATCH)(lambda: iter(few), len(few), shards, no_progress)
    have = shards.ids()
    assert all(vector_id in have for vector_id, _ in few)


def test_nothing_to_embed_needs_no_cluster(tmp_path: Path) -> None:
    shards = Shards(tmp_path / "vectors")
    some = list(passages())[:10]
    shards.add([vector_id for vector_id, _ in some], HashEmbedder().embed([text for _, text in some]))
    EmbedsOnRay("hash", "127.0.0.1:1", BATCH)(lambda: iter(some), len(some), shards, no_progress)


def test_a_cluster_that_is_not_there_is_told_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=r"No Ray cluster answers at 127\.0\.0\.1:1"):
        embed(Shards(tmp_path / "vectors"), address="127.0.0.1:1")
    assert time.monotonic() - began < 10
