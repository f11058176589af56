"""Decide whether the papers answer at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval.types import Passage, Sentence

MIDPOINT = 0.40
"""Best similarity at which answering and abstaining were equally right in a first trial (docs/experiments.md).

How well that holds on the dev questions is measured by benchmarks/abstention.py.
"""
STEEPNESS = 18.0
ANSWER_FROM = 0.5


def confidence(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> float:
    """The chance, in [0, 1], that these passages answer: a logistic curve over the best similarities."""
    best_sentence = max((sentence.score for sentence in sentences), default=0.0)
    best_passage = max((passage.score for passage in passages), default=0.0)
    best = (best_sentence + best_passage) / 2
    return 1 / (1 + math.exp(-STEEPNESS * (best - MIDPOINT)))
