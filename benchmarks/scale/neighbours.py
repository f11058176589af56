"""How near made vectors are to each other, beside real ones: what the step in `made_vectors` is chosen by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.scale.made_vectors import MadeEmbedder
from retrieval.models.embedder import Embedder

RANKS = (1, 10, 60)
SHARES = (10, 50, 90)
SPREADS = (0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
ASKED = 1_000
BLOCK = 20_000


def neighbour_rows(vectors: np.ndarray, questions: np.ndarray, real: Embedder) -> list[str]:
    """The table: cosines of passages to their neighbours, and of questions to the passages nearest to them."""
    texts = [f"passage {place}" for place in range(len(vectors))]
    rows = [_row("real", vectors, questions)]
    for spread in SPREADS:
        rows.append(_row(f"made, a step of {spread}", MadeEmbedder(vectors, real, spread).embed(texts), questions))
    kinds = [f"{kind}, rank {rank}" for kind in ("passages", "questions") for rank in RANKS]
    return [f"| | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|", *rows]


def _row(name: str, vectors: np.ndarray, questions: np.ndarray) -> str:
    some = np.random.default_rng(0).choice(len(vectors), min(ASKED, len(vectors)), replace=False)
    near = [
        # A passage is the first of its own neighbours.
        *(cosines(vectors, vectors[some], rank + 1) for rank in RANKS),
        *(cosines(vectors, questions[:ASKED], rank) for rank in RANKS),
    ]
    return f"| {name} | " + " | ".join(_spread(one) for one in near) + " |"


def cosines(vectors: np.ndarray, asked: np.ndarray, rank: int) -> np.ndarray:
    """For each vector asked, its cosine to the one of that rank among `vectors`."""
    best = np.full((len(asked), rank), -1.0, dtype=np.float32)
    for at in range(0, len(vectors), BLOCK):
        both = np.concatenate([best, asked @ vectors[at : at + BLOCK].T], axis=1)
        best = np.partition(both, both.shape[1] - rank, axis=1)[:, -rank:]
    return best.min(axis=1)


def _spread(values: Sequence[float] | np.ndarray) -> str:
    low, middle, high = np.percentile(values, SHARES)
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"
