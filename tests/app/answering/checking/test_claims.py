"""What a sentence claims: its words, figures and names, and what it denies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.checking.claims import figures_of, holds_figure, names_of, read_claim
from tests.support.known_words import KnownWords

VOCABULARY = KnownWords(names={"sparrow"})


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("No figure.", set()),
        ("38,961 attacks on 3 models", {"38961", "3"}),
        ("3.50 and 3.5 and 4.0", {"3.5", "4"}),
        ("rises by 30%", {"30%"}),
        ("rises by 30 percent", {"30%"}),
        ("10-20% of 7 models", {"10%", "20%", "7"}),
        ("between 10 and 20 percentage points", {"10%", "20%"}),
        ("GPT-4 and GPT3.5", {"4", "3.5"}),
        ("52B parameters", {"52"}),
        ("in 2023, 2024", {"2023", "2024"}),
        ("1,5", {"1,5"}),
    ],
)
def test_figures(text: str, figures: set[str]) -> None:
    assert figures_of(text) == figures


@pytest.mark.parametrize(
    ("figure", "evidence", "held"),
    [
        ("30%", "30% of them", True),
        ("30%", "30 of them", False),
        ("30", "30% of them", True),
        ("3", "30 of them", False),
        ("3000", "3,000 of them", True),
    ],
)
def test_a_percentage_is_held_only_by_one(figure: str, evidence: str, held: bool) -> None:
    assert holds_figure(figure, figures_of(evidence)) == held


@given(st.text(alphabet="0123456789.,%- abpercent", max_size=40))
def test_every_text_holds_its_own_figures(text: str) -> None:
    figures = figures_of(text)
    assert all(holds_figure(figure, figures) for figure in figures)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The model Claude beats GPT-4 and LLMs.", {"claude", "gpt4", "llm"}),
        ("Sparrow obeys. Models obey.", {"sparrow"}),
        ("Models obey.", set()),
        ("It was RLHF.", {"rlhf"}),
        ("I am sure that I am.", set()),
    ],
)
def test_names(text: str, names: set[str]) -> None:
    assert names_of(text, VOCABULARY) == names


def test_number_words_are_counts_and_no_figures() -> None:
    claim = read_claim("Five models in twelve tests.", VOCABULARY)
    assert claim.counts == {"5", "12"} and claim.figures == set()


def test_a_negation_denies_the_next_word_of_its_clause() -> None:
    claim = read_claim("Backdoors stay; training does not remove them; judges agree.", VOCABULARY)
    assert {word for word, denied in claim.words.items() if denied} == {"remov"}
    assert claim.denials == 1
    assert read_claim("It doesn't. It isn’t.", VOCABULARY).denials == 2
    answered = read_claim("No, backdoors stay.", VOCABULARY)
    assert answered.denials == 0 and not any(answered.words.values())
    assert not read_claim("It does not, models say.", VOCABULARY).words["model"]
    assert read_claim("It does not prevent it.", VOCABULARY).words == {"prevent": True}


def test_who_says_it_is_no_part_of_what_is_said() -> None:
    said = read_claim("According to the paper, models lie.", VOCABULARY)
    assert list(said.words) == list(read_claim("Models lie.", VOCABULARY).words)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    claim = read_claim(text, VOCABULARY)
    assert set(claim.order) == set(claim.words)
