"""The questions written for papers with their vectors: few enough to be kept in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from retrieval.types import ExpansionQuery


class ExpansionIndex:
    """Questions with their `vectors` (float32, [questions, dimensions], unit length), in the same order."""

    def __init__(self, questions: Sequence[ExpansionQuery], vectors: np.ndarray) -> None:
        self.questions = tuple(questions)
        self.vectors = vectors
        places: dict[str, list[int]] = {}
        for place, question in enumerate(self.questions):
            places.setdefault(question.paper_id, []).append(place)
        self._places = {paper: np.array(own) for paper, own in places.items()}

    @property
    def papers(self) -> tuple[str, ...]:
        """The ids of the papers that questions were written for."""
        return tuple(self._places)

    def with_more(self, questions: Sequence[ExpansionQuery], vectors: np.ndarray) -> ExpansionIndex:
        """The same with these besides."""
        joined = np.concatenate([self.vectors, vectors]) if self.questions else vectors
        return ExpansionIndex((*self.questions, *questions), joined)

    def near(self, vector: np.ndarray, papers: Iterable[str]) -> list[tuple[ExpansionQuery, float]]:
        """The questions of those papers, each with its cosine similarity to a unit vector."""
        wanted = np.sort(self._of(papers))
        similarities = self._similarities(vector, wanted).tolist()
        return [(self.questions[place], near) for place, near in zip(wanted.tolist(), similarities, strict=True)]

    def nearest_papers(self, vector: np.ndarray, count: int, papers: Iterable[str]) -> dict[str, float]:
        """Of the `count` questions nearest to a unit vector, among those of `papers`: their papers, nearest first,
        with the similarity of the nearest question."""
        wanted = np.sort(self._of(papers))
        similarities = self._similarities(vector, wanted)
        best: dict[str, float] = {}
        for at in np.argsort(-similarities, kind="stable")[:count].tolist():
            best.setdefault(self.questions[int(wanted[at])].paper_id, float(similarities[at]))
        return best

    def _of(self, papers: Iterable[str]) -> np.ndarray:
        own = [self._places[paper] for paper in dict.fromkeys(papers) if paper in self._places]
        return np.concatenate(own) if own else np.zeros(0, dtype=int)

    def _similarities(self, vector: np.ndarray, places: np.ndarray) -> np.ndarray:
        if not len(places):
            return np.zeros(0)
        # All of them: to pick out rows first takes longer.
        return np.clip(np.nan_to_num((self.vectors @ vector)[places], nan=-1.0), -1.0, 1.0)
