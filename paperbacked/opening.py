"""A collection opened from Python: settings come from the environment, and what is given goes before them."""

from __future__ import annotations

from pathlib import Path

from app.build import build_answerer, build_retriever
from app.local_answerer import LocalAnswerer
from app.settings import read_settings
from retrieval.retriever import PaperRetriever
from retrieval.types import Progress, no_progress


def open_answerer(
    *,
    papers: str | Path | None = None,
    collection: str | None = None,
    home: str | Path | None = None,
    embedding: str | None = None,
    llm: str | None = None,
    llm_url: str | None = None,
    progress: Progress = no_progress,
) -> LocalAnswerer:
    """What answers questions over a collection, ready for the first one; docs/settings.md says what each word means.

    The first time an index is built, which takes some seconds; after that it is opened.
    `progress` is told of that. It may be used from several threads at once.

    Raises `InputError` for a setting that cannot be, `CorpusError` for papers that cannot be
    read, `IndexStoreError` and `ModelError` where index or embedding model cannot be had. A
    language model that cannot be had is no failure: quotes answer, and `models.note` says why.
    """
    settings = read_settings(
        papers=papers, collection=collection, home=home, embedding=embedding, llm=llm, llm_url=llm_url
    )
    return build_answerer(settings, progress, note=_unsaid)


def open_retriever(
    *,
    papers: str | Path | None = None,
    collection: str | None = None,
    home: str | Path | None = None,
    embedding: str | None = None,
    progress: Progress = no_progress,
) -> PaperRetriever:
    """A LangChain retriever over a collection, without what answers from it; otherwise as `open_answerer`.

    `invoke(question)` gives documents, best paper first, whose text is a passage and whose
    metadata holds the paper and the place of the passage in its abstract.
    """
    settings = read_settings(papers=papers, collection=collection, home=home, embedding=embedding)
    retriever = build_retriever(settings, progress, note=_unsaid)
    retriever.embedder.load()
    return retriever


def _unsaid(note: str) -> None:
    """Notes are for a terminal; a program reads `models.note`."""
