"""The one place that chooses a vector store."""

from __future__ import annotations

from pathlib import Path

from retrieval.stores.base import VectorStore
from retrieval.stores.chroma import ChromaStore


def open_store(where: Path | str) -> VectorStore:
    """The store in a folder (a `Path`) or at a Chroma server (an http(s) URL); nothing is opened before it is used."""
    return ChromaStore(where)
