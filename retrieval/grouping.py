"""Passages by their papers: what all signals together say of a paper, and the best passages of the best ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from langchain_core.documents import Document

from retrieval.retrieval_weights import RetrievalWeights
from retrieval.types import Passage

PASSAGES_PER_PAPER = 2
"""Passages of an abstract that are given."""
TEXT_PASSAGES = 12
"""Passages of a full text that are given, at most."""
TEXT_BEHIND = 0.03
"""How much nearer the passage of a text must be than that of an abstract, of which a paper has few."""


def grouped(
    passages: Sequence[Passage],
    asked: Mapping[str, float],
    looked_up: Mapping[str, tuple[float, float]],
    weights: RetrievalWeights,
    papers: int,
) -> list[Passage]:
    """The passages of the best `papers` papers, best paper first, each with its paper's score.

    `passages` have cosines for scores. By the paper's id, `asked` has the cosine of its nearest question, and
    `looked_up` how well words and letters fit.
    """
    by_paper: dict[str, list[Passage]] = {}
    for passage in sorted(passages, key=lambda passage: -nearness(passage)):
        by_paper.setdefault(passage.paper.id, []).append(passage)
    scored: list[tuple[float, list[Passage]]] = []
    for paper, own in by_paper.items():
        words, letters = looked_up.get(paper, (0.0, 0.0))
        nearest = nearness(own[0])
        question = max(nearest, asked.get(paper, -1.0))
        dense = (1 - weights.questions) * nearest + weights.questions * question
        score = (weights.dense * dense + weights.lexical * words + weights.letters * letters) / (weights.total or 1.0)
        gave = {"question": question, "words": words, "letters": letters}
        scored.append((score, [_with_signals(passage, score, gave) for passage in _first(own)]))
    best = sorted(scored, key=lambda entry: -entry[0])[:papers]
    return [passage for _, group in best for passage in group]


def nearness(passage: Passage) -> float:
    """The cosine of a passage, of a text's less than it is."""
    return passage.score - TEXT_BEHIND * (passage.part == "text")


def _first(own: Sequence[Passage]) -> list[Passage]:
    """The first of a paper's passages, so many of either part."""
    most = {"abstract": PASSAGES_PER_PAPER, "text": TEXT_PASSAGES}
    given = Counter[str]()
    kept: list[Passage] = []
    for passage in own:
        given[passage.part] += 1
        if given[passage.part] <= most[passage.part]:
            kept.append(passage)
    return kept


def _with_signals(passage: Passage, score: float, gave: Mapping[str, float]) -> Passage:
    return replace(passage, score=score, signals={"passage": passage.score, **gave})


def as_document(passage: Passage) -> Document:
    """The passage as LangChain has it: its text, with the paper's record, the offsets and the score."""
    metadata = {
        **passage.paper.as_json(),
        "start": passage.start,
        "end": passage.end,
        "score": passage.score,
    }
    if passage.paper.text:
        metadata["part"] = passage.part
    return Document(page_content=passage.text, metadata=metadata)
