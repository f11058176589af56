"""A written sentence is held against the quotes it cites."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.answer import AnswerSentence
from app.answering.checking.support import (
    MODEL_FILE,
    NOTHING_TURNED,
    SupportCheck,
    SupportModel,
    SupportScorer,
    read_support,
)
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.citation import Citation
from app.answering.logistic import Logistic
from retrieval.errors import ModelError
from retrieval.models.embedder import HashEmbedder
from retrieval.shipped import shipped_file
from retrieval.types import Paper

Cite = Callable[..., Citation]
BACKDOOR = "Such backdoor behavior persists through safety training of 3 large models."
DEBATE = "Debate lets weaker judges supervise 12 stronger models."
PAPERS = [Paper("a", "A", BACKDOOR, "en"), Paper("b", "B", DEBATE, "en"), Paper("c", "C", "Other words.", "en")]
VOCABULARY = vocabulary_of(PAPERS)
# Supported from half of the words, and nothing turned round: what is expected can be counted by hand.
HALF = SupportScorer(Logistic({"coverage": 20.0}, -10.0), Logistic(dict.fromkeys(NOTHING_TURNED, -20.0), 5.0), 0.5)


def check(model: SupportModel | None = None) -> SupportCheck:
    return SupportCheck(model or SupportModel("another", HALF, HALF), VOCABULARY, HashEmbedder())


def checked(text: str, cited: tuple[int, ...], quotes: list[Citation]) -> AnswerSentence:
    [sentence] = check().checked([(text, cited)], quotes)
    return sentence


@pytest.fixture
def quotes(cite: Cite) -> list[Citation]:
    return [cite(1, BACKDOOR), cite(2, DEBATE)]


@pytest.fixture(scope="module")
def shipped() -> SupportCheck:
    return check(read_support(shipped_file(MODEL_FILE)))


def test_a_sentence_in_the_words_of_its_quote_is_supported(quotes: list[Citation]) -> None:
    text = "The backdoor persists through safety training [1]."
    sentence = checked(text, (1,), quotes)
    assert (sentence.text, sentence.citations, sentence.support) == (text, (1,), "supported")
    assert sentence.score > 0.99


def test_an_invented_sentence_is_unsupported(quotes: list[Citation]) -> None:
    sentence = checked("Whales migrate towards warmer oceans [1].", (1,), quotes)
    assert (sentence.support, sentence.citations) == ("unsupported", (1,))
    assert sentence.score < 0.01


def test_the_words_of_another_quote_do_not_count(quotes: list[Citation]) -> None:
    assert checked("Weaker judges supervise stronger models [1].", (1,), quotes).support == "unsupported"
    assert checked("Weaker judges supervise stronger models [2].", (2,), quotes).support == "supported"


def test_several_quotes_support_together(quotes: list[Citation]) -> None:
    text = "Backdoor behavior persists, weaker judges supervise systems [1][2]."
    assert checked(text, (1,), quotes).support == checked(text, (2,), quotes).support == "unsupported"
    assert checked(text, (1, 2), quotes).support == "supported"


@pytest.mark.parametrize(
    ("text", "cited", "left", "told"),
    [
        ("Backdoor behavior persists [1][2].", (1, 2), (1,), "Backdoor behavior persists [1]."),
        ("Backdoor behavior persists [2][1].", (2, 1), (1,), "Backdoor behavior persists [1]."),
        ("Backdoor behavior [2] persists [1].", (2, 1), (1,), "Backdoor behavior persists [1]."),
        ("Backdoor behavior persists [1] [3].", (1, 3), (1, 3), "Backdoor behavior persists [1] [3]."),
        ("Backdoor behavior persists [1][4].", (1, 4), (1, 4), "Backdoor behavior persists [1][4]."),
    ],
)
def test_a_paper_that_adds_nothing_bears_no_mark(
    quotes: list[Citation], cite: Cite, text: str, cited: tuple[int, ...], left: tuple[int, ...], told: str
) -> None:
    """The third quote says the same by itself; the fourth adds nothing, but its paper does."""
    first = quotes[0]
    longer = Citation(4, Paper("p1", None, f"{BACKDOOR} Whales.", "en", label="P"), len(BACKDOOR) + 1, 999, 0.9)
    assert longer.paper.id == first.paper.id
    sentence = checked(text, cited, [*quotes, cite(3, f"Yes: {BACKDOOR}"), longer])
    assert (sentence.text, sentence.citations, sentence.support) == (told, left, "supported")


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The study was retracted, and backdoor behavior persists through safety training of large models [1].", False),
        ("Backdoor behavior persists, but it was all retracted by the authors [1].", False),
        ("Such behavior persists, and backdoor training of large models is safety training [1].", True),
        ("Such retracted behavior persists through safety training [1].", True),  # one clause, checked as a whole
    ],
)
def test_a_clause_that_repeats_the_question_has_to_be_borne_out_by_itself(
    quotes: list[Citation], text: str, stands: bool
) -> None:
    sentence = checked(text, (1,), quotes)
    assert sentence.support == "supported"
    assert check().stands(sentence, "Was the study of backdoor behavior retracted?", quotes) is stands
    assert check().stands(sentence, "Does backdoor behavior persist?", quotes)


@pytest.mark.parametrize("figure", ["7", "30", "3.5", "2023", "3,000", "3%"])
def test_a_figure_that_the_quote_has_not_makes_it_unsupported_whatever_the_weights(
    quotes: list[Citation], figure: str
) -> None:
    sure = SupportScorer(Logistic({}, 60.0), Logistic({}, 60.0), 0.5)
    text = f"The backdoor behavior persists through safety training of {figure} large models [1]."
    [sentence] = check(SupportModel("another", sure, sure)).checked([(text, (1,))], quotes)
    assert (sentence.support, sentence.score) == ("unsupported", 0.0)


@pytest.mark.parametrize("text", ["Backdoor behavior persists in 3 models [1].", "Backdoor behavior persists [1]."])
def test_a_figure_that_the_quote_has_is_fine_and_a_marker_is_no_figure(quotes: list[Citation], text: str) -> None:
    assert checked(text, (1,), quotes).support == "supported"


def test_a_figure_of_another_quote_does_not_count(quotes: list[Citation]) -> None:
    assert checked("Backdoor behavior persists in 12 models [1].", (1,), quotes).support == "unsupported"


def test_name_date_and_english_of_a_quote_count(cite: Cite) -> None:
    quote = cite(1, "模型会撒谎。", title="Sleeper Agents", gloss="Models will lie.")
    assert checked("Sleeper agents lie [1].", (1,), [quote]).support == "supported"
    assert checked("Models lie [1].", (1,), [quote]).support == "supported"
    assert checked("模型会撒谎 [1]。", (1,), [quote]).support == "supported"


def test_a_sentence_without_marker_is_given_the_one_that_supports_it(quotes: list[Citation]) -> None:
    sentence = checked("Weaker judges supervise stronger models.", (), quotes)
    assert sentence.text == "Weaker judges supervise stronger models [2]."
    assert (sentence.citations, sentence.support) == ((2,), "supported")


def test_it_is_given_as_many_as_it_takes_and_no_more(quotes: list[Citation], cite: Cite) -> None:
    text = "Backdoor behavior persists, weaker judges supervise systems."
    sentence = checked(text, (), [*quotes, cite(3, "Whales migrate.")])
    assert sentence.text == "Backdoor behavior persists, weaker judges supervise systems [1][2]."
    assert (sentence.citations, sentence.support) == ((1, 2), "supported")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Weaker judges supervise stronger models", "Weaker judges supervise stronger models [2]"),
        ("Weaker judges supervise stronger models?!", "Weaker judges supervise stronger models [2]?!"),
        ("“Weaker judges supervise stronger models.”", "“Weaker judges supervise stronger models [2].”"),
    ],
)
def test_the_marker_stands_before_the_full_stop(quotes: list[Citation], text: str, marked: str) -> None:
    assert checked(text, (), quotes).text == marked


@pytest.mark.parametrize("text", ["Weaker whales migrate.", "Weaker judges supervise 13 stronger models."])
def test_nothing_is_cited_by_force(quotes: list[Citation], text: str) -> None:
    sentence = checked(text, (), quotes)
    assert (sentence.text, sentence.citations, sentence.support) == (text, (), "uncited")


def test_of_two_quotes_the_one_with_the_figure_is_given(cite: Cite) -> None:
    quotes = [cite(1, "Judges supervise stronger models, 41 debates."), cite(2, "40 debates: judges supervise models.")]
    assert checked("Judges supervise stronger models in 40 debates.", (), quotes).citations == (2,)


@pytest.mark.parametrize("text", ["", "It is so.", "…", "[1]"])
def test_a_sentence_that_says_nothing_is_supported_by_nothing(quotes: list[Citation], text: str) -> None:
    assert checked(text, (), quotes).support == "uncited"
    assert checked(text, (1,), quotes).support == "unsupported"


def test_without_quotes(quotes: list[Citation]) -> None:
    assert checked("Judges supervise.", (), []).support == "uncited"
    assert checked("Judges supervise [9].", (9,), quotes).support == "unsupported"
    assert check().checked([], quotes) == ()


@pytest.mark.parametrize(
    ("text", "support"),
    [
        ("The backdoor behavior persists through safety training [1].", "supported"),
        ("Backdoors persist even after safety training of large models [1].", "supported"),
        ("According to the paper, backdoor behavior persists through safety training [1].", "supported"),
        ("The backdoor behavior does not persist through safety training [1].", "unsupported"),
        ("The backdoor behavior persists through safety training of GPT-3 models [1].", "unsupported"),
        ("Such backdoor behavior persists through safety training of two large models [1].", "unsupported"),
        ("Such backdoor behavior persists through safety training of 3 small models, says OpenAI [1].", "unsupported"),
        ("Debate lets weaker judges supervise models [1].", "unsupported"),
        ("Debate lets stronger judges supervise 12 weaker models [2].", "unsupported"),
        ("Whales migrate towards warmer oceans in winter [1].", "unsupported"),
    ],
)
def test_the_weights_that_ship(shipped: SupportCheck, quotes: list[Citation], text: str, support: str) -> None:
    [sentence] = shipped.checked([(text, (1,) if "[1]" in text else (2,))], quotes)
    assert sentence.support == support, sentence.score
    assert (sentence.score >= shipped.threshold) == (support == "supported")


def test_only_with_the_model_of_its_weights_does_it_embed_and_then_once(quotes: list[Citation], counting: Any) -> None:
    said = [("Backdoor behavior persists [1].", (1,)), ("Judges supervise.", ())]
    SupportCheck(SupportModel("another", HALF, HALF), VOCABULARY, counting).checked(said, quotes)
    assert counting.seen == []
    similar = SupportScorer(Logistic({"similarity": 20.0}, -10.0), Logistic({}, 5.0), 0.5)
    own = SupportCheck(SupportModel(counting.name, similar, HALF), VOCABULARY, counting)
    own.checked(said, quotes)
    assert sorted(counting.seen) == sorted(["Backdoor behavior persists.", "Judges supervise.", BACKDOOR, DEBATE])
    [same, other] = own.checked([(BACKDOOR, (1,)), (BACKDOOR, (2,))], quotes)
    assert same.score > 0.99 and other.score < 0.5


def test_two_checks_are_alike(shipped: SupportCheck, quotes: list[Citation]) -> None:
    said = [("Backdoor behavior persists [1].", (1,)), ("Judges supervise models.", ())]
    assert shipped.checked(said, quotes) == shipped.checked(said, quotes)


WORDS = st.lists(st.sampled_from([*BACKDOOR.split(), *DEBATE.split(), "whales", "not", "7", "GPT-4"]), max_size=12)


@given(WORDS, st.sampled_from([(), (1,), (2,), (1, 2), (9,)]))
def test_supported_is_what_reaches_the_threshold_and_only_that_is_cited(words: list[str], cited: tuple) -> None:
    shipped = check(read_support(shipped_file(MODEL_FILE)))
    quotes = [Citation(number, paper, 0, 99, 0.9) for number, paper in enumerate(PAPERS[:2], start=1)]
    text = " ".join(words)
    [sentence] = shipped.checked([(text, cited)], quotes)
    assert 0 <= sentence.score <= 1
    if cited:
        assert sentence.text == text and set(sentence.citations) <= set(cited)
        assert sentence.citations == cited or len(cited) > 1
        assert (sentence.support == "supported") == (sentence.score >= shipped.threshold)
    elif sentence.citations:
        assert sentence.score >= shipped.threshold and sentence.support == "supported"
    else:
        assert (sentence.text, sentence.support) == (text, "uncited")


@pytest.mark.parametrize("damage", ["", "{}", "[1]", "other features", "no number"])
def test_a_broken_model_file_is_one_sentence(tmp_path: Path, damage: str) -> None:
    record = json.loads(shipped_file(MODEL_FILE).read_text(encoding="utf-8"))
    if damage == "other features":
        record["worded"]["polarity"]["weights"]["length"] = 1.0
    if damage == "no number":
        record["embedded"]["threshold"] = "high"
    file = tmp_path / "support.json"
    file.write_text(json.dumps(record) if " " in damage else damage, encoding="utf-8")
    with pytest.raises(ModelError, match="reinstall the program"):
        read_support(file)


@pytest.mark.parametrize(
    ("quote", "question", "denied"),
    [
        ("Such behavior is not removed by safety training.", "Does safety training remove it?", True),
        ("Such behavior is removed by safety training.", "Does safety training remove it?", False),
        ("Whales do not sing.", "Does safety training remove it?", False),
        ("Such behavior is not removed by safety training.", "Is it never removed?", False),
    ],
)
def test_a_quote_denies_what_is_asked(quote: str, question: str, denied: bool, cite: Cite) -> None:
    check = SupportCheck(read_support(shipped_file(MODEL_FILE)), VOCABULARY, HashEmbedder())
    assert check.denies(cite(1, quote), question) is denied
