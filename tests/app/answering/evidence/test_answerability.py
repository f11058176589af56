"""Whether the papers answer: the features, which model judges, other embedding models, and papers of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.evidence.answerability import (
    FEATURES,
    MODEL_FILE,
    Answerability,
    AnswerabilityModel,
    Judgement,
    ThresholdedModel,
    features,
    read_answerability,
    scale_of,
)
from app.answering.logistic import Logistic
from app.answering.question import checked_question
from app.build import build_answerer, ingest_papers
from app.settings import read_settings
from retrieval.errors import ModelError
from retrieval.models.embedder import Embedder, HashEmbedder
from retrieval.models.embedding import open_embedder
from retrieval.retriever import PaperRetriever
from retrieval.shipped import shipped_file
from retrieval.types import ExpansionQuery, Paper, Passage, Progress, Sentence, no_progress

PAPER = Paper("a", "On apples", "Apples fall. They rot.", "en")
OTHER = Paper("b", "On pears", "Pears hang.", "en")
NO_WEIGHT: dict[str, float] = dict.fromkeys(FEATURES, 0.0)
QUESTION = "Do apples fall?"


def found(paper: Paper = PAPER, **signals: float) -> Passage:
    return Passage(paper, 0, len(paper.abstract), 0.5, signals)


def sentences(*scores: float) -> list[Sentence]:
    return [Sentence(PAPER, 0, 12, score) for score in scores]


def always(chance: float, **changed: Any) -> ThresholdedModel:
    """A model that says the same of every question."""
    return ThresholdedModel(Logistic(NO_WEIGHT, float(np.log(chance / (1 - chance)))), 0.5, **changed)


def test_the_features_are_the_highest_similarities_in_units_of_the_scale() -> None:
    passages = [found(passage=0.5, question=0.5), found(OTHER, passage=0.3, question=0.9)]
    assert features(passages, sentences(0.2, 0.7), (0.1, 0.2)) == pytest.approx(
        {"passage": 2.0, "question": 4.0, "sentence": 3.0}
    )


def test_what_was_not_scored_speaks_neither_for_nor_against() -> None:
    assert features([found()], [], (0.1, 0.2)) == dict.fromkeys(FEATURES, 0.0)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1))
def test_a_verdict_is_a_chance_and_whether_it_is_enough(value: float, weight: float, threshold: float) -> None:
    verdict = ThresholdedModel(Logistic({"passage": weight}, 0.3), threshold).verdict({"passage": value}, np.ones(2))
    assert 0 <= verdict.confidence <= 1
    assert verdict.answers == (verdict.confidence >= threshold)


def test_the_vector_counts_where_it_has_weights() -> None:
    without, with_it = (ThresholdedModel(Logistic({}, 0.0), 0.5, vector) for vector in ((), (1.0, -2.0)))
    vector = np.array([3.0, 0.5])
    assert without.verdict({}, vector).confidence == 0.5
    assert with_it.verdict({}, vector).confidence == pytest.approx(1 / (1 + np.exp(-2.0)))


def with_written(retriever: PaperRetriever, written: dict[str, tuple[ExpansionQuery, ...]]) -> PaperRetriever:
    """The same retriever, but with questions written for its papers."""
    return PaperRetriever(
        store=retriever.store,
        embedder=retriever.embedder,
        collection=retriever.collection,
        expansion_queries=written,
    )


@pytest.fixture
def judge(retriever: PaperRetriever) -> Callable[..., Judgement]:
    """`judge(paper, embedding, written)`: the verdict where that paper was found first. The three models of it
    say 0.9 of what was asked, 0.8 by its scores, 0.7 plainly."""

    def judged(paper: Paper, embedding: str, written: Sequence[str] = ("a",)) -> Judgement:
        models = AnswerabilityModel(embedding, (0.0, 1.0), always(0.9), always(0.8), always(0.7))
        asked = {name: (ExpansionQuery(name, QUESTION, QUESTION),) for name in written}
        own = with_written(retriever, asked)
        return Answerability(models, own).judge(QUESTION, [found(paper), found(PAPER)], [])

    return judged


@pytest.mark.parametrize(("answer_from", "answers"), [(None, True), (0.75, True), (0.95, False), (0.0, True)])
@pytest.mark.parametrize("paper", [PAPER, OTHER])
def test_one_setting_says_which_confidence_is_enough(
    retriever: PaperRetriever, paper: Paper, answer_from: float | None, answers: bool
) -> None:
    models = AnswerabilityModel("other", (0.0, 1.0), always(0.9), always(0.9), always(0.9))
    own = with_written(retriever, {PAPER.id: (ExpansionQuery(PAPER.id, QUESTION, QUESTION),)})
    judgement = Answerability(models, own, answer_from).judge(QUESTION, [found(paper)], [])
    assert (judgement.answers, judgement.confidence) == (answers, pytest.approx(0.9))


def test_questions_about_papers_with_written_ones_are_judged_by_what_people_ask(
    judge: Callable[..., Judgement],
) -> None:
    assert judge(PAPER, HashEmbedder().fingerprint).confidence == pytest.approx(0.9)


def test_another_embedding_model_is_judged_by_its_scores(judge: Callable[..., Judgement]) -> None:
    assert judge(PAPER, "of other weights").confidence == pytest.approx(0.8)


def test_papers_without_written_questions_are_judged_plainly(judge: Callable[..., Judgement]) -> None:
    fingerprint = HashEmbedder().fingerprint
    assert judge(OTHER, fingerprint).confidence == judge(OTHER, "other").confidence == pytest.approx(0.7)
    assert judge(PAPER, fingerprint, written=()).confidence == pytest.approx(0.7)


def test_another_embedding_models_similarities_are_read_on_its_own_scale(retriever: PaperRetriever) -> None:
    plain = ThresholdedModel(Logistic({"passage": 1.0}, 0.0), 0.5)
    mean, spread = scale_of(retriever.embedder)
    for embedding, units in ((retriever.embedder.fingerprint, 0.5), ("another", (0.5 - mean) / spread)):
        judging = Answerability(AnswerabilityModel(embedding, (0.0, 1.0), always(0.9), always(0.8), plain), retriever)
        confidence = judging.judge(QUESTION, [found(passage=0.5)], []).confidence
        assert confidence == pytest.approx(1 / (1 + np.exp(-units)))


def test_a_question_in_a_papers_own_words_is_judged_plainly_too(retriever: PaperRetriever) -> None:
    written = {"a": (ExpansionQuery("a", QUESTION, QUESTION),)}
    own = with_written(retriever, written)
    fingerprint = retriever.embedder.fingerprint

    def said(question: str, plain: float = 0.7) -> Judgement:
        models = AnswerabilityModel(fingerprint, (0.0, 1.0), always(0.1), always(0.1), always(plain))
        return Answerability(models, own).judge(question, [found(PAPER), found(OTHER)], [])

    for question in ("What do the papers say about apples that fall?", "Do pears hang?"):
        assert said(question).answers and said(question).confidence == pytest.approx(0.7)
    assert said("Do apples fall and rot in winter?").answers  # Three of four words are the paper's own.
    assert not said("Do apples fall in winter?").answers
    assert not said("Do apples hang?").answers  # Each word is used, but not by one paper.
    assert not said("And what is it about?").answers  # Not a word to go by.
    assert said("Do apples fall?", plain=0.2).confidence == pytest.approx(0.1)


def test_nothing_found_is_no_confidence(retriever: PaperRetriever) -> None:
    shipped = Answerability(read_answerability(shipped_file(MODEL_FILE)), retriever)
    assert shipped.judge(QUESTION, [], []) == Judgement(0.0, False)


class _Narrow(Embedder):
    """The hash embedder with all vectors pushed together, as some models have them: cosines from 0.7 up."""

    name = "narrow"
    fingerprint = "narrow"

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        wide = HashEmbedder().embed(texts)
        return np.hstack([wide * np.sqrt(0.3), np.full((len(texts), 1), np.sqrt(0.7), dtype=np.float32)])


def test_the_features_do_not_depend_on_the_embedding_models_range() -> None:
    texts = [QUESTION, "Apples fall.", "Do whales sing?"]
    given = []
    for embedder in (HashEmbedder(), _Narrow()):
        vectors = embedder.embed(texts)
        near, far = (float(vectors[0] @ vectors[place]) for place in (1, 2))
        given.append(features([found(passage=near, question=far)], sentences(near), scale_of(embedder)))
    assert given[0] == pytest.approx(given[1], abs=1e-3)
    assert given[0]["passage"] > given[0]["question"] + 1


def test_the_shipped_model_trusts_what_is_near_more_than_what_is_far() -> None:
    model = read_answerability(shipped_file(MODEL_FILE))
    for chance in (model.scored, model.plain):
        near, far = (chance.verdict(dict.fromkeys(FEATURES, value), np.zeros(0)) for value in (8.0, 0.0))
        assert near.answers and not far.answers
    assert all(weight > 0 for weight in model.asked.logistic.weights.values())


def test_the_shipped_model_was_fitted_to_the_shipped_embedding_model() -> None:
    model = read_answerability(shipped_file(MODEL_FILE))
    assert model.embedding == open_embedder().fingerprint, "run python -m benchmarks.answerability"
    assert len(model.asked.vector) == 384


@pytest.mark.parametrize(
    "spoilt", [{"scale": [0.1]}, {"plain": None}, {"asked": {"weights": {"a": 1}, "bias": 0, "threshold": 0.5}}]
)
def test_a_spoilt_model_file_is_one_sentence(tmp_path: Path, spoilt: dict[str, Any]) -> None:
    record = json.loads(shipped_file(MODEL_FILE).read_text(encoding="utf-8"))
    _is_refused(tmp_path / "answerability.json", json.dumps(record | spoilt))


@pytest.mark.parametrize("text", ["", "{}", "[]", "1"])
def test_another_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    _is_refused(tmp_path / "answerability.json", text)


def _is_refused(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be used: reinstall"):
        read_answerability(file)


GARDEN = (
    {
        "id": "tomatoes",
        "title": "Watering tomatoes",
        "abstract": "We compared five watering regimes for tomatoes in greenhouses. Plants that were watered deeply "
        "twice a week bore 30% more fruit than those that were sprinkled every day. Leaves that stayed wet overnight "
        "were more often struck by blight.",
    },
    {
        "id": "bees",
        "title": "Bees in the city",
        "abstract": "Wild bees were counted on forty roofs over three summers. Roofs with native flowers drew twice as "
        "many species as roofs with lawns. Honey bee hives nearby made no difference.",
    },
)
ANSWERED = (
    "How often should tomatoes be watered in a greenhouse?",
    "Does leaving leaves wet overnight bring blight?",
    "Do native flowers on roofs draw more bees?",
    "Do hives of honey bees drive away the wild ones?",
)
REFUSED = ("Who won the football world cup?", "How do I renew my passport?")


def _status_of(home: Path, embedding: str, collection: str, questions: Sequence[str]) -> list[str]:
    """How questions are answered where GARDEN was ingested into a collection."""
    own = home / "garden.jsonl"
    own.write_text("".join(f"{json.dumps(paper)}\n" for paper in GARDEN), encoding="utf-8")
    settings = read_settings(home=home / "own", embedding=embedding, collection=collection, llm="none")
    ingest_papers(settings, [own], note=lambda sentence: None)
    answerer = build_answerer(settings, note=lambda sentence: None)
    return [answerer.ask(checked_question(question)).status for question in questions]


def test_ones_own_papers_answer_by_their_words_alone(tmp_path: Path) -> None:
    assert _status_of(tmp_path, "hash", "garden", ANSWERED) == ["answered"] * 4


@pytest.mark.model
@pytest.mark.parametrize(
    ("embedding", "collection"),
    [("minilm-papers", "garden"), ("minilm-papers", "default"), ("all-MiniLM-L6-v2", "garden")],
)
def test_ones_own_papers_answer_and_what_is_far_off_is_refused(tmp_path: Path, embedding: str, collection: str) -> None:
    """Alone, and beside the papers that have written questions, which know nothing of tomatoes."""
    statuses = _status_of(tmp_path, embedding, collection, [*ANSWERED, *REFUSED])
    assert statuses == ["answered"] * 4 + ["abstained"] * 2
