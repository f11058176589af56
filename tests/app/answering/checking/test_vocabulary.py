"""How much a word says in a collection, and which words are names there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.answering.checking.vocabulary import LOOKED_AT, CollectionVocabulary, vocabulary_of
from retrieval.lexical.words import Document, words_of
from retrieval.papers.papers import papers_of
from retrieval.types import Paper

TEXTS = ["Models lie. We ask Sparrow.", "Models cheat.", "Models debate; the Nash model wins.", "A nash equilibrium."]


def of(texts: Sequence[str]) -> CollectionVocabulary:
    return vocabulary_of(Paper(f"p{place}", None, text, "en", label="–") for place, text in enumerate(texts))


def test_the_rarer_a_word_the_more_it_says() -> None:
    vocabulary = of(TEXTS)
    assert 0 < vocabulary.weight("model") < vocabulary.weight("nash") < vocabulary.weight("cheat") == 1
    assert vocabulary.weight("never seen") == 1


def test_a_word_of_every_text_says_next_to_nothing() -> None:
    assert 0 < of(["model a", "model b", "model c"]).weight("model") < 0.3


def test_a_word_counts_once_a_paper_wherever_it_stands_but_not_for_the_category() -> None:
    named = Paper("a", "Whales", "They sing.", "en", category="Oceans")
    summed = Paper("b", "B", "They sing.", "en", summary="Whales again.")
    said = Paper("c", "Whales", "Whales sing.", "en", summary="Whales.")
    vocabulary = vocabulary_of([named, summed, said])
    assert vocabulary.weight("whal") == vocabulary.weight("sing")
    assert vocabulary.weight("ocean") == 1


def test_a_name_is_written_with_a_capital_in_mid_sentence_and_never_without() -> None:
    vocabulary = of(TEXTS)
    assert [word for word in ("sparrow", "nash", "models", "the", "unheard") if vocabulary.is_name(word)] == ["sparrow"]
    assert vocabulary.is_name("Sparrow")


@pytest.mark.parametrize("beyond", [False, True])
def test_how_a_word_is_written_is_looked_up_in_the_first_papers_that_have_it(beyond: bool) -> None:
    texts = ["We ask Sparrow."] * (LOOKED_AT if beyond else LOOKED_AT - 1)
    assert of([*texts, "A sparrow sings."]).is_name("sparrow") is beyond


def test_without_texts_every_word_says_all() -> None:
    vocabulary = of([])
    assert vocabulary.weight("model") == 1 and not vocabulary.is_name("model")


def test_papers_are_read_in_english_with_their_names() -> None:
    paper = Paper("a", None, "模型会撒谎。", "zh", label="Lying", translations={"en": "We ask Sparrow."})
    vocabulary = vocabulary_of([paper, Paper("b", "B", "Other.", "en"), Paper("c", "C", "Lying.", "en")])
    assert vocabulary.weight("lying") < 1 and vocabulary.is_name("sparrow")


def test_words_of_papers_that_are_gone_are_no_more_than_all_papers_have() -> None:
    left = [Paper("a", "A", "Models lie.", "en"), Paper("b", "B", "Models cheat.", "en")]
    dead = [Document(number, Paper(f"d{number}", "D", "Models lie.", "en")) for number in range(3, 9)]
    papers, words = papers_of(left), words_of([*(Document(at + 1, one) for at, one in enumerate(left)), *dead])
    assert CollectionVocabulary(papers, words).weight("model") == pytest.approx(0.369, abs=0.001)


def test_the_shipped_papers_know_their_names(all_papers: tuple[Paper, ...]) -> None:
    vocabulary = vocabulary_of(all_papers)
    assert vocabulary.is_name("claude") and not vocabulary.is_name("training")
    assert vocabulary.weight("model") < 0.1 < vocabulary.weight("sycophancy")
