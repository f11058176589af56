"""The questions written for papers with their vectors: few enough to be kept in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.chunking import chunk_questions
from retrieval.stores.base import Index, VectorStore
from retrieval.types import ExpansionQuery, Paper


@dataclass(frozen=True, slots=True, eq=False)
class ExpansionIndex:
    """`vectors` (float32, [questions, dimensions], unit length) in the order of `questions`."""

    questions: tuple[ExpansionQuery, ...]
    vectors: np.ndarray

    def near(self, vector: np.ndarray, papers: Iterable[str]) -> list[tuple[ExpansionQuery, float]]:
        """The questions of those papers, each with its cosine similarity to a unit vector."""
        wanted = set(papers)
        similarities = self._similarities(vector)
        pairs = zip(self.questions, similarities, strict=True)
        return [(question, near) for question, near in pairs if question.paper_id in wanted]

    def nearest_papers(self, vector: np.ndarray, count: int, papers: Iterable[str]) -> dict[str, float]:
        """Of the `count` questions nearest to a unit vector, among those of `papers`: their papers, nearest first,
        with the similarity of the nearest question."""
        best: dict[str, float] = {}
        for question, near in sorted(self.near(vector, papers), key=lambda pair: -pair[1])[:count]:
            best.setdefault(question.paper_id, near)
        return best

    def _similarities(self, vector: np.ndarray) -> list[float]:
        if not self.questions:
            return []
        return np.clip(np.nan_to_num(self.vectors @ vector, nan=-1.0), -1.0, 1.0).tolist()


def read_expansion_index(
    store: VectorStore, index: Index, written: Mapping[str, Sequence[ExpansionQuery]]
) -> ExpansionIndex:
    """Those of the written questions that the index holds. Raises `IndexStoreError`, as the store does."""
    ids = {question: _chunk_id(question) for own in written.values() for question in own}
    vectors = store.question_vectors(index, list(dict.fromkeys(ids.values()))) if ids else {}
    held = tuple(question for question, chunk in ids.items() if chunk in vectors)
    return ExpansionIndex(held, np.stack([vectors[ids[question]] for question in held]) if held else np.zeros((0, 0)))


def _chunk_id(question: ExpansionQuery) -> str:
    [chunk] = chunk_questions(Paper(question.paper_id, None, "", "en"), [question.embedded])
    return chunk.id
