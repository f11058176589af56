"""Another process that adds papers to a collection, for tests: `python index_child.py HOME PAPERS LOG [SHARD]`.

Says "begun" once it has what it needs, and at the end which generation answers. Each text that is embedded is a line
of LOG, by a hash, written before it is embedded. With SHARD, shards have so many passages.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.ingest import Reading, update_collection
from retrieval.models.embedder import HashEmbedder
from retrieval.readers.registry import stream_papers
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Progress, no_progress
from retrieval.vectors import embedding

DIMENSIONS = 32
SECONDS_A_TEXT = 0.0004
"""A model takes its time, so that not all kills come while something else is done."""


class LoggedEmbedder(HashEmbedder):
    def __init__(self, log: Path) -> None:
        super().__init__(DIMENSIONS)
        self._log = log

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        with self._log.open("a") as log:
            log.writelines(f"{hashlib.sha256(text.encode()).hexdigest()}\n" for text in texts)
        time.sleep(SECONDS_A_TEXT * len(texts))
        return super().embed(texts, progress)


def main(home: Path, papers: Path, log: Path, shard: int = embedding.SHARD_PASSAGES) -> None:
    embedding.SHARD_PASSAGES = shard
    embedding.PIECE = min(embedding.PIECE, shard)
    print("begun", flush=True)
    collection, _ = update_collection(
        home / "collections" / "default",
        "default",
        [Reading("own", lambda: stream_papers(papers))],
        LoggedEmbedder(log),
        ChromaStore(home / "chroma"),
        lock_file=home / "default.lock",
    )
    print(collection.generation.number, len(collection))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))
