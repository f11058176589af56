"""The support check's weights: what they are fitted to, and that those that ship mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from app.answering.checking.agreement import features, figures_hold, read_quoted_evidence
from app.answering.checking.claims import read_claim
from app.answering.checking.support import MODEL_FILE, read_support
from app.answering.checking.vocabulary import vocabulary_of
from benchmarks import mutations
from benchmarks.support_examples import SupportExample, own_examples
from benchmarks.support_fitting import (
    MISPLACED,
    MUTATIONS,
    PRECISION,
    TRUE,
    UNSEEN,
    fitted,
    of_kind,
    passed,
    with_threshold,
)
from retrieval.models.embedder import HashEmbedder
from retrieval.shipped import shipped_file
from retrieval.types import Paper

AGAINST = {"rarest", "denial", "assertion", "flipped", "opposite", "name", "count"}


@pytest.mark.parametrize(
    ("made", "false"),
    [
        (mutations.other_number("It has three parts."), "three"),
        (mutations.other_number("It has 1,200 parts."), "1,200"),
        (mutations.other_name("Claude lies.", "Claude lies."), "Claude"),
        (mutations.other_direction("It increases risk."), "increases"),
        (mutations.opposite("It is safe."), "safe"),
    ],
)
def test_what_is_made_false_has_another_word_in_its_place(made: str | None, false: str) -> None:
    assert made and false not in made


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Models are safe.", "Models are not safe."),
        ("It improves models.", "It does not improve models."),
        ("A safe model.", None),
    ],
)
def test_a_denial_is_put_in(text: str, denied: str | None) -> None:
    assert mutations.denial(text) == denied


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Models are not safe.", "Models are safe."),
        ("It does not improve.", "It improve."),
        ("It cannot lie.", "It can lie."),
        ("Models are safe.", None),
    ],
)
def test_a_denial_is_taken_out(text: str, said: str | None) -> None:
    assert mutations.assertion(text) == said
    assert said is None or mutations.denial(text) is None


def test_a_name_of_the_paper_itself_is_never_put_in() -> None:
    for text in ("GPT-2 lies.", "GPT-3 lies.", "Gemini lies."):
        made = mutations.other_name(text, "GPT-2, GPT-3 and Gemini lie.")
        assert made and not any(name in made for name in ("GPT-2", "GPT-3 ", "Gemini"))


@pytest.fixture(scope="module")
def examples(all_papers: tuple[Paper, ...]) -> list[SupportExample]:
    return [*own_examples(all_papers[:20], HashEmbedder().embed)]


def test_examples_are_of_every_kind_and_the_same_each_time(
    examples: list[SupportExample], all_papers: tuple[Paper, ...]
) -> None:
    assert {example.kind for example in examples} == {*TRUE, *MUTATIONS, MISPLACED, UNSEEN}
    assert examples == [*own_examples(all_papers[:20], HashEmbedder().embed)]
    assert all(example.supported == (example.kind in TRUE) for example in examples)


def test_fitted_weights_keep_their_meaning_and_the_threshold_its_precision(
    examples: list[SupportExample], all_papers: tuple[Paper, ...]
) -> None:
    vocabulary = vocabulary_of(all_papers)
    rows, figures = [], []
    for example in examples:
        claim, evidence = read_claim(example.claim, vocabulary), read_quoted_evidence(example.evidence, "", vocabulary)
        rows.append(features(claim, evidence, vocabulary))
        figures.append(figures_hold(claim, evidence))
    scorer = fitted(examples, rows, similarity=False)
    for regression in (scorer.relevance, scorer.polarity):
        assert all((weight <= 0) if name in AGAINST else (weight >= 0) for name, weight in regression.weights.items())
    scores = np.array([scorer.score(row) for row in rows]) * figures
    threshold = with_threshold(scorer, examples, scores).threshold
    right, wrong = passed(examples, scores, threshold, TRUE), passed(examples, scores, threshold, MUTATIONS)
    assert right / (right + wrong) >= PRECISION
    assert scores[of_kind(examples, "plainer words")].mean() > 2 * scores[of_kind(examples, "negation")].mean()


def test_the_weights_that_ship_keep_their_meaning() -> None:
    model = read_support(shipped_file(MODEL_FILE))
    for scorer in (model.embedded, model.worded):
        assert 0 < scorer.threshold < 1
        for regression in (scorer.relevance, scorer.polarity):
            assert any(regression.weights.values())
            for name, weight in regression.weights.items():
                assert (weight <= 0) if name in AGAINST else (weight >= 0)
