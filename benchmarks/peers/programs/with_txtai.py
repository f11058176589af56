"""txtai: vectors, BM25 or both, one text a paper, as its index takes them, but for texts that are long."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from txtai import Embeddings
from wire import Options, pieces_of, read_texts, serve

MOST_TOKENS = 256
"""As the model says of itself where sentence-transformers reads it."""


class Txtai:
    """An `Embeddings` of the kind that the variant names: "vectors", "BM25" or "hybrid"."""

    def __init__(self, options: Options) -> None:
        kinds: dict[str, dict[str, Any]] = {
            "vectors": {"path": options.weights, "maxlength": MOST_TOKENS},
            "BM25": {"keyword": True},
            "hybrid": {"path": options.weights, "maxlength": MOST_TOKENS, "hybrid": True},
        }
        self._embeddings = Embeddings(gpu=False, **kinds[options.variant])

    def index(self, papers: str, folder: str) -> int:
        texts = read_texts(papers)
        # An id is of one piece: a number, and the paper's own.
        self._embeddings.index(
            (f"{number} {paper.id}", piece, None)
            for paper in texts
            for number, piece in enumerate(pieces_of(paper.text))
        )
        self._embeddings.save(folder)
        return self._embeddings.count()

    def open(self, folder: str) -> None:
        self._embeddings.load(folder)

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        for piece, score in self._embeddings.search(question, pieces):
            yield piece.split(" ", 1)[1], score


if __name__ == "__main__":
    serve(Txtai)
