"""The development figure by which epochs are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from retrieval.chunking import chunk_paper
from retrieval.evaluation.metrics import hit, reciprocal_rank
from retrieval.evaluation.questions import LabelledQuestion
from retrieval.glossary import Glossary
from retrieval.types import Paper


def development_score(
    papers: Sequence[Paper], questions: Sequence[LabelledQuestion], glossary: Glossary
) -> Callable[[Any], float]:
    """A function of a model: the mean of hit@1 and MRR@10 over the answerable questions, by passages alone."""
    chunks = [chunk for paper in papers for chunk in chunk_paper(paper)]
    owners = np.array([chunk.paper_id for chunk in chunks])
    asked = [question for question in questions if question.papers]
    texts = [glossary.in_english(question.joined) or question.joined for question in asked]

    def score(model: Any) -> float:
        encode = model.encode
        given = np.asarray(
            encode([chunk.embedded for chunk in chunks], normalize_embeddings=True, show_progress_bar=False)
        )
        nearness = np.asarray(encode(texts, normalize_embeddings=True, show_progress_bar=False)) @ given.T
        figures = []
        for question, row in zip(asked, nearness, strict=True):
            ranking = list(dict.fromkeys(owners[np.argsort(-row, kind="stable")].tolist()))
            grades = dict.fromkeys(question.papers, 1)
            figures.append((hit(ranking, grades, 1) + reciprocal_rank(ranking, grades)) / 2)
        return float(np.mean(figures))

    return score
