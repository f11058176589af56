"""Real abstracts with the real model: embedding beside a bare loop, and the whole index beside LangChain's own way."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.indexing import ComputingEmbedder, langchain_index
from benchmarks.scale.base_texts import BaseTexts
from benchmarks.scale.clocks import StageClock
from benchmarks.scale.made_papers import made_papers
from retrieval.chunking import chunk_paper
from retrieval.ingest import Reading, update_collection
from retrieval.models.onnx_embedding import OnnxEmbedder
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper

COUNTS = (1_000, 5_183)
EMBEDDING = "Embedding passages"
PIECE = 128


def real_figures(base: BaseTexts, embedder: OnnxEmbedder) -> list[Figure]:
    """For each number of abstracts how fast they are embedded and indexed, beside the plainest ways to do so."""
    embedder.load()
    theirs = langchain_index()
    figures: list[Figure] = []
    for count in COUNTS:
        papers = _papers(base, count)
        if papers:
            figures += _figures(papers, embedder, theirs)
    return figures


def _papers(base: BaseTexts, count: int) -> tuple[Paper, ...]:
    """Real ones where there are so many; of the smallest number else made ones, whose sentences are real."""
    if count <= len(base.papers):
        return base.papers[:count]
    return tuple(made_papers(base, count)) if count == COUNTS[0] else ()


def _figures(
    papers: tuple[Paper, ...], embedder: OnnxEmbedder, theirs: Callable[[tuple[Paper, ...], Path], object]
) -> list[Figure]:
    # The bare loop runs before and after, as the machine is not equally fast all the time.
    texts = [chunk.embedded for paper in papers for chunk in chunk_paper(paper)]
    bare = _bare(texts, embedder)
    clock = StageClock()
    ours = _seconds(lambda folder: _indexed(papers, embedder, folder, clock))
    bare = (bare + _bare(texts, embedder)) / 2
    langchain = _seconds(lambda folder: theirs(papers, folder))
    count, embedding = len(papers), clock.seconds[EMBEDDING]
    return [
        Figure(f"{count:,} abstracts: embedded, abstracts a second", count / embedding, "/s"),
        Figure(f"{count:,} abstracts: embedding over a bare loop", 100 * bare / embedding, "%", 80, "above"),
        Figure(f"{count:,} abstracts: whole index, abstracts a second", count / ours, "/s"),
        Figure(f"{count:,} abstracts: LangChain's index, abstracts a second", count / langchain, "/s"),
        Figure(f"{count:,} abstracts: whole index over LangChain's", langchain / ours, "×", 4, "above"),
    ]


def _bare(texts: Sequence[str], embedder: OnnxEmbedder) -> float:
    """Seconds of the same runtime over the same texts, sorted by length, and nothing else."""
    ordered = sorted(texts, key=len)
    began = time.perf_counter()
    for at in range(0, len(ordered), PIECE):
        embedder.computed(ordered[at : at + PIECE])
    return time.perf_counter() - began


def _indexed(papers: tuple[Paper, ...], embedder: OnnxEmbedder, folder: Path, clock: StageClock) -> None:
    clock.turn("reading")
    update_collection(
        folder / "collection",
        "real",
        [Reading("own", lambda: papers)],
        # Without the vectors that come with the program.
        ComputingEmbedder(embedder),
        ChromaStore(folder / "chroma"),
        lock_file=folder / "lock",
        progress=clock.progress,
    )
    clock.turn("done")


def _seconds(build: Callable[[Path], object]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        build(Path(folder))
        return time.perf_counter() - began


def keep_figures(figures: Sequence[Figure], file: Path) -> None:
    """Write them down, as they take long to make."""
    kept = [[one.what, one.value, one.unit, one.limit, one.side] for one in figures]
    file.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def kept_figures(file: Path) -> list[Figure]:
    """Those that were written down; none where there is no file."""
    return [Figure(*one) for one in json.loads(file.read_text(encoding="utf-8"))] if file.is_file() else []
