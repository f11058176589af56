"""Passages embedded on a Ray cluster: the machines read texts from a shared folder and write shards into it.

The only module that knows Ray, which comes with paperbacked[cluster].
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingImports=false
# Ray need not be installed, and has types for a part of itself.

from __future__ import annotations

import logging
import os
import shutil
import socket
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from retrieval.errors import IndexStoreError, InputError, PaperbackedError, one_line
from retrieval.files import replacing, writing
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.stores.base import VectorId
from retrieval.types import Progress
from retrieval.vectors.embedding import LABEL, SHARD_PASSAGES, Passages, windows
from retrieval.vectors.shards import ID_COLUMNS, Shards

LOCAL = "local"
"""The address that stands for a cluster of this machine's own processes."""
REACH_SECONDS = 3.0


class EmbedsOnRay:
    """Embeds on whatever workers a cluster has, with a GPU each where there are some; see `Embeds`.

    `address` is "local", "auto" for the cluster that this machine is in, or where a cluster listens, such as
    10.0.0.1:6379. The collection's folder must be one that all machines see. `embedding` is the model's name, which
    each worker opens for itself; a worker that dies costs its batch, which another embeds.
    """

    def __init__(self, embedding: str, address: str, batch: int = SHARD_PASSAGES) -> None:
        self._embedding = embedding
        self._address = address
        self._batch = batch

    def __call__(self, passages: Passages, total: int, shards: Shards, progress: Progress) -> None:
        """See `Embeds`. Raises `InputError` where there is no cluster, `IndexStoreError` where it cannot go on."""
        have = shards.ids()
        done = min(len(have), total)
        progress(LABEL, done, total)
        texts = shards.folder.with_name(f"{shards.folder.name}-texts")
        shutil.rmtree(texts, ignore_errors=True)
        for place, window in enumerate(windows(passages(), have)):
            # A file is what a worker takes at once, and so what its death costs.
            for at in range(0, len(window), self._batch):
                _write_texts(texts / f"{place:08d}-{at:08d}.parquet", window[at : at + self._batch])
        # Not told by how many vectors there are: shards may have some of papers that are no longer asked for.
        if not texts.exists():
            return
        with _cluster(self._address):
            for more in self._embedded(texts, shards.folder):
                done = min(done + more, total)
                progress(LABEL, done, total)
        shutil.rmtree(texts, ignore_errors=True)

    def _embedded(self, texts: Path, shards: Path) -> Generator[int, None, None]:
        """How many passages each batch had, as batches are done."""
        import ray
        import ray.data

        resources = ray.cluster_resources()
        gpus = int(resources.get("GPU", 0))
        workers = gpus or max(1, int(resources.get("CPU", 1)))
        # Left to itself, Ray reads small files as one block, on which one worker works.
        blocks = max(workers, len(list(texts.iterdir())))
        data = ray.data.read_parquet(str(texts), override_num_blocks=blocks).map_batches(
            _Worker,
            fn_constructor_args=(self._embedding, str(shards)),
            batch_size=self._batch,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=workers),
            num_gpus=1 if gpus else 0,
            # What reads the texts needs a processor too.
            num_cpus=0 if gpus else 0.5,
        )
        try:
            for batch in data.iter_batches(batch_size=None, batch_format="numpy"):
                yield int(np.asarray(batch["done"]).sum())
        except PaperbackedError:
            raise
        except Exception as error:
            raise IndexStoreError(
                f"The Ray cluster could not embed ({one_line(error)}): what is done is kept, so run the command again."
            ) from error


class _Worker:
    """One process of the cluster, with a model of its own."""

    def __init__(self, embedding: str, shards: str) -> None:
        self._embedder: Embedder = open_embedder(embedding)
        self._shards = Shards(Path(shards))

    def __call__(self, batch: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        order = sorted(range(len(batch["text"])), key=lambda place: len(batch["text"][place]))
        columns = [batch[name] for name in ID_COLUMNS]
        ids = [VectorId(*(int(column[place]) for column in columns)) for place in order]
        self._shards.add(ids, self._embedder.embed([str(batch["text"][place]) for place in order]))
        return {"done": np.array([len(ids)])}


def _write_texts(file: Path, window: Sequence[tuple[VectorId, str]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers, starts, ends = zip(*(vector_id for vector_id, _ in window), strict=True)
    table = pa.table([numbers, starts, ends, [text for _, text in window]], names=[*ID_COLUMNS, "text"])
    with writing(f"The texts in {file.parent}", IndexStoreError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as draft:
            pq.write_table(table, draft)


@contextmanager
def _cluster(address: str) -> Generator[None, None, None]:
    """A connection to the cluster, or one of this machine's own, while it is needed. Raises `InputError`."""
    # Ray would tell its makers of each start.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise InputError("Ray is not installed: install paperbacked[cluster], or leave --ray out.") from error
    if address not in {LOCAL, "auto"}:
        _reach(address)
    try:
        # With an address Ray finds a cluster, without one it starts processes of its own.
        ray.init(
            address=None if address == LOCAL else address,
            include_dashboard=False if address == LOCAL else None,
            configure_logging=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        raise InputError(
            f"No Ray cluster answers at {address} ({one_line(error)}): start one with `ray start --head`, or say "
            f"--ray {LOCAL}."
        ) from error
    # What it does is told by our own bar.
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        yield
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Ask soon whether anybody listens there, as Ray itself waits long. Raises `InputError`."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=REACH_SECONDS):
            pass
    except (OSError, ValueError) as error:
        raise InputError(
            f"No Ray cluster answers at {address}: give its address such as 10.0.0.1:6379, or say --ray {LOCAL}."
        ) from error
