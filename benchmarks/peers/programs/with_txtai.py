"""txtai: vectors, BM25 or both, one text a paper, as its index takes them."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from txtai import Embeddings
from wire import Options, read_texts, serve


class Txtai:
    """An `Embeddings` of the kind that the variant names: "vectors", "BM25" or "hybrid"."""

    def __init__(self, options: Options) -> None:
        kinds: dict[str, dict[str, Any]] = {
            "vectors": {"path": options.weights},
            "BM25": {"keyword": True},
            "hybrid": {"path": options.weights, "hybrid": True},
        }
        self._embeddings = Embeddings(gpu=False, **kinds[options.variant])

    def index(self, papers: str, folder: str) -> int:
        self._embeddings.index((paper.id, paper.text, None) for paper in read_texts(papers))
        self._embeddings.save(folder)
        return self._embeddings.count()

    def open(self, folder: str) -> None:
        self._embeddings.load(folder)

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        return self._embeddings.search(question, pieces)


if __name__ == "__main__":
    serve(Txtai)
