"""Papers of several files as one collection, and the hash by which an index knows its papers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from retrieval.readers.jsonl import as_line
from retrieval.types import Paper


def merged(collections: Iterable[Sequence[Paper]]) -> tuple[Paper, ...]:
    """Papers of several files as one collection; a later paper replaces an earlier one of the same id."""
    papers: dict[str, Paper] = {}
    for collection in collections:
        for paper in collection:
            papers[paper.id] = paper
    return tuple(papers.values())


def corpus_hash(papers: Sequence[Paper]) -> str:
    """SHA-256 over all fields of all papers in order."""
    digest = hashlib.sha256()
    for paper in papers:
        digest.update(as_line(paper).encode())
        digest.update(b"\n")
    return digest.hexdigest()
