"""What a collection has while nobody writes to it, for a run that only looks."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.papers.papers import Papers
from retrieval.types import Paper


class PapersKnown:
    """The papers that answer now, as `retrieval.papers.known.Known`; a collection that is not there has none."""

    def __init__(self, papers: Papers | None) -> None:
        self._papers = papers

    def by_id(self, paper_id: str) -> Paper | None:
        """See `Known`."""
        return self._papers.get(paper_id) if self._papers else None

    def by_keys(self, keys: Sequence[str]) -> dict[str, Paper]:
        """See `Known`."""
        return self._papers.by_keys(keys) if self._papers else {}

    def by_file(self, sha256: str) -> Paper | None:
        """See `Known`."""
        return self._papers.by_file(sha256) if self._papers else None
