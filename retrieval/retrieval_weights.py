"""How much each signal of the retriever weighs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetrievalWeights:
    """What a paper's score is made of; a weight of 0 leaves a signal out.

    `dense` weighs the cosine similarity of the paper's nearest passage. Of that,
    the share `questions` may instead come from the nearest question written for
    the paper, where that is nearer. `lexical` weighs BM25, `letters` the cosine
    of letter n-grams, which survives typing errors. `glossary` reads Chinese
    questions in English words, and everyday words with the terms for them. The weights were chosen on the development
    questions (docs/experiments.md).
    """

    dense: float = 1.0
    questions: float = 0.5
    lexical: float = 1.0
    letters: float = 1.0
    glossary: bool = True

    @property
    def total(self) -> float:
        """The sum of the weights, by which a score is divided to stay in [-1, 1]."""
        return self.dense + self.lexical + self.letters
