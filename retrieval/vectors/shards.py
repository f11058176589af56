"""Vectors in files, from when they are made until a store has them: so a killed run loses a minute of work at most.

A shard is one Parquet file, written whole or not at all. Which passages it has is read without its vectors.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyarrow has no types of its own; what is used of it is said here.

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import numpy as np

from retrieval.errors import IndexStoreError, PaperbackedError
from retrieval.files import not_written, replacing, writing
from retrieval.stores.base import VectorId
from retrieval.vectors.ids import VectorIds, packed_columns

ROWS = 1_024
"""Vectors that are read at once."""
ID_COLUMNS = ("number", "start", "end")
Ids = list[VectorId]


class Shards:
    """The shards of a folder. Several processes may add at once, as no two shards have one name.

    Methods raise `IndexStoreError` where the folder cannot be read or written; a shard that is damaged is removed,
    and `note` is told so: what it had is to be embedded again.
    """

    def __init__(self, folder: Path, note: Callable[[str], None] = lambda sentence: None) -> None:
        self.folder = folder
        self._note = note

    def add(self, ids: Sequence[VectorId], vectors: np.ndarray) -> None:
        """Write a shard of vectors (float32, [ids, dimensions])."""
        if not ids:
            return
        if len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        import pyarrow as pa
        import pyarrow.parquet as pq

        flat = np.ascontiguousarray(vectors, dtype=np.float32)
        numbers, starts, ends = zip(*ids, strict=True)
        columns: list[Any] = [pa.array(numbers, pa.int64()), pa.array(starts, pa.int32()), pa.array(ends, pa.int32())]
        columns.append(pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1]))
        table: Any = cast("Any", pa).table(columns, names=[*ID_COLUMNS, "vector"])
        name = f"{min(numbers):012d}-{uuid4().hex[:12]}.parquet"
        with writing(f"The vectors in {self.folder}", IndexStoreError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(self.folder / name) as draft:
                # Numbers without order are not made smaller by packing them. With checksums damage is seen.
                pq.write_table(
                    table,
                    draft,
                    compression="none",
                    use_dictionary=False,
                    write_statistics=False,
                    row_group_size=ROWS,
                    write_page_checksum=True,
                )

    def ids(self) -> VectorIds:
        """The ids of all vectors, read without the vectors."""
        found: list[np.ndarray] = [np.zeros(0, dtype=np.int64)]
        for file in self._files():
            with self._dropped_if_damaged(file), _opened(file) as opened:
                table = opened.read(columns=list(ID_COLUMNS))
                columns = (np.asarray(table.column(name).to_numpy()) for name in ID_COLUMNS)
                found.append(packed_columns(*columns))
        return VectorIds(np.concatenate(found))

    def __iter__(self) -> Iterator[tuple[Ids, np.ndarray]]:
        """The ids and vectors (float32, [ids, dimensions]) of all shards, some at a time, in the order of numbers as
        far as shards are."""
        for file in self._files():
            with self._dropped_if_damaged(file), _opened(file) as opened:
                for rows in opened.iter_batches(batch_size=ROWS):
                    columns: list[list[int]] = [rows.column(name).to_pylist() for name in ID_COLUMNS]
                    ids = [VectorId(*one) for one in zip(*columns, strict=True)]
                    vectors = np.asarray(rows.column("vector").flatten().to_numpy(), dtype=np.float32)
                    yield ids, vectors.reshape(len(ids), -1)

    def clear(self) -> None:
        """Remove all shards, and drafts that killed runs left."""
        try:
            if self.folder.exists():
                shutil.rmtree(self.folder)
        except OSError as error:
            raise IndexStoreError(not_written(f"The folder {self.folder}", error)) from error

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("[!.]*.parquet"))

    @contextmanager
    def _dropped_if_damaged(self, file: Path) -> Generator[None, None, None]:
        import pyarrow as pa

        try:
            yield
        except PaperbackedError:
            raise
        except (cast("type[Exception]", pa.ArrowException), OSError, ValueError, KeyError) as error:
            # What is wrong with a disk or its rights is no damage of the file; Arrow's own errors have no number.
            if isinstance(error, OSError) and error.errno:
                raise IndexStoreError(f"The vectors in {file} cannot be read ({error.strerror}).") from error
            file.unlink(missing_ok=True)
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
            self._note(f"{file.name} was damaged and is left out; its passages are embedded again. ({reason})")


def _opened(file: Path) -> Any:
    import pyarrow.parquet as pq

    return cast("Any", pq.ParquetFile)(file, page_checksum_verification=True)
