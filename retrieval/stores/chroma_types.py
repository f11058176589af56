"""What is used of Chroma, whose own types leave much open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypedDict

import numpy as np


class Rows(TypedDict):
    """Rows of a collection, column by column; a column that was not asked for is None in Chroma."""

    ids: list[str]
    embeddings: np.ndarray


class Hits(TypedDict):
    """Rows for each query, nearest first."""

    ids: list[list[str]]
    distances: list[list[float]]


class ChromaCollection(Protocol):
    """A collection of vectors."""

    @property
    def name(self) -> str: ...

    def count(self) -> int: ...

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
        ids: list[str] | None = None,
        n_results: int,
        include: list[str],
    ) -> Hits: ...

    def upsert(self, *, ids: list[str], embeddings: np.ndarray) -> None: ...


class ChromaClient(Protocol):
    """An open Chroma."""

    def get_max_batch_size(self) -> int: ...

    def list_collections(self) -> Sequence[ChromaCollection]: ...

    def get_collection(self, name: str, *, embedding_function: None) -> ChromaCollection: ...

    def get_or_create_collection(
        self, name: str, *, configuration: Mapping[str, Any], embedding_function: None
    ) -> ChromaCollection: ...

    def delete_collection(self, name: str) -> None: ...
