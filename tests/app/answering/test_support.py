"""A written sentence is held against the quotes it cites."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.events import Citation
from app.answering.support import CITED_FROM, SUPPORTED_FROM, checked_sentence
from retrieval.types import Paper
from retrieval.words import content_words

Cite = Callable[..., Citation]
BACKDOOR = "Such backdoor behavior persists through safety training of 3 large models."
DEBATE = "Debate lets weaker judges supervise 12 stronger models."


@pytest.fixture
def quotes(cite: Cite) -> list[Citation]:
    return [cite(1, BACKDOOR), cite(2, DEBATE)]


def test_a_sentence_in_the_words_of_its_quote_is_supported(quotes: list[Citation]) -> None:
    text = "The backdoor persists through safety training [1]."
    checked = checked_sentence(text, (1,), quotes)
    assert (checked.text, checked.citations, checked.support, checked.score) == (text, (1,), "supported", 1.0)


def test_an_invented_sentence_is_unsupported(quotes: list[Citation]) -> None:
    checked = checked_sentence("Whales migrate towards warmer oceans [1].", (1,), quotes)
    assert (checked.support, checked.score, checked.citations) == ("unsupported", 0.0, (1,))


def test_the_words_of_another_quote_do_not_count(quotes: list[Citation]) -> None:
    assert checked_sentence("Weaker judges supervise stronger models [1].", (1,), quotes).support == "unsupported"
    assert checked_sentence("Weaker judges supervise stronger models [2].", (2,), quotes).support == "supported"


def test_several_quotes_support_together(quotes: list[Citation]) -> None:
    text = "The backdoor persists through safety training, weaker judges supervise stronger models [1][2]."
    assert checked_sentence(text, (1,), quotes).score < checked_sentence(text, (1, 2), quotes).score == 1.0


def test_the_share_is_of_the_sentences_content_words(quotes: list[Citation]) -> None:
    # backdoor, persist and train of the quote; whale, migrat, warmer and ocean of none.
    checked = checked_sentence("Backdoor persists; training; whales migrate; warmer oceans [1].", (1,), quotes)
    assert checked.score == pytest.approx(3 / 7)
    assert checked.support == "unsupported"
    assert checked_sentence("Backdoor persists; whales migrate [1].", (1,), quotes).support == "supported"


@pytest.mark.parametrize("figure", ["7", "30", "3.5", "2023", "3,000"])
def test_a_figure_that_the_quote_has_not_makes_it_unsupported(quotes: list[Citation], figure: str) -> None:
    checked = checked_sentence(
        f"The backdoor behavior persists through safety training of {figure} large models [1].", (1,), quotes
    )
    assert checked.score > SUPPORTED_FROM
    assert checked.support == "unsupported"


def test_a_figure_that_the_quote_has_is_fine(quotes: list[Citation]) -> None:
    assert checked_sentence("Backdoor behavior persists in 3 models [1].", (1,), quotes).support == "supported"


def test_the_marker_is_no_figure(quotes: list[Citation], cite: Cite) -> None:
    without_figures = [cite(5, "Backdoor behavior persists.")]
    assert checked_sentence("Backdoor behavior persists [5].", (5,), without_figures).support == "supported"


def test_title_and_english_of_a_quote_count(cite: Cite) -> None:
    quote = cite(1, "模型会撒谎。", title="Sleeper Agents", gloss="Models will lie.")
    assert checked_sentence("Sleeper agents [1].", (1,), [quote]).score == 1.0
    assert checked_sentence("Models lie [1].", (1,), [quote]).score == 1.0


def test_a_sentence_without_marker_is_given_the_one_that_supports_it(quotes: list[Citation]) -> None:
    checked = checked_sentence("Weaker judges supervise stronger models.", (), quotes)
    assert checked.text == "Weaker judges supervise stronger models [2]."
    assert (checked.citations, checked.support, checked.score) == ((2,), "supported", 1.0)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Weaker judges supervise stronger models", "Weaker judges supervise stronger models [2]"),
        ("Weaker judges supervise stronger models?!", "Weaker judges supervise stronger models [2]?!"),
        ("“Weaker judges supervise stronger models.”", "“Weaker judges supervise stronger models [2].”"),
    ],
)
def test_the_marker_stands_before_the_full_stop(quotes: list[Citation], text: str, marked: str) -> None:
    assert checked_sentence(text, (), quotes).text == marked


def test_below_the_threshold_no_marker_is_given(quotes: list[Citation]) -> None:
    # Two of three content words: enough for a marker that the model set, not for one of ours.
    text = "Weaker judges sleep."
    checked = checked_sentence(text, (), quotes)
    assert SUPPORTED_FROM <= checked.score < CITED_FROM
    assert (checked.text, checked.citations, checked.support) == (text, (), "uncited")


def test_no_marker_for_a_figure_that_no_quote_has(quotes: list[Citation]) -> None:
    checked = checked_sentence("Weaker judges supervise 13 stronger models.", (), quotes)
    assert (checked.citations, checked.support) == ((), "uncited")


def test_of_two_quotes_with_the_same_words_the_one_with_the_figure_is_given(cite: Cite) -> None:
    text = "Judges supervise many stronger models in 40 debates."
    quotes = [cite(1, "Judges supervise many stronger models in debates."), cite(2, f"{text} So it is.")]
    assert checked_sentence(text, (), quotes).citations == (2,)
    # The first covers all words but the figure, which is none of its own.
    quotes = [cite(1, "Judges supervise stronger models, 41 debates."), cite(2, "40 debates: judges supervise models.")]
    assert checked_sentence("Judges supervise stronger models in 40 debates.", (), quotes).citations == (2,)


@pytest.mark.parametrize("text", ["", "It is so.", "…", "[1]"])
def test_a_sentence_that_says_nothing_is_supported_by_nothing(quotes: list[Citation], text: str) -> None:
    assert checked_sentence(text, (), quotes).support == "uncited"
    assert checked_sentence(text, (1,), quotes).support == "unsupported"


def test_without_quotes(quotes: list[Citation]) -> None:
    assert checked_sentence("Judges supervise.", (), []).support == "uncited"
    assert checked_sentence("Judges supervise [9].", (9,), quotes).support == "unsupported"


WORDS = st.lists(st.sampled_from([*BACKDOOR.split(), *DEBATE.split(), "whales", "migrate", "7", "oceans"]), max_size=12)


@given(WORDS)
def test_a_marker_of_ours_is_never_below_the_threshold(words: list[str]) -> None:
    quotes = [
        Citation(1, Paper("a", "A", BACKDOOR, "en"), 0, 99, 0.9),
        Citation(2, Paper("b", "B", DEBATE, "en"), 0, 99, 0.9),
    ]
    text = " ".join(words)
    checked = checked_sentence(text, (), quotes)
    assert 0 <= checked.score <= 1
    if checked.citations:
        [number] = checked.citations
        evidence = set(content_words(quotes[number - 1].quote))
        said = set(content_words(text))
        assert len(said & evidence) / len(said) >= CITED_FROM
    else:
        assert checked.text == text
