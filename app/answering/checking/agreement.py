"""How far evidence agrees with a claim, as the figures that the support check weighs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from app.answering.checking.claims import Claim, bare, holds_figure, read_claim
from app.answering.checking.polarity import opposed
from app.answering.checking.vocabulary import Vocabulary

WORDING = ("coverage", "sentence", "pairs", "rarest", "names")
SIMILARITY = ("similarity", "together")
TURNS = ("denial", "assertion", "flipped", "opposite", "name", "count")
STEM_CHARS = 5
"""Words of the same first letters are nearly the same: "persist" and "persistence"."""
NEARLY = 0.8
FEW = 3
"""Sentences that a claim may be drawn from."""


@dataclass(frozen=True, slots=True)
class QuotedEvidence:
    """Sentences of quotes as claims, their unit vectors where there is a model, and what goes with them.

    `about` is what is known of the papers quoted, such as title, organisation and date.
    """

    sentences: tuple[Claim, ...]
    about: tuple[Claim, ...] = ()
    vectors: np.ndarray | None = None

    @classmethod
    def together(cls, parts: Sequence[QuotedEvidence]) -> QuotedEvidence:
        """The evidence of all parts."""
        vectors = [part.vectors for part in parts if part.vectors is not None]
        return cls(
            tuple(sentence for part in parts for sentence in part.sentences),
            tuple(one for part in parts for one in part.about),
            np.concatenate(vectors) if vectors else None,
        )

    @property
    def everyone(self) -> tuple[Claim, ...]:
        """Sentences and what goes with them."""
        return (*self.sentences, *self.about)


def read_quoted_evidence(
    sentences: Sequence[str], about: str, vocabulary: Vocabulary, vectors: np.ndarray | None = None
) -> QuotedEvidence:
    """The evidence of these sentences of one paper; `vectors` has a row for each."""
    read = tuple(read_claim(sentence, vocabulary) for sentence in sentences)
    return QuotedEvidence(read, (read_claim(about, vocabulary),), vectors)


def features(
    claim: Claim, evidence: QuotedEvidence, vocabulary: Vocabulary, vector: np.ndarray | None = None
) -> dict[str, float]:
    """What the decision rests on; `vector` is the claim's unit vector where there is a model.

    `WORDING`: the share of the claim's words, by rarity, that all evidence and that its
    nearest sentence has; of its neighbouring words that one sentence has together; the
    rarity of the rarest missing word; the share of names.
    `SIMILARITY`: cosine to the nearest sentence, and to the nearest few together.
    `TURNS`: whether only the claim has a denial, or only its nearest sentence; whether a word
    of both is what just one of them denies; whether one says the opposite; whether the
    claim has a name or a number word that the evidence lacks. Each counts by how near the
    sentence is otherwise, as a copy with one change is no paraphrase.
    """
    if not claim.words or not evidence.sentences:
        return dict.fromkeys((*WORDING, *SIMILARITY, *TURNS), 0.0)
    shares = [_share(claim, sentence.words, vocabulary) for sentence in evidence.sentences]
    near, nearest = max(shares), evidence.sentences[int(np.argmax(shares))]
    everything = {word for one in evidence.everyone for word in one.words}
    beginnings = _beginnings(everything)
    missing = [word for word in claim.words if not _held(word, everything, beginnings)]
    figures = {figure for one in evidence.everyone for figure in one.figures | one.counts}
    spelt = {bare(token) for one in evidence.everyone for token in (*one.tokens, *one.names)}
    named = _part(sum(_is_spelt(name, spelt) for name in claim.names), len(claim.names))
    similarity, together = _similarities(vector, evidence)
    return {
        "coverage": _share(claim, everything, vocabulary),
        "sentence": near,
        "pairs": _pairs(claim, evidence),
        "rarest": max((vocabulary.weight(word) for word in missing), default=0.0),
        "names": named,
        "similarity": similarity,
        "together": together,
        "assertion": near * (claim.denials < nearest.denials),
        "flipped": near * _flipped(claim, nearest),
        "denial": near * (claim.denials > nearest.denials),
        "opposite": near * opposed(claim.tokens, nearest.tokens),
        "name": near * (named < 1),
        "count": near * (not claim.counts <= figures),
    }


def figures_hold(claim: Claim, evidence: QuotedEvidence) -> bool:
    """Whether the evidence has every figure of the claim."""
    held = frozenset(figure for one in evidence.everyone for figure in one.figures | one.counts)
    return all(holds_figure(figure, held) for figure in claim.figures)


def _similarities(vector: np.ndarray | None, evidence: QuotedEvidence) -> tuple[float, float]:
    if vector is None or evidence.vectors is None:
        return 0.0, 0.0
    similarities = evidence.vectors @ vector
    together = evidence.vectors[np.argsort(-similarities, kind="stable")[:FEW]].mean(axis=0)
    norm = float(np.linalg.norm(together))
    return float(similarities.max()), float(together @ vector) / (norm or 1.0)


def _part(count: int, total: int) -> float:
    return count / total if total else 1.0


def _share(claim: Claim, evidence: Collection[str], vocabulary: Vocabulary) -> float:
    beginnings = _beginnings(evidence)
    weights = {word: vocabulary.weight(word) for word in claim.words}
    held = sum(weight * _held(word, evidence, beginnings) for word, weight in weights.items())
    return held / sum(weights.values())


def _beginnings(words: Collection[str]) -> frozenset[str]:
    return frozenset(word[:STEM_CHARS] for word in words if len(word) >= STEM_CHARS)


def _held(word: str, words: Collection[str], beginnings: frozenset[str]) -> float:
    if word in words:
        return 1.0
    return NEARLY if len(word) >= STEM_CHARS and word[:STEM_CHARS] in beginnings else 0.0


def _pairs(claim: Claim, evidence: QuotedEvidence) -> float:
    pairs = list(pairwise(claim.order))
    held = sum(any(one in s.words and two in s.words for s in evidence.sentences) for one, two in pairs)
    return _part(held, len(pairs))


def _is_spelt(name: str, words: Collection[str]) -> bool:
    return name in words or (len(name) >= STEM_CHARS and any(name in word for word in words))


def _flipped(claim: Claim, sentence: Claim) -> bool:
    """Whether a word of both is what just one of them denies: "removes" and "does not remove"."""
    return any(denied != sentence.words.get(word, denied) for word, denied in claim.words.items())
