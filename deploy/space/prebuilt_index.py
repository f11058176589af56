"""The index that travels with the Space, built once and kept for as long as it fits the papers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from app.build import Ingredients, build_retriever
from app.collection import readings_of
from app.settings import Settings
from deploy.space.files.space import INDEX_PARTS
from retrieval.papers.database import close_for_copying
from retrieval.types import Progress, no_progress


def prebuilt_index(kept: Path, progress: Progress = no_progress, note: Callable[[str], None] = print) -> Path:
    """A folder under `kept` with what a home folder has of the shipped papers: vectors, papers and words.

    It is built where it is not there. Kept, because Chroma and the index of words give their files random names: so
    the Space's folder stays the same from one assembly to the next. Raises `PaperbackedError` where it cannot be built.
    """
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".index.", dir=kept) as home:
        settings = Settings(home=Path(home))
        finished = kept / _key(settings)
        if not finished.is_dir():
            retriever = build_retriever(settings, progress, note)
            retriever.papers.close()
            retriever.store.reopen()
            close_for_copying(settings.collection_folder)
            draft = Path(home) / "index"
            draft.mkdir()
            for part in INDEX_PARTS:
                (Path(home) / part).rename(draft / part)
            draft.rename(finished)
    return finished


def _key(settings: Settings) -> str:
    """What an index of these papers, made with this model, is kept under."""
    signatures = [reading.signature for reading in readings_of(settings)]
    return sha256("\n".join([Ingredients(settings).made_with, *signatures]).encode()).hexdigest()[:24]
