"""Decide whether the papers answer at all: small calibrated models over what retrieval found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.logistic import Logistic, read_logistic
from app.languages import LANGUAGES
from retrieval.errors import ModelError
from retrieval.lexical.tokens import content_words, words_of_paper
from retrieval.models.embedder import Embedder
from retrieval.retriever import PaperRetriever
from retrieval.types import Passage, Sentence

MODEL_FILE = "models/answerability.json"
FEATURES = ("passage", "question", "sentence")
"""The question's highest similarity to a passage, to a written question or a passage, and to a sentence; in standard
deviations above that of texts that have nothing to do with each other (`scale_of`)."""
PLAIN_FEATURES = ("passage", "sentence")
ASKING = frozenset(content_words(" ".join(language.evidence.asking for language in LANGUAGES)))
"""Words of which a question is made, whatever it is about."""
WORDED_FROM = 0.75
"""The share of a question's words that a paper must use."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`confidence` is the chance, in [0, 1], that the papers answer; `answers` says whether that is enough."""

    confidence: float
    answers: bool


@dataclass(frozen=True, slots=True)
class ThresholdedModel:
    """From the chance `threshold` on, the papers answer, unless another threshold is wanted.

    `vector` are further weights, for the coordinates of the question's vector; empty where it has no say.
    """

    logistic: Logistic
    threshold: float
    vector: tuple[float, ...] = ()

    def verdict(self, given: Mapping[str, float], vector: np.ndarray, threshold: float | None = None) -> Judgement:
        """The verdict on these features and the question's vector."""
        further = float(np.dot(self.vector, vector)) if self.vector else 0.0
        chance = self.logistic.chance(given, further)
        return Judgement(chance, chance >= (self.threshold if threshold is None else threshold))


@dataclass(frozen=True, slots=True)
class AnswerabilityModel:
    """What is known of questions that papers answer, and of others.

    `asked` knows what people ask of papers with written questions, by the vectors of
    the embedding model whose fingerprint is `embedding` and whose `scale_of` is
    `scale`. `scored` knows it by the scores alone, with any model; `plain` is for
    papers without written questions, and tells only what is far off.
    """

    embedding: str
    scale: tuple[float, float]
    asked: ThresholdedModel
    scored: ThresholdedModel
    plain: ThresholdedModel


class Answerability:
    """Judges whether the papers that a retriever found answer a question.

    A question of which one of them uses nearly all words is judged plainly too: asked in
    the papers' own words it is unlike those that people wrote without having read them.
    With `answer_from` that chance is enough, whatever the models were fitted with.
    """

    def __init__(self, model: AnswerabilityModel, retriever: PaperRetriever, answer_from: float | None = None) -> None:
        self._model = model
        self._answer_from = answer_from
        self._retriever = retriever
        self._fits = retriever.embedder.fingerprint == model.embedding

    def judge(self, question: str, passages: Sequence[Passage], sentences: Sequence[Sentence]) -> Judgement:
        """The verdict on what was found; `question` is the last one asked, without what came before it."""
        if not passages:
            return Judgement(0.0, False)
        given, vector = features(passages, sentences, self._scale), self._retriever.vector(question)
        plain = self._model.plain.verdict(given, vector, self._answer_from)
        if passages[0].paper.id not in self._retriever.expansion_queries:
            return plain
        model = self._model.asked if self._fits else self._model.scored
        verdict = model.verdict(given, vector, self._answer_from)
        return plain if not verdict.answers and plain.answers and self._is_worded(question, passages) else verdict

    def _is_worded(self, question: str, passages: Sequence[Passage]) -> bool:
        """Whether one of the papers uses nearly all words of the question."""
        glossary = self._retriever.glossary
        words = set(content_words(glossary.in_english(question) if glossary else question)) - ASKING
        most = max((len(words & words_of_paper(passage.paper)) for passage in passages), default=0)
        return bool(words) and most >= WORDED_FROM * len(words)

    @cached_property
    def _scale(self) -> tuple[float, float]:
        return self._model.scale if self._fits else scale_of(self._retriever.embedder)


def features(
    passages: Sequence[Passage], sentences: Sequence[Sentence], scale: tuple[float, float]
) -> dict[str, float]:
    """The `FEATURES` of what was found for a question, by the embedding model's `scale_of`."""
    mean, spread = scale
    nearest = {
        "passage": max(passage.signals.get("passage", mean) for passage in passages),
        "question": max(passage.signals.get("question", mean) for passage in passages),
        "sentence": max((sentence.score for sentence in sentences), default=mean),
    }
    return {name: (similarity - mean) / spread for name, similarity in nearest.items()}


UNRELATED = (
    "chocolate cake recipe",
    "night trains to coastal towns",
    "gradient descent convergence",
    "breach of contract ruling",
    "humpback whale songs",
    "women's marathon record",
    "central bank interest rates",
    "gall bladder surgery",
    "Roman road construction",
    "enzyme reaction kinetics",
    "symphony orchestra rehearsal",
    "crop rotation on farms",
    "mayoral election campaign",
    "distant galaxy photographs",
    "database index performance",
    "mixing watercolour paints",
)
"""Texts that have nothing to do with each other."""


def scale_of(embedder: Embedder) -> tuple[float, float]:
    """Mean and standard deviation of the model's similarities of unrelated texts.

    They differ between embedding models, and so does what a similarity means: in
    these units one of another model can be weighed.
    """
    vectors = embedder.embed(UNRELATED)
    similarities = (vectors @ vectors.T)[np.triu_indices(len(UNRELATED), 1)]
    return float(similarities.mean()), max(float(similarities.std()), 1e-6)


@cache
def read_answerability(file: Path) -> AnswerabilityModel:
    """The models of a JSON file that `python -m benchmarks.answerability` wrote. Raises `ModelError`."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        mean, spread = map(float, record["scale"])
        asked, scored = (_chance(record[name], FEATURES) for name in ("asked", "scored"))
        plain = _chance(record["plain"], PLAIN_FEATURES)
        return AnswerabilityModel(str(record["embedding"]), (mean, spread), asked, scored, plain)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The answerability model {file.name} cannot be used: reinstall the program.") from error


def _chance(record: Mapping[str, Any], known: Sequence[str]) -> ThresholdedModel:
    logistic = read_logistic(record)
    if tuple(logistic.weights) != tuple(known):
        raise ValueError("other features")
    return ThresholdedModel(logistic, float(record["threshold"]), tuple(map(float, record.get("vector", ()))))
