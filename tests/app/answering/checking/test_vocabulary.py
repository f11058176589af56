"""How much a word says in a collection, and which words are names there."""

from __future__ import annotations

from app.answering.checking.vocabulary import Vocabulary, vocabulary_of
from retrieval.types import Paper

TEXTS = ["Models lie. We ask Sparrow.", "Models cheat.", "Models debate; the Nash model wins.", "A nash equilibrium."]


def test_the_rarer_a_word_the_more_it_says() -> None:
    vocabulary = Vocabulary.of(TEXTS)
    assert 0 < vocabulary.weight("model") < vocabulary.weight("nash") < vocabulary.weight("cheat") == 1
    assert vocabulary.weight("never seen") == 1


def test_a_word_of_every_text_says_next_to_nothing() -> None:
    vocabulary = Vocabulary.of(["model a", "model b", "model c"])
    assert 0 < vocabulary.weight("model") < 0.3


def test_a_name_is_written_with_a_capital_in_mid_sentence_and_never_without() -> None:
    assert Vocabulary.of(TEXTS).names == {"sparrow"}


def test_without_texts_every_word_says_all() -> None:
    assert Vocabulary.of([]).weight("model") == 1


def test_papers_are_read_in_english_with_their_names() -> None:
    paper = Paper("a", None, "模型会撒谎。", "zh", label="Lying", translations={"en": "Models lie."})
    rarity = vocabulary_of([paper]).rarity
    assert {"lying", "model", "lie"} <= set(rarity) and "模" not in rarity
