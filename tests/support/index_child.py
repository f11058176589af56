"""A second process on one index folder, for tests: `python index_child.py COMMAND HOME PAPERS [ID…]`.

build      builds the index of the papers and says how many texts it embedded
die        builds it, but is killed by SIGKILL within the first embedding call of the second part
die-early  the same within the first part
IDs, where given, choose the papers.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.ingest import ensure_index
from retrieval.models.embedder import HashEmbedder
from retrieval.readers.registry import read_papers
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Progress, no_progress


class Embedder(HashEmbedder):
    def __init__(self, dies_at_call: int) -> None:
        super().__init__()
        self.calls = 0
        self.texts = 0
        self._dies_at_call = dies_at_call

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        self.calls += 1
        self.texts += len(texts)
        if self.calls == self._dies_at_call:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts, progress)


def main(command: str, home: Path, papers_file: Path, *ids: str) -> None:
    papers = [paper for paper in read_papers(papers_file) if not ids or paper.id in ids]
    embedder = Embedder({"build": 0, "die-early": 1, "die": 2}[command])
    index = ensure_index(
        papers, embedder, ChromaStore(home / "chroma"), collection="default", lock_file=home / "default.lock"
    )
    print(index.fingerprint, embedder.texts)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
