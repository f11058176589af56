"""Evidence by reading: what is quoted, of which papers, and whether any answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.answering.evidence.calibration import FEATURES, ReadCalibration
from app.answering.evidence.evidence import NOTHING, Evidence
from app.answering.evidence.read_evidence import (
    QUOTE_WORDS,
    TOLD,
    ReadEvidence,
    best_first,
    nearest_quote,
    quotes_read,
    with_figures,
)
from app.answering.evidence.selection import quotable_by_paper
from app.answering.logistic import Logistic
from app.answering.reading.reader import Agreement, Excerpt, Reading
from retrieval.chunking import split_sentences
from retrieval.lexical.glossary import Glossary
from retrieval.retriever import PaperRetriever
from retrieval.types import Paper, Passage, Sentence
from tests.support.in_memory import InMemory, lexical_of
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
    return [quote.quote for quote in quotes_read(best_first(sentences, passages), passages, question)]


def test_what_only_comes_near_is_quoted_of_the_paper_that_is_named() -> None:
    sentences = best_first([*read(APPLES, 0.3, 0.1, 0.1), *read(PEARS, 0.1, 0.02)], found(APPLES, PEARS))
    both = found(APPLES, PEARS)
    for question, quote in (("?", "Apples fall."), ("? On pears", "Pears hang high."), ("? On apples", "Apples fall.")):
        assert [one.quote for one in nearest_quote(sentences, both, question)] == [quote]
    # Where none of its sentences may answer, it says nothing to it.
    none = best_first([*read(APPLES, 0.3, 0.1, 0.1), *read(PEARS, 0.01, 0.02)], both)
    assert [one.quote for one in nearest_quote(none, both, "? On pears")] == ["Apples fall."]


def test_the_sentence_that_answers_is_quoted_and_no_other() -> None:
    assert quoted(read(APPLES, 0.1, 0.9, 0.05), found(APPLES)) == ["Apples rot slowly."]


def test_a_second_one_that_answers_too_comes_along_in_reading_order() -> None:
    assert quoted(read(APPLES, 0.6, 0.1, 0.9), found(APPLES)) == ["Apples fall.", "Pears do not."]


def test_another_paper_is_quoted_only_where_it_answers_too() -> None:
    sentences = read(APPLES, 0.1, 0.98, 0.1)
    assert quoted([*sentences, *read(PEARS, 0.1, 0.8)], found(APPLES, PEARS)) == ["Apples rot slowly."]
    both = [*sentences, *read(PEARS, 0.1, 0.95)]
    assert quoted(both, found(APPLES, PEARS)) == ["Apples rot slowly.", "Pears fall late."]


def test_of_sentences_that_answer_the_one_with_a_figure_is_told_where_one_is_asked_for() -> None:
    plums = paper("plums", "Many plums fall by night. Four plums of five fall by night.")
    sentences = read(plums, 0.7, 0.6)
    ranked = best_first(with_figures(sentences), found(plums))
    assert [one.text for one in ranked] == ["Four plums of five fall by night.", "Many plums fall by night."]
    assert [one.text for one in best_first(sentences, found(plums))] == [one.text for one in reversed(ranked)]


def test_what_only_announces_the_next_sentence_is_not_quoted() -> None:
    announcing = paper("pears", "We find the following: Pears fall.")
    sentences = [replace(one, end=22) for one in read(announcing, 0.9)][:1]
    assert not quotable_by_paper(sentences)
    counting = paper("plums", "We make three main contributions. We make contributions to plums.")
    kept = quotable_by_paper(read(counting, 0.9, 0.9))[counting.id]
    assert [one.text for one in kept] == ["We make contributions to plums."]


def test_nothing_is_denied_where_another_sentence_surely_answers(build: Callable[..., Any], tmp_path: Path) -> None:
    class Denying(WordReader):
        def __init__(self, *odds: float) -> None:
            self._odds = odds

        def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
            return [Reading(self._odds) for _ in excerpts]

        def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
            return [Agreement(0.0, 0.95 if "Pears" in said else 0.2, 0.05) for _, said in pairs]

    one = build(tmp_path, (APPLES,)).retriever
    for odds, corrects in (((2.0, -3.0, -3.0), False), ((0.0, -3.0, -3.0), True), ((2.0, -3.0, 1.0), True)):
        finder = ReadEvidence(one, Denying(*odds), calibrated(0.5, 0.9))
        assert finder.find("Fruit?", "Fruit?", found(APPLES), ()).corrects == corrects, odds


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


def test_what_says_what_a_thing_is_comes_first_with_the_sentence_that_it_leans_on() -> None:
    one = paper("owls", "Owls sleep. Owls dive on mice. We call this owling. Owling is hard.")
    ranked = best_first(read(one, 0.8, 0.1, 0.9, 0.1), found(one))
    quotes = quotes_read(ranked, found(one), "?", "owling")
    assert [quote.quote for quote in quotes] == ["Owls dive on mice. We call this owling.", "Owls sleep."]
    assert [quote.quote for quote in quotes_read(ranked, found(one), "?")] == [
        "Owls sleep. Owls dive on mice. We call this owling."
    ]


def test_a_question_that_a_paper_asks_is_no_answer() -> None:
    asks = paper("asks", "Do apples fall? Nobody knows.")
    assert quoted(read(asks, 0.99, 0.4), found(asks)) == ["Nobody knows."]


def calibrated(chance: float, corrects_from: float = 1.1) -> ReadCalibration:
    """All questions have this chance; answered from 0.6 and partly from 0.3 on."""
    odds = math.log(chance / (1 - chance))
    return ReadCalibration("words-1", Logistic(dict.fromkeys(FEATURES, 0.0), odds), 0.6, 0.3, corrects_from, 1.1)


def evidence_of(retriever: PaperRetriever, calibration: ReadCalibration, answer_from: float | None = None) -> Evidence:
    passages = retriever.passages(QUESTION)
    return ReadEvidence(retriever, WordReader(), calibration, answer_from).find(QUESTION, QUESTION, passages, ())


def test_what_is_read_surely_is_quoted_and_told(retriever: PaperRetriever) -> None:
    found = evidence_of(retriever, calibrated(0.9))
    assert (found.status, found.corrects) == ("answered", False)
    assert found.confidence == pytest.approx(0.9)
    assert found.quotes[0].paper.id == "sleeper-agents"
    assert 0 < len(found.read) <= TOLD
    assert [one.score for one in found.read] == sorted((one.score for one in found.read), reverse=True)


def test_what_is_near_is_one_quote(retriever: PaperRetriever) -> None:
    found = evidence_of(retriever, calibrated(0.5))
    assert found.status == "partly" and len(found.quotes) == 1


def test_what_is_near_brings_the_sentence_that_it_leans_on() -> None:
    dreams = paper("dreams", "We dream of owls. In doing so, we keep them in sight. Mice are no owls.")
    ranked = best_first(read(dreams, 0.2, 0.4, 0.1), found(dreams))
    assert [one.quote for one in nearest_quote(ranked)] == ["We dream of owls. In doing so, we keep them in sight."]
    assert [one.quote for one in nearest_quote(best_first(read(dreams, 0.1, 0.1, 0.4), found(dreams)))] == [
        "Mice are no owls."
    ]


def test_the_nearest_is_quoted_and_not_the_first_in_reading_order(build: Callable[..., Any], tmp_path: Path) -> None:
    class Second(WordReader):
        def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
            return [Reading((0.4, -2.0, 2.2)) for _ in excerpts]

    one = build(tmp_path, (APPLES,)).retriever
    found = ReadEvidence(one, Second(), calibrated(0.5)).find("?", "Apples?", one.passages("Apples?"), ())
    assert [quote.quote for quote in found.quotes] == ["Pears do not."]


def test_where_the_papers_surely_answer_nothing_is_denied(retriever: PaperRetriever) -> None:
    class Denying(WordReader):
        def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
            return [Agreement(0.0, 0.95, 0.05) for _ in pairs]

    passages = retriever.passages(QUESTION)
    found = ReadEvidence(retriever, Denying(), calibrated(0.9, 0.5)).find(QUESTION, QUESTION, passages, ())
    assert (found.corrects, found.status) == (False, "answered")
    strict = ReadEvidence(retriever, Denying(), calibrated(0.1, 0.5), answer_from=0.99)
    assert strict.find(QUESTION, QUESTION, passages, ()).status == "abstained"


def test_nothing_is_denied_that_another_sentence_bears_out_as_surely(retriever: PaperRetriever) -> None:
    class Divided(WordReader):
        def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
            return [Agreement(0.95, 0.0, 0.05), Agreement(0.0, 0.94, 0.06), *[Agreement(0.0, 0.0, 1.0)] * len(pairs)]

    passages = retriever.passages(QUESTION)
    found = ReadEvidence(retriever, Divided(), calibrated(0.5, 0.9)).find(QUESTION, QUESTION, passages, ())
    assert (found.corrects, found.status) == (False, "partly")


def test_a_figure_that_only_comes_near_is_told_of_the_paper_asked_about_alone(
    build: Callable[..., Any], tmp_path: Path
) -> None:
    class OfPears(WordReader):
        def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
            odds = {APPLES.name: -3.0, PEARS.name: 3.0}
            return [Reading((odds[one.title],) * len(one.sentences)) for one in excerpts]

    one = build(tmp_path, (APPLES, PEARS)).retriever
    finder = ReadEvidence(one, OfPears(), calibrated(0.5))
    for asked, status in (("How many fall?", "abstained"), ("Which fall?", "partly")):
        assert finder.find(asked, asked, found(APPLES, PEARS, scores=(0.6, 0.59)), ()).status == status
    assert finder.find("How many fall?", "How many fall?", found(PEARS, APPLES), ()).status == "partly"


def test_what_is_far_is_not_quoted_but_told(retriever: PaperRetriever) -> None:
    found = evidence_of(retriever, calibrated(0.1))
    assert (found.status, found.quotes) == ("abstained", ()) and found.read


def test_a_wanted_threshold_goes_before_the_fitted_one(retriever: PaperRetriever) -> None:
    assert evidence_of(retriever, calibrated(0.5), answer_from=0.4).status == "answered"
    assert evidence_of(retriever, calibrated(0.9), answer_from=0.95).status == "partly"


def test_a_sentence_that_denies_the_question_is_quoted_alone_as_such(retriever: PaperRetriever) -> None:
    class Denying(WordReader):
        def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
            return [Agreement(0.0, 0.95 if place == 1 else 0.1, 0.05) for place in range(len(pairs))]

    passages = retriever.passages(QUESTION)
    found = ReadEvidence(retriever, Denying(), calibrated(0.1, 0.9)).find(QUESTION, QUESTION, passages, ())
    assert found.corrects and found.status == "answered" and len(found.quotes) == 1
    denying = found.read[1]
    assert (found.quotes[0].start, found.quotes[0].paper.id) == (denying.start, denying.paper.id)
    assert not ReadEvidence(retriever, Denying(), calibrated(0.1, 0.96)).find(QUESTION, QUESTION, passages, ()).corrects


def test_of_nothing_found_nothing_is_said(retriever: PaperRetriever) -> None:
    assert ReadEvidence(retriever, WordReader(), calibrated(0.9)).find(QUESTION, QUESTION, (), ()) == NOTHING


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("apples fall", "answered"),
        # Another paper says it, so the word makes the question another one.
        ("apples hang", "partly"),
        # What no paper says may be misspelt, and a sentence says which word it leans on.
        ("aples fall", "answered"),
        ("do apples hang", "answered"),
        # So are those of which one wants to know what they are.
        ("What is the apples hang?", "partly"),
        ("Tell me about apples fall", "answered"),
    ],
)
def test_of_two_bare_words_each_has_to_be_said_by_the_paper(question: str, status: str) -> None:
    class OfApples(WordReader):
        def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
            return [Reading((3.0,) * len(one.sentences)) for one in excerpts]

    collection = InMemory()
    papers = collection.add((APPLES, PEARS))
    finder = ReadEvidence(collection.retriever(papers, lexical=lexical_of(papers)), OfApples(), calibrated(0.9))
    assert finder.find(question, question, found(APPLES), ()).status == status


def test_of_a_chinese_question_of_which_no_telling_word_is_known_nothing_answers() -> None:
    capital = "法国的首都是什么"
    collection = InMemory()
    one = collection.retriever(collection.add((APPLES,)), glossary=Glossary({capital[-3:]: "what is"}))
    passages = one.passages(capital)
    assert passages
    finder = ReadEvidence(one, WordReader(), calibrated(0.9))
    assert finder.find(capital, capital, passages, ()) == NOTHING
    known = ReadEvidence(
        collection.retriever(collection.add((APPLES,)), glossary=Glossary({capital: "what are apples"})),
        WordReader(),
        calibrated(0.9),
    )
    assert known.find(capital, capital, passages, ()).status == "answered"
