"""Which line may stand above quotes: whole, plain, in English, answering, and said by the quotes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.checking.direct_check import (
    FEATURES,
    FILE,
    MAX_WORDS,
    NEVER,
    DirectCheck,
    DirectThreshold,
    is_line,
    read_direct_threshold,
)
from app.answering.checking.support import MODEL_FILE, SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.citation import Citation
from app.answering.logistic import Logistic
from retrieval.errors import ModelError
from retrieval.shipped import shipped_file
from tests.support.word_reader import WordReader

Cite = Callable[..., Citation]
LIES = "We see that larger models lie more often than smaller ones."
KEPT = "The backdoor is not removed by safety training, and it persists in the largest models."


@pytest.fixture
def check(built_full: Any) -> DirectCheck:
    """By nothing but how far the quotes say the line."""
    vocabulary = vocabulary_of(built_full.papers)
    support = SupportCheck(read_support(shipped_file(MODEL_FILE)), vocabulary, built_full.embedder)
    weights = dict.fromkeys(FEATURES, 0.0) | {"supported": 1.0, "turned": -10.0}
    return DirectCheck(WordReader(), support, DirectThreshold(Logistic(weights, 0.0), 0.5))


@pytest.mark.parametrize(
    "text",
    [
        "Larger models lie more often.",
        "Yes, larger models lie more often. Smaller ones do so less!",
        "About 40 % of them (not all) do.",
    ],
)
def test_one_or_two_plain_sentences_are_a_line(text: str) -> None:
    assert is_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes.",
        "Larger models lie",
        "Larger models lie more. So they do. And so on.",
        "- Larger models lie more.",
        "Larger models lie\nmore often.",
        "Larger **models** lie more.",
        "See https://example.org for larger models.",
        "Write to me@example.org about larger models.",
        "See ftp://example.org for larger models.",
        "It says “larger models lie more often”.",
        'It says "larger models lie more often".',
        "Larger models lie [1].",
        "更大的模型更常说谎 yes it does.",
        "Models lie more and more often, models lie more and more often, models lie more and more often.",
        " ".join(["word"] * (MAX_WORDS + 1)) + ".",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_line(text)


PIECES = ["Models", "lie", "more.", "Yes,", "<b>", "“so”", "\n", "[1]", "a@b.c", "所以"]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_line_has_markup_addresses_or_quotation_marks(words: list[str]) -> None:
    if is_line(" ".join(words)):
        assert len(words) <= MAX_WORDS and not {*PIECES[4:]} & {*words}


def test_what_a_quote_says_may_be_shown_and_cites_it(check: DirectCheck, cite: Cite) -> None:
    quotes = [cite(1, LIES), cite(2, "Whales sing in winter.")]
    line = "Larger models lie more often than smaller ones."
    judged = check.judged("Do larger models lie more?", line, quotes)
    assert judged is not None and judged.citations == (1,) and judged.chance > 0.5


def test_what_no_quote_says_is_not_shown(check: DirectCheck, cite: Cite) -> None:
    assert check.judged("Do models lie?", "The moon is made of cheese.", [cite(1, LIES)]) is None


def test_a_figure_that_no_quote_has_is_not_shown(check: DirectCheck, cite: Cite) -> None:
    assert check.judged("Do models lie?", "Larger models lie 37 times more often.", [cite(1, LIES)]) is None


def test_a_yes_to_what_the_quote_denies_is_turned(check: DirectCheck, cite: Cite) -> None:
    asked, quotes = "Is the backdoor removed by safety training?", [cite(1, KEPT)]
    wrong, right = (f"{word}, the backdoor persists in the largest models." for word in ("Yes", "No"))
    told = {line: check.features(asked, line, quotes) for line in (wrong, right)}
    assert [found and found[0]["turned"] for found in told.values()] == [1.0, 0.0]
    assert check.judged(asked, right, quotes) and not check.judged(asked, wrong, quotes)


def test_a_yes_answers_no_question_that_wants_none(check: DirectCheck, cite: Cite) -> None:
    line = "Yes, larger models lie more often than smaller ones."
    assert check.features("Which models lie more?", line, [cite(1, LIES)]) is None


def test_what_ships_can_be_read() -> None:
    assert "auroc" in json.loads(shipped_file(FILE).read_text()), "it was fitted, and not written by hand"
    threshold = read_direct_threshold(shipped_file(FILE)).threshold
    assert 0.5 < threshold < 1 or threshold == NEVER


def test_what_was_fitted_to_other_features_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "direct.json").write_text(json.dumps({"weights": {"other": 1.0}, "bias": 0.0, "threshold": 0.9}))
    with pytest.raises(ModelError, match=r"direct\.json cannot be used"):
        read_direct_threshold(tmp_path / "direct.json")
