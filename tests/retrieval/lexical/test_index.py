"""Papers found by words and by letters."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.lexical.index import LexicalIndex, paper_document
from retrieval.types import Paper

PAPERS = (
    Paper("backdoors", "Sleeper Agents", "Backdoor behaviour persists through safety training.", "en"),
    Paper(
        "unlearning", "UnUnlearning", "Knowledge that was unlearned returns in context.", "en", summary="Forgetting."
    ),
    Paper(
        "zh", None, "模型知道自己知道什么。", "zh", label="Paper on self-knowledge", translations={"en": "Models know."}
    ),
)
QUESTIONS = {"unlearning": ["Can a chatbot be made to forget?"]}


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex(PAPERS, QUESTIONS)


def best(index: LexicalIndex, scores: np.ndarray) -> str:
    return index.papers[int(scores.argmax())].id


def test_a_paper_is_found_by_its_words_whatever_their_ending(index: LexicalIndex) -> None:
    assert best(index, index.word_scores("persisting backdoors")) == "backdoors"


def test_a_paper_is_found_by_a_question_written_for_it(index: LexicalIndex) -> None:
    assert best(index, index.word_scores("making chatbots forget")) == "unlearning"
    assert LexicalIndex(PAPERS, {}).word_scores("chatbot").max() == 0


def test_letters_survive_typing_errors_that_words_do_not(index: LexicalIndex) -> None:
    typed = "bakcdor behavoiur presists"
    assert index.word_scores(typed).max() == 0
    assert best(index, index.letter_scores(typed)) == "backdoors"


def test_chinese_is_looked_up_by_characters(index: LexicalIndex) -> None:
    assert best(index, index.word_scores("知道什么")) == "zh"


@pytest.mark.parametrize("query", ["", "   ", "?!", "zzzz qqqq", "\ud800", "x" * 100_000, "the of and"])
def test_scores_stay_within_bounds_for_any_query(index: LexicalIndex, query: str) -> None:
    for scores in (index.word_scores(query), index.letter_scores(query)):
        assert scores.shape == (len(PAPERS),)
        assert ((scores >= 0) & (scores <= 1 + 1e-9)).all()


def test_a_document_holds_all_that_is_said_of_a_paper() -> None:
    document = paper_document(PAPERS[2], ["Do they know?"])
    for said in ("Paper on self-knowledge", "模型知道自己知道什么。", "Models know.", "Do they know?"):
        assert said in document
