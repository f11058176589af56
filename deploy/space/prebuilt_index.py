"""The index that travels with the Space, built once and kept for as long as it fits the papers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from app.build import build_retriever, collection_papers, indexed_expansion_queries
from app.settings import Settings
from retrieval.ingest import index_fingerprint
from retrieval.models.embedding import open_embedder
from retrieval.types import Progress, no_progress


def prebuilt_index(kept: Path, progress: Progress = no_progress, note: Callable[[str], None] = print) -> Path:
    """The Chroma folder of the shipped papers under `kept`, built where it is not there.

    Kept, because Chroma gives its folders random names: so the Space's folder stays the same
    from one assembly to the next. Raises `PaperbackedError` where it cannot be built.
    """
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".index.", dir=kept) as home:
        settings = Settings(home=Path(home))
        papers = collection_papers(settings)
        embedder = open_embedder(settings.embedding)
        finished = kept / index_fingerprint(papers, embedder, indexed_expansion_queries(settings, papers))[:24]
        if not finished.is_dir():
            build_retriever(settings, papers, progress, note, embedder).store.reopen()
            (Path(home) / "chroma").rename(finished)
    return finished
