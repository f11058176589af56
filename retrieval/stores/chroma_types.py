"""What is used of Chroma, whose own types leave much open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypedDict

import numpy as np

from retrieval.stores.stored_passage import FieldValue

Metadata = Mapping[str, FieldValue]


class Rows(TypedDict):
    """Rows of a collection, column by column; a column that was not asked for is None in Chroma."""

    ids: list[str]
    documents: list[str | None]
    metadatas: list[Metadata | None]
    embeddings: np.ndarray


class Hits(TypedDict):
    """Rows for each query, nearest first."""

    ids: list[list[str]]
    documents: list[list[str | None]]
    metadatas: list[list[Metadata | None]]
    embeddings: list[np.ndarray]


class ChromaCollection(Protocol):
    """A collection of vectors."""

    @property
    def name(self) -> str: ...

    @property
    def metadata(self) -> Metadata | None: ...

    def get(
        self,
        *,
        ids: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        include: list[str],
    ) -> Rows: ...

    def query(
        self,
        *,
        query_embeddings: list[np.ndarray],
        n_results: int,
        where: Mapping[str, Any] | None = None,
        include: list[str] = ...,
    ) -> Hits: ...

    def upsert(
        self, *, ids: list[str], embeddings: np.ndarray, documents: list[str], metadatas: Sequence[Metadata]
    ) -> None: ...

    def modify(self, *, metadata: Metadata) -> None: ...


class ChromaClient(Protocol):
    """An open Chroma."""

    def list_collections(self) -> Sequence[ChromaCollection]: ...

    def get_collection(self, name: str, *, embedding_function: None) -> ChromaCollection: ...

    def get_or_create_collection(
        self, name: str, *, metadata: Metadata, configuration: Mapping[str, Any], embedding_function: None
    ) -> ChromaCollection: ...

    def delete_collection(self, name: str) -> None: ...
