"""How a model does by itself: papers ranked by their nearest passage, without any other signal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from retrieval.chunking import chunk_paper
from retrieval.evaluation.metrics import hit, reciprocal_rank
from retrieval.lexical.glossary import Glossary
from retrieval.models.sentence_encoder import SentenceEncoder
from retrieval.questions.labelled import LabelledQuestion
from retrieval.types import Paper

Encode = Callable[[Sequence[str]], np.ndarray]
"""Texts as unit vectors, shape [texts, dimensions]."""


def passage_rankings(encode: Encode, papers: Iterable[Paper], queries: Sequence[str]) -> list[list[str]]:
    """For each query the ids of all papers, nearest passage first."""
    chunks = [chunk for paper in papers for chunk in chunk_paper(paper)]
    owners = np.array([chunk.paper_id for chunk in chunks])
    given = encode([chunk.embedded for chunk in chunks])
    nearness = encode(queries) @ given.T
    return [list(dict.fromkeys(owners[np.argsort(-row, kind="stable")].tolist())) for row in nearness]


def as_queries(questions: Iterable[LabelledQuestion], glossary: Glossary) -> list[str]:
    """The questions as they are searched for: after their history, Chinese in English words."""
    return [glossary.in_english(question.joined) or question.joined for question in questions]


def development_score(
    papers: Sequence[Paper], questions: Sequence[LabelledQuestion], glossary: Glossary
) -> Callable[[SentenceEncoder], float]:
    """A function of a model: the mean of hit@1 and MRR over the answerable questions, by passages alone."""
    asked = [question for question in questions if question.papers]
    queries = as_queries(asked, glossary)

    def score(model: SentenceEncoder) -> float:
        def encode(texts: Sequence[str]) -> np.ndarray:
            return np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))

        figures: list[float] = []
        for question, ranking in zip(asked, passage_rankings(encode, papers, queries), strict=True):
            grades = dict.fromkeys(question.papers, 1)
            figures.append((hit(ranking, grades, 1) + reciprocal_rank(ranking, grades)) / 2)
        return float(np.mean(figures))

    return score
