"""What a run that was stopped has left in a collection: files and staged papers that nobody asked to stay."""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress

from app.collection import readings_of
from app.collections.about import FILE as ABOUT_FILE
from app.ingredients import Ingredients, updated
from app.settings import Settings
from retrieval.adding.report import FOLDER as REPORTS
from retrieval.errors import PaperbackedError
from retrieval.ingest import only_one
from retrieval.models.embedder import Embedder
from retrieval.papers.papers import open_papers
from retrieval.types import no_progress

_KEPT = frozenset({ABOUT_FILE, REPORTS})
_log = logging.getLogger("paperbacked.collections")


def drop_leftovers(settings: Settings, embedder: Embedder) -> None:
    """Remove them from the settings' collection, so that they count against nobody; what cannot be removed now is when
    papers are added next."""
    with suppress(PaperbackedError, OSError):
        if papers := open_papers(settings.collection_folder):
            papers.close()
            updated(Ingredients(settings, embedder), readings_of(settings), no_progress, _log.info)
            return
        with only_one(settings.home / "index.lock"):
            if open_papers(settings.collection_folder) is None:
                _empty(settings)


def _empty(settings: Settings) -> None:
    for left in settings.collection_folder.iterdir():
        if left.name in _KEPT:
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
