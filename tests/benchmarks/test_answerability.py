"""Fitting the answerability models: what a question is compared with, and what is written down."""

from __future__ import annotations

import numpy as np
import pytest

from app.answering.evidence.answerability import FEATURES, ThresholdedModel, scale_of
from app.answering.logistic import read_logistic
from benchmarks.answerability import Asked, ask_all, fitted
from retrieval.lexical.glossary import Glossary
from retrieval.questions.expansion import all_texts, expansion_queries_for
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.retriever import PaperRetriever
from retrieval.shipped import default_questions_file
from retrieval.types import Paper
from tests.support.in_memory import InMemory, lexical_of

WRITTEN = (
    LabelledQuestion("q1", "single", "en", "Do Kakapos nest in barrels?", ("sleeper-agents",)),
    LabelledQuestion("q2", "single", "en", "Zebra crossings for trains?", ("sleeper-agents",)),
)


@pytest.fixture
def asking(papers: tuple[Paper, ...]) -> PaperRetriever:
    """Over the small corpus, with two questions written for a paper whose words it lacks."""
    written = expansion_queries_for(papers, WRITTEN, Glossary({}))
    collection = InMemory()
    held = collection.add(papers)
    return collection.retriever(held, lexical=lexical_of(held, all_texts(written)), expansion_queries=written)


def test_a_written_question_is_not_compared_with_itself(asking: PaperRetriever) -> None:
    mean, spread = scale_of(asking.embedder)
    stranger = LabelledQuestion("x", "single", "en", "Do Kakapos nest in barrels, then?", ("sleeper-agents",))
    own, near = ask_all(asking, [WRITTEN[0], stranger], (mean, spread))
    assert mean + spread * near.features["question"] > 0.8
    assert mean + spread * own.features["question"] < 0.6
    assert own.features["question"] >= own.features["passage"]
    assert own.answerable and own.paper == "sleeper-agents"


def drawn(count: int, seed: int, shift: float = 0.0) -> list[Asked]:
    """Questions of which those that are answered lie higher in the first feature and in the vector's second axis."""
    random = np.random.default_rng(seed)
    questions = []
    for place in range(count):
        answerable = place % 3 > 0
        given = {name: float(random.normal()) for name in FEATURES}
        given["passage"] += 1.5 * answerable + shift
        vector = random.normal(size=4)
        vector[1] += 1.5 * answerable
        questions.append(Asked(answerable, f"paper {place % 20}", given, vector))
    return questions


def read(record: dict) -> ThresholdedModel:
    return ThresholdedModel(read_logistic(record), record["threshold"], tuple(record.get("vector", ())))


def test_the_record_refuses_as_many_of_the_development_questions_as_it_was_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    dev = drawn(300, seed=2, shift=0.7)
    record = fitted("asked", drawn(600, seed=1), dev, FEATURES, 0.1, with_vector=True)
    verdicts = [(question.answerable, read(record).verdict(question.features, question.vector)) for question in dev]
    refused = [not verdict.answers for answerable, verdict in verdicts if answerable]
    answered = [verdict.answers for answerable, verdict in verdicts if not answerable]
    assert np.mean(refused) == pytest.approx(0.1, abs=0.011)
    said = capsys.readouterr().out
    assert f"{np.mean(answered):.1%} falsely answered" in said
    # Calibrated on them: the mean chance is the share that is answered.
    assert np.mean([verdict.confidence for _, verdict in verdicts]) == pytest.approx(2 / 3, abs=0.01)


def test_the_vector_is_weighed_only_where_it_is_told_to() -> None:
    train, dev = drawn(600, seed=1), drawn(300, seed=2)
    plain = fitted("plain", train, dev, ("passage",), 0.1)
    assert list(plain["weights"]) == ["passage"] and "vector" not in plain
    vector = fitted("asked", train, dev, ("passage",), 0.1, with_vector=True)["vector"]
    assert len(vector) == 4 and max(vector) == vector[1] > 3 * max(abs(vector[0]), abs(vector[2]), abs(vector[3]))


def test_training_has_many_questions_that_no_paper_answers() -> None:
    unanswerable = [q for q in read_labelled_questions(default_questions_file("train.jsonl")) if not q.papers]
    assert len(unanswerable) >= 500
    assert sum(question.language == "zh" for question in unanswerable) >= 30
    assert sum(bool(question.asked_before) for question in unanswerable) >= 15
