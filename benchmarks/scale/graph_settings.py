"""Measure how a graph of vectors is best built: `python -m benchmarks.scale.graph_settings [--vectors N] [--topics K]`.

Chroma with other settings than it ships with, and usearch where it is installed, on the same vectors in one run: made
ones (`made_vectors.py`), or with `--topics` such as lie in so many heaps far from each other.
"""

from __future__ import annotations

import importlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from app.quiet import silence_libraries
from benchmarks.figures import provenance
from benchmarks.scale.made_vectors import MadeEmbedder, base_vectors
from benchmarks.scale.places import Place, place_arguments, place_of
from benchmarks.scale.recall import NEAREST
from retrieval.dense import CANDIDATES
from retrieval.models.embedding import open_embedder
from retrieval.stores.base import VectorId
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.chroma_graph import GRAPH

SETTINGS: tuple[Mapping[str, int], ...] = ({}, {"ef_construction": 100}, {"ef_construction": 100, "max_neighbors": 16})
"""Beside what ships, which is the first."""
TYPES = ("f32", "i8")
SEGMENT = "graph.settings.1"
QUESTIONS = 200
BATCH = 5_000
SPREAD = 0.5
"""How far from the middle of its topic a vector of `--topics` lies."""
Search = Callable[[np.ndarray], list[int]]


def main() -> None:
    """Print the table."""
    silence_libraries()
    arguments = place_arguments(__doc__, "python -m benchmarks.scale.graph_settings")
    arguments.add_argument("--vectors", type=int, default=40_000)
    arguments.add_argument("--topics", type=int, default=0, help="this many heaps in place of made vectors")
    given = arguments.parse_args()
    count = given.vectors + QUESTIONS
    both = _in_topics(count, given.topics) if given.topics else _made(place_of(given), count)
    vectors, asked = both[: given.vectors], both[given.vectors :]
    topics = f" --topics {given.topics}" if given.topics else ""
    print(provenance(f"python -m benchmarks.scale.graph_settings --vectors {given.vectors}{topics}"))
    print("\n| | stored a second | a search of 60 | recall@10, mean / least | bytes a vector |\n|---|---|---|---|---|")
    for settings in SETTINGS:
        with _graph(settings), tempfile.TemporaryDirectory() as folder:
            print(_row(f"Chroma {dict(settings) or 'as it ships'}", vectors, asked, *_chroma(Path(folder), vectors)))
    for kind in TYPES:
        if found := _usearch(kind, vectors):
            print(_row(f"usearch {kind}", vectors, asked, *found))


def _made(place: Place, count: int) -> np.ndarray:
    place.kept.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder()
    made = MadeEmbedder(base_vectors(place.base, embedder, place.kept), embedder)
    return made.embed([f"vector {number}" for number in range(count)])


def _in_topics(count: int, topics: int) -> np.ndarray:
    chance = np.random.default_rng(0)
    middles = _unit(chance.standard_normal((topics, 384), dtype=np.float32))
    steps = _unit(chance.standard_normal((count, 384), dtype=np.float32))
    return _unit(middles[chance.integers(topics, size=count)] + SPREAD * steps)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@contextmanager
def _graph(settings: Mapping[str, int]) -> Iterator[None]:
    """Meanwhile segments are made with these settings."""
    shipped = dict(GRAPH)
    GRAPH.update(settings)
    try:
        yield
    finally:
        GRAPH.update(shipped)


def _chroma(folder: Path, vectors: np.ndarray) -> tuple[float, int, Search]:
    store = ChromaStore(folder)
    store.begin(SEGMENT)
    began = time.perf_counter()
    for at in range(0, len(vectors), BATCH):
        batch = vectors[at : at + BATCH]
        store.add(SEGMENT, [VectorId(number, 0, 1) for number in range(at, at + len(batch))], batch)
    seconds = time.perf_counter() - began
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return seconds, size, lambda asked: [hit.id.number for hit in store.nearest(SEGMENT, asked, CANDIDATES).hits]


def _usearch(kind: str, vectors: np.ndarray) -> tuple[float, int, Search] | None:
    """An index of usearch with the neighbours and the care of what ships; None where it is not installed."""
    try:
        usearch: Any = importlib.import_module("usearch.index")
    except ImportError:
        return None
    care = {"expansion_add": GRAPH["ef_construction"], "expansion_search": GRAPH["ef_search"]}
    index = usearch.Index(ndim=vectors.shape[1], metric="cos", dtype=kind, connectivity=GRAPH["max_neighbors"], **care)
    began = time.perf_counter()
    index.add(np.arange(len(vectors)), vectors)
    seconds = time.perf_counter() - began
    return seconds, len(index.save()), lambda asked: index.search(asked, CANDIDATES).keys.tolist()


def _row(name: str, vectors: np.ndarray, asked: np.ndarray, seconds: float, size: int, search: Search) -> str:
    times: list[float] = []
    held: list[float] = []
    for vector in asked:
        began = time.perf_counter()
        found = search(vector)
        times.append(time.perf_counter() - began)
        nearest = np.argpartition(-(vectors @ vector), NEAREST)[:NEAREST]
        held.append(len(set(nearest.tolist()).intersection(found[:NEAREST])) / NEAREST)
    return (
        f"| {name} | {len(vectors) / seconds:,.0f} | {1000 * np.median(times):.1f} ms | "
        f"{np.mean(held):.3f} / {min(held):.1f} | {size / len(vectors):,.0f} |"
    )


if __name__ == "__main__":
    main()
