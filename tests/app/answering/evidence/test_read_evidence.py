"""Evidence by reading: what is quoted, of which papers, and whether any answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.answering.evidence.calibration import FEATURES, ReadCalibration
from app.answering.evidence.read_evidence import QUOTE_WORDS, ReadEvidence, quotes_read
from app.answering.logistic import Logistic
from retrieval.chunking import split_sentences
from retrieval.retriever import PaperRetriever
from retrieval.types import Paper, Passage, Sentence
from tests.support.word_reader import WordReader

QUESTION = "Do safety techniques remove a backdoor?"


def paper(name: str, abstract: str) -> Paper:
    return Paper(name, f"On {name}", abstract, "en")


def read(one: Paper, *chances: float) -> list[Sentence]:
    spans = split_sentences(one.abstract)
    return [Sentence(one, span.start, span.end, chance) for span, chance in zip(spans, chances, strict=True)]


def found(*papers: Paper, scores: Sequence[float] = ()) -> list[Passage]:
    return [
        Passage(one, 0, len(one.abstract), score)
        for one, score in zip(papers, scores or [0.6] * len(papers), strict=True)
    ]


APPLES = paper("apples", "Apples fall. Apples rot slowly. Pears do not.")
PEARS = paper("pears", "Pears hang high. Pears fall late.")


def quoted(sentences: Sequence[Sentence], passages: Sequence[Passage], question: str = "?") -> list[str]:
    return [quote.quote for quote in quotes_read(sentences, passages, question)]


def test_the_sentence_that_answers_is_quoted_and_no_other() -> None:
    assert quoted(read(APPLES, 0.1, 0.9, 0.05), found(APPLES)) == ["Apples rot slowly."]


def test_a_second_one_that_answers_too_comes_along_in_reading_order() -> None:
    assert quoted(read(APPLES, 0.6, 0.1, 0.9), found(APPLES)) == ["Apples fall.", "Pears do not."]


def test_another_paper_is_quoted_only_where_it_answers_too() -> None:
    sentences = read(APPLES, 0.1, 0.9, 0.1)
    assert quoted([*sentences, *read(PEARS, 0.2, 0.3)], found(APPLES, PEARS)) == ["Apples rot slowly."]
    both = [*sentences, *read(PEARS, 0.2, 0.8)]
    assert quoted(both, found(APPLES, PEARS)) == ["Apples rot slowly.", "Pears fall late."]


def test_where_several_are_asked_for_less_is_enough() -> None:
    sentences = [*read(APPLES, 0.1, 0.5, 0.1), *read(PEARS, 0.1, 0.35)]
    assert len(quoted(sentences, found(APPLES, PEARS))) == 1
    assert len(quoted(sentences, found(APPLES, PEARS), "How do apples and pears compare?")) == 2


def test_the_paper_where_it_is_read_comes_first_and_a_named_one_before_it() -> None:
    sentences = [*read(APPLES, 0.1, 0.2, 0.1), *read(PEARS, 0.1, 0.9)]
    assert quoted(sentences, found(APPLES, PEARS))[0] == "Pears fall late."
    long = Paper("a", "Apples of all lands: a survey", APPLES.abstract, "en")
    named = [*read(long, 0.1, 0.6, 0.1), *read(PEARS, 0.1, 0.9)]
    assert quoted(named, found(long, PEARS), "In “Apples of all lands”, do they rot?")[0] == "Apples rot slowly."


def test_a_paper_is_quoted_with_few_words_unless_its_best_sentence_has_more() -> None:
    long = "Fruit " + "very " * 40 + "slowly rots."
    one = paper("long", f"{long} {long.replace('slowly', 'fast')} Short it is.")
    assert [len(words.split()) for words in quoted(read(one, 0.9, 0.8, 0.1), found(one))] == [43]
    assert quoted(read(one, 0.1, 0.8, 0.9), found(one)) == [f"{long.replace('slowly', 'fast')} Short it is."]
    endless = paper("endless", "Fruit " + "so " * 2 * QUOTE_WORDS + "slowly rots. Short.")
    assert len(quoted(read(endless, 0.9, 0.1), found(endless))) == 1


def test_a_question_that_a_paper_asks_is_no_answer() -> None:
    asks = paper("asks", "Do apples fall? Nobody knows.")
    assert quoted(read(asks, 0.99, 0.4), found(asks)) == ["Nobody knows."]


def always(chance: float) -> ReadCalibration:
    odds = {0.9: 2.2, 0.1: -2.2}[chance]
    return ReadCalibration("words-1", Logistic(dict.fromkeys(FEATURES, 0.0), odds), 0.5)


def test_what_is_not_read_surely_enough_is_not_quoted(retriever: PaperRetriever) -> None:
    passages = retriever.passages(QUESTION)
    answered = ReadEvidence(retriever, WordReader(), always(0.9)).find(QUESTION, QUESTION, passages)
    assert answered.confidence == pytest.approx(0.9, abs=0.01)
    assert answered.quotes[0].paper.id == "sleeper-agents"
    refused = ReadEvidence(retriever, WordReader(), always(0.1)).find(QUESTION, QUESTION, passages)
    assert refused.confidence == pytest.approx(0.1, abs=0.01) and refused.quotes == ()
    wanted = ReadEvidence(retriever, WordReader(), always(0.1), answer_from=0.05).find(QUESTION, QUESTION, passages)
    assert wanted.quotes == answered.quotes


def test_of_nothing_found_nothing_is_said(retriever: PaperRetriever) -> None:
    evidence = ReadEvidence(retriever, WordReader(), always(0.9)).find(QUESTION, QUESTION, ())
    assert (evidence.confidence, evidence.quotes) == (0.0, ())
