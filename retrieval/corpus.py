"""The hash by which it is known whether two collections hold the same papers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from retrieval.readers.jsonl import as_line
from retrieval.types import Paper

HASH_BYTES = 32


def paper_digest(paper: Paper) -> bytes:
    """SHA-256 over all fields of a paper, and over its full text where there is one."""
    if paper.text is None:
        return hashlib.sha256(as_line(paper).encode()).digest()
    fields = as_line(replace(paper, text=None))
    return hashlib.sha256(f"{fields}\0{paper.text.digest}".encode()).digest()


def corpus_hash(papers: Iterable[Paper]) -> str:
    """The hash of all papers, whatever their order."""
    return added_up(map(paper_digest, papers))


def added_up(digests: Iterable[bytes], removed: Iterable[bytes] = (), before: str = "") -> str:
    """The hash `before`, with papers of those digests added and others removed.

    A sum, modulo 2**256: to add papers one need not read those that are there.
    """
    total = int(before or "0", 16)
    total += sum(int.from_bytes(digest) for digest in digests) - sum(int.from_bytes(digest) for digest in removed)
    return f"{total % (1 << 8 * HASH_BYTES):0{2 * HASH_BYTES}x}"
