"""What strangers asked is read as it is written, and counted as it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.answering.models.language_model import LanguageModel
from app.build import LocalAnswerer
from benchmarks.strangers import SPLITS, StrangersQuestion, answer_to, quotes_gold, read_strangers, rows_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper


@pytest.fixture(scope="module")
def answerer(built_full: Any) -> LocalAnswerer:
    return LocalAnswerer(built_full.retriever, LanguageModel)


@pytest.mark.parametrize("split", SPLITS)
def test_every_gold_sentence_stands_in_its_abstract(split: str, all_papers: tuple[Paper, ...]) -> None:
    papers = {paper.id: paper for paper in all_papers}
    questions = read_strangers(shipped_file(f"strangers/{split}.jsonl"))
    assert len(questions) == 120 and len({question.author for question in questions}) == 4
    for question in questions:
        assert question.gold or question.label not in ("answered", "partly")
        for paper, sentences in question.gold:
            assert all(sentence and sentence in papers[paper].abstract for sentence in sentences)


def test_no_question_stands_twice() -> None:
    questions = [one for split in SPLITS for one in read_strangers(shipped_file(f"strangers/{split}.jsonl"))]
    assert len({(*one.asked_before, one.text) for one in questions}) == len({one.id for one in questions}) == 240


def test_what_is_counted(answerer: LocalAnswerer) -> None:
    text = "Do safety techniques remove a backdoor that was trained in?"
    sentence = answerer.ask(text).citations[0].quote
    known = StrangersQuestion("x", "x", text, (), "answered", (("sleeper-agents", (sentence,)),))
    answer = answer_to(answerer, known)
    assert quotes_gold(known, answer)
    elsewhere = replace(known, gold=(("constitutional-ai", (sentence,)),))
    assert not quotes_gold(elsewhere, answer)
    task = replace(known, text="Sing me a song!", label="task", gold=())
    rows = dict(rows_of([(known, answer), (elsewhere, answer), (task, answer_to(answerer, task))]))
    assert rows["answerable refused"] == "0.0% (0 of 2)" and rows["unanswerable answered"] == "0.0% (0 of 1)"
    assert rows["right paper first"] == rows["right sentence quoted"] == "50.0% (1 of 2)"
    assert (rows["answered, partly of `task`"], rows["AUROC of the confidence"]) == ("0, 0 of 1", "1.000")


def test_a_conversation_is_asked_in_its_turn(answerer: LocalAnswerer) -> None:
    follow_up = StrangersQuestion(
        "x", "x", "who wrote that?", ("Does safety training remove backdoors?",), "record", ()
    )
    assert "is by" in answer_to(answerer, follow_up).answer
