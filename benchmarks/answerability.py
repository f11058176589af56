"""Fit the models that decide whether the papers answer: `python -m benchmarks.answerability`.

They are fitted on the training questions. Those that papers answer stand in the index
themselves, so of each the similarity to itself is left out. The development questions
calibrate the chances, set the thresholds, and say how well it does.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.collection.records import Records
from app.answering.evidence.answerability import FEATURES, MODEL_FILE, PLAIN_FEATURES, features, scale_of
from app.answering.evidence.selection import passages_to_read
from app.answering.query.conversation import standalone_question
from app.build import build_retriever
from app.evaluation.reports import as_asked
from app.quiet import silence_libraries
from app.settings import read_settings
from retrieval.evaluation.metrics import auroc
from retrieval.lexical.words import words_in_memory
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.retriever import PaperRetriever
from retrieval.shipped import default_questions_file, shipped_file

FOLDS = 10
FALSE_REFUSALS = 0.07
"""The share of answerable development questions that may be refused; it sets the thresholds. Below the target of a
tenth, because other questions are refused more often than those that the threshold was set on …"""
PLAIN_FALSE_REFUSALS = 0.05
"""… and that for papers without written questions, where less is known."""
STRENGTH = 0.015
"""The inverse of the penalty on the weights, chosen by cross-validation over papers on the training questions."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked: whether papers answer it, the paper found first, its features and its vector."""

    answerable: bool
    paper: str
    features: dict[str, float]
    vector: np.ndarray


def main() -> None:
    """Fit, report on the development questions, and write data/models/answerability.json."""
    silence_libraries()
    train, dev = (read_labelled_questions(default_questions_file(f"{name}.jsonl")) for name in ("train", "dev"))
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings(home=Path(home), llm="none")
        retriever = build_retriever(settings)
        scale = scale_of(retriever.embedder)
        given, known = (ask_all(retriever, questions, scale) for questions in (train, dev))
    record = {
        "embedding": retriever.embedder.fingerprint,
        "scale": [round(value, 5) for value in scale],
        "asked": fitted("asked", given, known, FEATURES, FALSE_REFUSALS, with_vector=True),
        "scored": fitted("scored", given, known, FEATURES, FALSE_REFUSALS),
        "plain": fitted("plain", given, known, PLAIN_FEATURES, PLAIN_FALSE_REFUSALS),
    }
    shipped_file(MODEL_FILE).write_text(json.dumps(record) + "\n", encoding="utf-8")


def ask_all(
    retriever: PaperRetriever,
    questions: Iterable[LabelledQuestion],
    scale: tuple[float, float],
) -> list[Asked]:
    """The questions as the chain asks them, each as though it were not among the written ones."""
    records = Records(retriever.papers, words_in_memory(retriever.papers))
    mean, spread = scale
    all_asked = []
    for question in questions:
        asked = as_asked(question)
        query = standalone_question(asked, records)
        passages = retriever.passages(query)
        sentences = retriever.sentences(query, passages_to_read(passages), focus=asked.text)
        given = features(passages, sentences, scale)
        near = retriever.questions(query, {passage.paper.id: passage.paper for passage in passages}.values())
        others = [(score - mean) / spread for written, score in near if written.text != question.joined]
        given["question"] = max(given["passage"], *others)
        all_asked.append(Asked(bool(question.papers), passages[0].paper.id, given, retriever.vector(asked.text)))
    return all_asked


def fitted(
    name: str,
    train: Sequence[Asked],
    dev: Sequence[Asked],
    used: Sequence[str],
    false_refusals: float,
    *,
    with_vector: bool = False,
) -> dict[str, Any]:
    """The model's record: fitted on `train`, calibrated and with a threshold by `dev`. Prints how well it does."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    given, known = (_matrix(questions, used, with_vector) for questions in (train, dev))
    answerable, right = (np.array([question.answerable for question in questions]) for questions in (train, dev))
    scaler, regression = StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5_000)
    model = make_pipeline(scaler, regression)
    folds = list(GroupKFold(FOLDS).split(given, answerable, [question.paper for question in train]))
    apart: np.ndarray = np.asarray(cross_val_predict(model, given, answerable, cv=folds, method="decision_function"))
    model.fit(given, answerable)
    # Platt's scaling (1999): the training questions are harder, and fewer of them are answered.
    logits = np.asarray(model.decision_function(known))[:, np.newaxis]
    calibration = LogisticRegression(C=np.inf).fit(logits, right)
    chance: np.ndarray = np.asarray(calibration.predict_proba(logits))[:, 1]
    threshold = float(np.quantile(chance[right], false_refusals))
    print(
        f"{name}: AUROC on dev {auroc(chance[right], chance[~right]):.3f}, "
        f"on train by papers {auroc(apart[answerable], apart[~answerable]):.3f}; from {threshold:.3f} on, "
        f"{np.mean(chance[right] < threshold):.1%} of dev are falsely refused "
        f"and {np.mean(chance[~right] >= threshold):.1%} falsely answered"
    )
    slope, shift = float(np.asarray(calibration.coef_)[0, 0]), float(np.asarray(calibration.intercept_)[0])
    weights = np.asarray(regression.coef_)[0] / np.asarray(scaler.scale_)
    bias = float(np.asarray(regression.intercept_)[0] - (weights * np.asarray(scaler.mean_)).sum())
    rounded = [round(slope * float(weight), 4) for weight in weights]
    record: dict[str, Any] = {
        "weights": dict(zip(used, rounded, strict=False)),
        "bias": round(slope * bias + shift, 4),
        "threshold": round(threshold, 4),
    }
    return record | ({"vector": rounded[len(used) :]} if with_vector else {})


def _matrix(questions: Sequence[Asked], used: Sequence[str], with_vector: bool) -> np.ndarray:
    rows = np.array([[question.features[name] for name in used] for question in questions])
    # A coordinate that hardly varies would get a huge weight, and another processor's rounding a say with it.
    vectors = np.round([question.vector for question in questions], 3)
    return np.hstack([rows, vectors]) if with_vector else rows


if __name__ == "__main__":
    main()
