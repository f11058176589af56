"""The one place that chooses a vector store."""

from __future__ import annotations

from pathlib import Path

from retrieval.stores.base import VectorStore
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.several import SeveralStores


def open_store(where: Path | tuple[str, ...], token: str | None = None) -> VectorStore:
    """The store in a folder (a `Path`), or at one Chroma server or several (http(s) URLs).

    `token`, where the servers want one, is sent as a bearer token. Nothing is opened before it is used.
    """
    if isinstance(where, Path):
        return ChromaStore(where)
    if len(where) == 1:
        return ChromaStore(where[0], token)
    return SeveralStores({address: ChromaStore(address, token) for address in where})
