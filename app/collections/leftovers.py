"""What a run that was stopped has left in a collection: files and staged papers that nobody asked to stay."""

from __future__ import annotations

import logging
from contextlib import suppress

from app.collection import drop_unfinished, readings_of
from app.ingredients import Ingredients, updated
from app.settings import Settings
from retrieval.errors import PaperbackedError
from retrieval.models.embedder import Embedder
from retrieval.papers.papers import open_papers
from retrieval.types import no_progress

_log = logging.getLogger("paperbacked.collections")


def drop_leftovers(settings: Settings, embedder: Embedder) -> None:
    """Remove them from the settings' collection, so that they count against nobody; what cannot be removed now is when
    papers are added next."""
    with suppress(PaperbackedError, OSError):
        if papers := open_papers(settings.collection_folder):
            papers.close()
            updated(Ingredients(settings, embedder), readings_of(settings), no_progress, _log.info)
            return
        drop_unfinished(settings)
