"""Another process that adds papers to a collection, for tests: `python index_child.py HOME PAPERS LOG [SHARD [TEXTS]]`.

Says "begun" once it has what it needs, and at the end which generation answers. Each text that is embedded is a line
of LOG, by a hash, written before it is embedded. With SHARD, shards have so many passages; with TEXTS above 0, every
so manieth paper has a full text.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from retrieval.full_text import FullText, Section, text_at_hand
from retrieval.ingest import Reading, update_collection
from retrieval.models.embedder import HashEmbedder
from retrieval.readers.registry import stream_papers
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper, Progress, no_progress
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


def with_texts(papers: Iterable[Paper], every: int) -> Iterator[Paper]:
    """The papers, each of `every` of them with a full text of two passages; none for 0."""
    for number, paper in enumerate(papers):
        if every and number % every == 0:
            first, second = f"Whales of {paper.id} sing.", f"Owls of {paper.id} hunt."
            parts = (Section("1", 0, len(first)), Section("2", len(first) + 2, len(first) + 2 + len(second)))
            paper = replace(paper, text=text_at_hand(FullText(f"{first}\n\n{second}", parts, file=file_of(paper))))
        yield paper


def file_of(paper: Paper) -> str:
    """The SHA-256 of the file that a text was read from."""
    return hashlib.sha256(paper.id.encode()).hexdigest()


def main(home: Path, papers: Path, log: Path, shard: int = embedding.SHARD_PASSAGES, texts: int = 0) -> None:
    embedding.SHARD_PASSAGES = shard
    embedding.PIECE = min(embedding.PIECE, shard)
    print("begun", flush=True)
    collection, _ = update_collection(
        home / "collections" / "default",
        "default",
        [Reading("own", lambda: with_texts(stream_papers(papers), texts))],
        LoggedEmbedder(log),
        ChromaStore(home / "chroma"),
        lock_file=home / "default.lock",
    )
    print(collection.generation.number, len(collection))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))
