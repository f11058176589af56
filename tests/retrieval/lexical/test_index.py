"""Papers found and scored by words and by letters."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from retrieval.lexical.document import stems
from retrieval.lexical.index import HALF_SCORE, LexicalIndex, paper_document
from retrieval.lexical.letters import LetterRarity
from retrieval.lexical.words import Document, WordsWriter, words_of
from retrieval.types import Paper

PAPERS = {
    11: Paper("backdoors", "Sleeper Agents", "Backdoor behaviour persists through safety training.", "en"),
    12: Paper(
        "unlearning", "UnUnlearning", "Knowledge that was unlearned returns in context.", "en", summary="Forgetting."
    ),
    15: Paper(
        "zh", None, "模型知道自己知道什么。", "zh", label="Paper on self-knowledge", translations={"en": "Models know."}
    ),
}
QUESTIONS = {12: ("Can a chatbot be made to forget?",)}
TEXTS = {number: paper_document(paper, QUESTIONS.get(number, ())) for number, paper in PAPERS.items()}


def index_of(documents: list[Document]) -> LexicalIndex:
    writer = WordsWriter(None)
    tokens = writer.add(documents)
    writer.commit()
    texts = [paper_document(each.paper, each.questions) for each in documents]
    return LexicalIndex(writer.words(), len(documents), tokens, LetterRarity.of(texts))


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return index_of([Document(number, paper, QUESTIONS.get(number, ())) for number, paper in PAPERS.items()])


def by_words(index: LexicalIndex, query: str) -> dict[int, float]:
    return {number: words for number, (words, _) in index.scores(query, TEXTS).items()}


def by_letters(index: LexicalIndex, query: str) -> dict[int, float]:
    return {number: letters for number, (_, letters) in index.scores(query, TEXTS).items()}


def best(scores: dict[int, float]) -> int:
    return max(scores, key=lambda number: scores[number])


def test_a_paper_is_found_by_its_words_whatever_their_ending(index: LexicalIndex) -> None:
    assert best(by_words(index, "persisting backdoors")) == 11
    assert index.nearest("persisting backdoors", 5) == [11]


def test_a_paper_is_found_by_a_question_written_for_it(index: LexicalIndex) -> None:
    assert best(by_words(index, "making chatbots forget")) == 12
    assert index.nearest("making chatbots", 1) == [12]
    without = index_of([Document(number, paper) for number, paper in PAPERS.items()])
    assert without.nearest("chatbots", 1) == []


def test_letters_survive_typing_errors_that_words_do_not(index: LexicalIndex) -> None:
    typed = "bakcdor behavoiur presists"
    assert max(by_words(index, typed).values()) == 0
    assert best(by_letters(index, typed)) == 11


@pytest.mark.parametrize("typed", ["behavoiur", "persistss", "bacdoor", "sleepr", "traning", "unlearnned konwledge"])
def test_papers_near_to_mistyped_words_are_candidates(index: LexicalIndex, typed: str) -> None:
    assert index.nearest(typed, 1) == ([12] if "konw" in typed else [11])


def test_only_candidates_that_are_asked_for_are_given(index: LexicalIndex) -> None:
    assert index.nearest("knowledge", 5, among=[11, 15]) == [15]
    assert index.nearest("knowledge", 5, among=[]) == []
    assert len(index.nearest("knowledge training", 2)) == 2


def test_chinese_is_looked_up_by_characters(index: LexicalIndex) -> None:
    assert best(by_words(index, "知道什么")) == 15
    assert index.nearest("知道什么", 3) == [15]


@pytest.mark.parametrize("query", ["", "   ", "?!", "zzzz qqqq", "\ud800", "x" * 100_000, "the of and", "wxyz " * 999])
def test_scores_stay_within_bounds_for_any_query(index: LexicalIndex, query: str) -> None:
    scores = index.scores(query, TEXTS)
    assert list(scores) == list(TEXTS)
    assert all(0 <= one <= 1 for both in scores.values() for one in both)
    assert index.nearest(query, 5) == []


def test_a_document_holds_all_that_is_said_of_a_paper() -> None:
    document = paper_document(PAPERS[15], ["Do they know?"])
    for said in ("Paper on self-knowledge", "模型知道自己知道什么。", "Models know.", "Do they know?"):
        assert said in document


def test_words_are_scored_as_lucene_does(index: LexicalIndex) -> None:
    # "knowledg" is in two of three papers; 15 has it once among its 13 words. All papers have 10 + 11 + 13 words.
    said = {number: stems(text) for number, text in TEXTS.items()}
    length, average = len(said[15]), sum(map(len, said.values())) / 3
    assert [words.count("knowledg") for words in said.values()] == [0, 1, 1]
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    bm25 = rarity * 1 / (1 + 1.5 * (1 - 0.75 + 0.75 * length / average))
    assert by_words(index, "knowledge")[15] == pytest.approx(bm25 / (bm25 + HALF_SCORE))
    twice = 2 * bm25
    assert by_words(index, "knowledge and knowledge")[15] == pytest.approx(twice / (twice + HALF_SCORE))


def test_a_word_said_often_counts_more_and_a_long_paper_less() -> None:
    texts = {1: "owl owl cat", 2: "owl dog cat", 3: "owl dog cat" + " bird" * 30}
    index = index_of([Document(number, Paper(f"p{number}", "x", text, "en")) for number, text in texts.items()])
    scores = {number: words for number, (words, _) in index.scores("owl", texts).items()}
    assert scores[1] > scores[2] > scores[3] > 0


def test_scores_do_not_depend_on_what_else_is_scored(index: LexicalIndex) -> None:
    alone = index.scores("knowledge of training", {15: TEXTS[15]})
    assert alone[15] == index.scores("knowledge of training", TEXTS)[15]


def test_a_paper_that_changed_is_scored_anew(index: LexicalIndex) -> None:
    assert index.scores("backdoor", {11: TEXTS[11]})[11][0] > 0
    assert index.scores("backdoor", {11: "Something else."})[11] == (0.0, 0.0)


def test_more_may_have_a_word_than_there_are_papers() -> None:
    # Papers that are replaced stay in the words for a while.
    words = words_of([Document(number, Paper("owls", "Owls", "Owls sleep.", "en")) for number in range(5)])
    index = LexicalIndex(words, 1, 2, LetterRarity.of(["Owls sleep."]))
    (score, _) = index.scores("owls", {4: "Owls sleep."})[4]
    assert 0 < score < 1


def test_it_knows_words_that_papers_use(index: LexicalIndex) -> None:
    assert index.knows("trained agents") and index.knows("") and index.knows("the of")
    assert not index.knows("trained zebras")


def test_of_no_papers_nothing_is_found() -> None:
    empty = LexicalIndex(words_of([]), 0, 0, LetterRarity.of(()))
    assert empty.nearest("backdoors", 3) == [] and empty.scores("backdoors", {}) == {}
    assert not empty.knows("backdoors")


def test_threads_get_the_same_scores(index: LexicalIndex) -> None:
    queries = ["knowledge returns", "sleeper agents", "模型知道", "behavoiur", "forgetting"] * 8
    alone = [(index.scores(query, TEXTS), index.nearest(query, 3)) for query in queries]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda query: (index.scores(query, TEXTS), index.nearest(query, 3)), queries))
    assert together == alone


def test_only_as_much_of_a_query_is_read_as_is_said(index: LexicalIndex) -> None:
    assert index.nearest("zzzz " * 400 + "backdoor", 3) == []
