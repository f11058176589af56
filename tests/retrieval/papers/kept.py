"""Papers kept in a folder, and opened from it: what tests of the database share."""

from __future__ import annotations

from pathlib import Path

from retrieval.chunking import passage_spans
from retrieval.papers.database import writable
from retrieval.papers.papers import Papers, open_papers
from retrieval.papers.writing import PapersWriter
from retrieval.types import Paper


def add(folder: Path, *papers: Paper, removed: tuple[str, ...] = ()) -> None:
    """Switch over to a generation with these papers, and without those of the ids `removed`."""
    writer = PapersWriter(writable(folder))
    writer.stage(papers, passage_spans, "own")
    writer.settle(removed=removed)
    writer.commit("made", ())
    writer.close()


def opened(folder: Path) -> Papers:
    """The papers of a folder that has some."""
    papers = open_papers(folder)
    assert papers is not None
    return papers
