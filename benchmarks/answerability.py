"""Fit the model that decides whether the papers answer: `python -m benchmarks.answerability`.

On the development questions and on the training questions that the papers do not
answer; those that they do answer stand in the index themselves and would mislead.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from app.answering.abstention import FEATURES, MODEL_FILE, features
from app.answering.conversation import standalone_question
from app.answering.question import Turn, checked_question
from app.build import build_retriever, collection_papers
from app.quiet import silence_libraries
from app.settings import read_settings
from retrieval.corpus import default_questions_file, shipped_file
from retrieval.evaluation.metrics import auroc
from retrieval.evaluation.questions import LabelledQuestion, read_questions
from retrieval.retriever import PaperRetriever

FALSE_REFUSALS = 0.10
"""The share of answerable development questions that may be refused; it sets the threshold."""
PAPERS_READ = 4


def features_of(retriever: PaperRetriever, question: LabelledQuestion) -> tuple[float, ...]:
    """The features as the chain would compute them."""
    history = tuple(Turn("user", text) for text in question.asked_before)
    checked = checked_question(question.text, history)
    standalone = standalone_question(checked)
    passages = retriever.passages(standalone)
    papers = list(dict.fromkeys(passage.paper.id for passage in passages))[:PAPERS_READ]
    read = [passage for passage in passages if passage.paper.id in papers]
    return features(retriever.sentences(standalone, read, focus=checked.text), passages)


def main() -> None:
    """Fit, report by cross-validation, and write data/models/answerability.json."""
    silence_libraries()
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with tempfile.TemporaryDirectory() as home:
        settings = read_settings(home=Path(home), llm="none")
        retriever = build_retriever(settings, collection_papers(settings))
        dev = read_questions(default_questions_file("dev.jsonl"))
        unanswerable = [q for q in read_questions(default_questions_file("train.jsonl")) if not q.papers]
        given = np.array([features_of(retriever, question) for question in (*dev, *unanswerable)])
    answerable = np.array([bool(question.papers) for question in (*dev, *unanswerable)])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0))
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    chance: np.ndarray = np.asarray(cross_val_predict(model, given, answerable, cv=folds, method="predict_proba"))[:, 1]
    developed = chance[: len(dev)]
    right = answerable[: len(dev)]
    answer_from = float(np.quantile(developed[right], FALSE_REFUSALS))
    print(f"AUROC on dev, cross-validated: {auroc(developed[right], developed[~right]):.3f}")
    print(f"false refusals {np.mean(developed[right] < answer_from):.3f}, threshold {answer_from:.3f}")
    print(f"false answers {np.mean(developed[~right] >= answer_from):.3f}")
    middle, spread = given.mean(axis=0), given.std(axis=0)
    regression = LogisticRegression(C=1.0).fit((given - middle) / spread, answerable)
    weights = np.asarray(regression.coef_)[0] / spread
    bias = float(np.asarray(regression.intercept_)[0] - (weights * middle).sum())
    record = {
        "features": list(FEATURES),
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "answer_from": round(answer_from, 4),
    }
    shipped_file(MODEL_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
