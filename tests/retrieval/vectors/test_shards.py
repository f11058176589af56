"""Vectors in files: what is written is read, damage costs what it damages, a full disk is called so."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import IndexStoreError
from retrieval.stores.base import VectorId
from retrieval.vectors import shards as module
from retrieval.vectors.shards import Shards


def ids_from(first: int, count: int) -> list[VectorId]:
    return [VectorId(number, 3, number + 4) for number in range(first, first + count)]


def vectors_of(ids: list[VectorId]) -> np.ndarray:
    return np.array([[one.number, one.start, one.end, 0.5] for one in ids], dtype=np.float32)


def filled(folder: Path, *sizes: int, notes: list[str] | None = None) -> Shards:
    shards = Shards(folder, notes.append if notes is not None else lambda sentence: pytest.fail(sentence))
    first = 0
    for size in sizes:
        shards.add(ids_from(first, size), vectors_of(ids_from(first, size)))
        first += size
    return shards


def read(shards: Shards) -> dict[VectorId, list[float]]:
    return {one: vector.tolist() for ids, vectors in shards for one, vector in zip(ids, vectors, strict=True)}


def test_what_is_written_is_read_in_the_order_of_numbers(tmp_path: Path) -> None:
    shards = filled(tmp_path / "vectors", 5, 3000, 1)
    everything = ids_from(0, 3006)
    assert [one for ids, _ in shards for one in ids] == everything
    assert read(shards) == dict(zip(everything, vectors_of(everything).tolist(), strict=True))
    assert all(vectors.dtype == np.float32 for _, vectors in shards)
    have = shards.ids()
    assert len(have) == 3006 and have.hold(everything).all() and VectorId(1, 3, 4) not in have


def test_a_large_shard_is_read_a_piece_at_a_time(tmp_path: Path) -> None:
    shards = filled(tmp_path, 5 * module.ROWS)
    assert max(len(ids) for ids, _ in shards) <= module.ROWS


def test_ids_are_read_without_vectors(tmp_path: Path) -> None:
    """A page of vectors that is damaged does not matter to who asks for ids; who reads vectors sees it."""
    notes: list[str] = []
    shards = filled(tmp_path, 500, notes=notes)
    [file] = tmp_path.iterdir()
    data = bytearray(file.read_bytes())
    marked = data.index(np.array([250, 3, 254, 0.5], dtype=np.float32).tobytes())
    data[marked : marked + 8] = b"\xff" * 8
    file.write_bytes(data)
    assert len(shards.ids()) == 500 and notes == []
    assert read(shards) == {}
    assert len(notes) == 1 and not file.exists()


def test_no_shards_are_nothing(tmp_path: Path) -> None:
    shards = Shards(tmp_path / "vectors")
    shards.add([], np.zeros((0, 4), dtype=np.float32))
    assert len(shards.ids()) == 0 and read(shards) == {}
    assert not (tmp_path / "vectors").exists()
    shards.clear()


@pytest.mark.parametrize("left", [0, 3, 0.5, 0.99])
def test_a_shard_that_is_cut_short_is_left_out(tmp_path: Path, left: float) -> None:
    notes: list[str] = []
    shards = filled(tmp_path, 5, 5, notes=notes)
    damaged = sorted(tmp_path.iterdir())[0]
    data = damaged.read_bytes()
    damaged.write_bytes(data[: int(left * len(data)) if isinstance(left, float) else left])
    assert shards.ids().hold(ids_from(0, 10)).tolist() == [False] * 5 + [True] * 5
    assert set(read(shards)) == set(ids_from(5, 5))
    [note] = notes
    assert note.startswith(f"{damaged.name} was damaged and is left out; its passages are embedded again. (")
    assert not damaged.exists() and "\n" not in note


def test_another_file_by_that_name_is_no_shard(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    notes: list[str] = []
    shards = filled(tmp_path, 5, notes=notes)
    pq.write_table(pa.table({"number": [1]}), tmp_path / "other.parquet")
    assert len(shards.ids()) == 5
    assert len(notes) == 1


def test_a_draft_that_a_kill_left_is_no_shard_and_is_cleared(tmp_path: Path) -> None:
    shards = filled(tmp_path / "vectors", 5)
    (tmp_path / "vectors" / ".0-a.parquet.7.new").write_bytes(b"half")
    (tmp_path / "vectors" / ".hidden.parquet").write_bytes(b"half")
    assert len(shards.ids()) == 5 and len(read(shards)) == 5
    shards.clear()
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_add_at_once(tmp_path: Path) -> None:
    """Shards of the same passages do not take each other's place while one of them is read."""
    filled(tmp_path, 5)
    shards = filled(tmp_path, 5)
    assert len(list(tmp_path.iterdir())) == 2
    assert len(shards.ids()) == 5


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    def fails(*_: object, **__: object) -> None:
        # As pyarrow itself says it.
        raise OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device")

    shards = filled(tmp_path / "vectors", 5)
    monkeypatch.setattr(pq, "write_table", fails)
    with pytest.raises(IndexStoreError) as caught:
        shards.add(ids_from(5, 5), vectors_of(ids_from(5, 5)))
    assert str(caught.value) == (
        f"The vectors in {tmp_path / 'vectors'} cannot be written, as the disk is full: "
        "make room, or set PAPERBACKED_HOME to a folder on another disk."
    )
    assert len(shards.ids()) == 5


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "vectors").touch()
    with pytest.raises(IndexStoreError, match=r"cannot be written \(.*\): set PAPERBACKED_HOME"):
        Shards(tmp_path / "vectors" / "a").add(ids_from(0, 1), vectors_of(ids_from(0, 1)))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EMFILE])
def test_a_shard_that_cannot_be_read_now_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    import pyarrow.parquet as pq

    def refuses(*_: object, **__: object) -> None:
        raise OSError(number, "It will not")

    shards = filled(tmp_path, 5)
    monkeypatch.setattr(pq, "ParquetFile", refuses)
    with pytest.raises(IndexStoreError, match=r"cannot be read \(It will not\)"):
        shards.ids()
    assert len(list(tmp_path.iterdir())) == 1


def test_ids_and_vectors_of_other_numbers(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 ids for 1 vectors"):
        Shards(tmp_path).add(ids_from(0, 2), vectors_of(ids_from(0, 1)))
