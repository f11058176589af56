"""How far evidence agrees with a claim, as figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.checking.agreement import (
    SIMILARITY,
    TURNS,
    WORDING,
    QuotedEvidence,
    features,
    figures_hold,
    read_quoted_evidence,
)
from app.answering.checking.claims import read_claim
from tests.support.known_words import KnownWords

VOCABULARY = KnownWords({"model": 0.1})
SENTENCE = "Backdoors persist in 3 large models trained by Anthropic."
WORDS = st.lists(st.sampled_from([*SENTENCE.split(), "not", "7", "whales", "GPT-4", "less", "more", "two"]), max_size=9)


def of(claim: str, *sentences: str, about: str = "") -> dict[str, float]:
    return features(read_claim(claim, VOCABULARY), read_quoted_evidence(sentences, about, VOCABULARY), VOCABULARY)


def test_a_sentence_agrees_with_itself() -> None:
    given = of(SENTENCE, "Whales migrate.", SENTENCE)
    assert [given[name] for name in ("coverage", "sentence", "pairs", "names")] == [1, 1, 1, 1]
    assert [given[name] for name in ("rarest", "assertion", "flipped", "denial", "opposite", "count")] == [0] * 6


def test_the_rarer_the_missing_word_the_less_is_covered() -> None:
    assert of("Models persist.", "Backdoors persist.")["coverage"] == pytest.approx(1 / 1.1)
    assert of("Models persist.", "Large models.")["coverage"] == pytest.approx(0.1 / 1.1)
    assert of("Models persist.", "Backdoors persist.")["rarest"] == 0.1


def test_words_of_the_same_beginning_nearly_count() -> None:
    assert 0.7 < of("Persistence.", "Backdoors persist.")["coverage"] < 1


def test_all_evidence_covers_more_than_its_nearest_sentence() -> None:
    given = of("Whales persist.", "Whales migrate.", "Backdoors persist.")
    assert given["coverage"] == 1 and given["sentence"] == 0.5 and given["pairs"] == 0


def test_the_papers_name_counts_for_words_and_names() -> None:
    given = of("Sleeper Agents by Anthropic persist.", "Backdoors persist.", about="Sleeper agents. Anthropic")
    assert given["coverage"] == given["names"] == 1
    assert of("Agents by OpenAI persist.", "Backdoors persist.")["name"] > 0


@pytest.mark.parametrize(
    ("claim", "feature"),
    [
        ("Backdoors do not persist in large models.", "denial"),
        ("Backdoors persist in small models, less than that.", "opposite"),
        ("Backdoors persist in large models trained by OpenAI.", "name"),
    ],
)
def test_what_is_turned_round_counts_the_more_the_nearer_the_sentence(claim: str, feature: str) -> None:
    near = of(claim, "Backdoors persist in large models more than that.")[feature]
    far = of(claim, "Whales persist more than that.")[feature]
    assert near > far >= 0 == of("Backdoors persist.", "Backdoors persist.")[feature]


def test_only_the_evidence_denies() -> None:
    given = of("Backdoors are removed.", "Backdoors are not removed.")
    assert given["assertion"] == given["flipped"] == 1 and given["denial"] == 0


def test_a_word_that_just_one_of_them_denies_is_flipped() -> None:
    assert of("Training removes backdoors.", "Backdoors persist, not removed by training.")["flipped"] > 0
    assert of("Training does not remove backdoors.", "Training removes them.")["flipped"] > 0
    assert of("Training does not remove backdoors.", "Backdoors are not removed.")["flipped"] == 0
    assert of("Backdoors persist.", "Backdoors are not removed.")["flipped"] == 0


def test_figures_are_held_by_sentences_their_number_words_and_what_is_known_of_the_paper() -> None:
    evidence = read_quoted_evidence(["Five of 30% persist."], "A title. June 2024", VOCABULARY)
    held = {text: figures_hold(read_claim(text, VOCABULARY), evidence) for text in ("5", "30%", "2024", "6", "5 and 7")}
    assert held == {"5": True, "30%": True, "2024": True, "6": False, "5 and 7": False}


def test_similarity_is_that_of_the_nearest_sentence_and_of_all() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    evidence = read_quoted_evidence(["a b", "c d"], "", VOCABULARY, vectors)
    given = features(read_claim("models lie", VOCABULARY), evidence, VOCABULARY, np.array([1.0, 0.0]))
    assert given["similarity"] == 1 and given["together"] == pytest.approx(0.5**0.5)


def test_parts_make_one_evidence() -> None:
    parts = [read_quoted_evidence([text], "", VOCABULARY, np.ones((1, 2))) for text in ("Whales.", "Backdoors.")]
    whole = QuotedEvidence.together(parts)
    assert len(whole.sentences) == 2 and whole.vectors is not None and whole.vectors.shape == (2, 2)
    assert QuotedEvidence.together([]).sentences == ()


@given(WORDS, WORDS, WORDS)
def test_every_feature_is_a_share_and_more_evidence_never_covers_less(
    claim: list[str], one: list[str], two: list[str]
) -> None:
    less, more = of(" ".join(claim), " ".join(one)), of(" ".join(claim), " ".join(one), " ".join(two))
    assert set(more) == {*WORDING, *SIMILARITY, *TURNS}
    assert all(0 <= value <= 1 for value in more.values())
    assert more["coverage"] >= less["coverage"] and more["rarest"] <= less["rarest"]
