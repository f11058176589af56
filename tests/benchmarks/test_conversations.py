"""Conversations as people have them are read as they are written, and judged by what the answers are about."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.answering.answer import Answer
from app.answering.citation import Citation
from app.answering.models.language_model import LanguageModel
from app.local_answerer import LocalAnswerer
from benchmarks.conversations import (
    COLLECTION,
    SPLITS,
    Asked,
    PeoplesTurn,
    asked_in_turn,
    on_topic,
    read_conversations,
    rows_of,
)
from retrieval.shipped import shipped_file
from retrieval.types import Paper, Passage

KINDS = {
    *("definition", "verdict", "who", "list", "compare", "summary", "overview", "record", "collection", "how"),
    *("fact", "language", "parts", "offtopic"),
}
OWLS, MICE = Paper("owls", "Owls", "Owls fly.", "en"), Paper("mice", "Mice", "Mice run.", "en")


def answer(*quoted: Paper, found: tuple[Paper, ...] = (), status: str = "answered") -> Answer:
    citations = tuple(Citation(number, paper, 0, 9, 0.9) for number, paper in enumerate(quoted, start=1))
    sources = tuple(Passage(paper, 0, 9, 0.9) for paper in found or quoted)
    return replace(Answer("a", "q", "q", "answered", "quotes", "", 0.9, (), citations, sources), status=status)


def asked(told: Answer, *about: str, place: int = 0, leans: bool = False, changes: bool = False) -> Asked:
    return Asked(PeoplesTurn("q", about, leans), place, changes, told)


@pytest.mark.parametrize("split", SPLITS)
def test_the_conversations_are_many_and_about_papers_that_there_are(split: str, all_papers: tuple[Paper, ...]) -> None:
    talks = read_conversations(shipped_file(f"people/conversations.{split}.jsonl"))
    ids = {paper.id for paper in all_papers} | {COLLECTION}
    assert len(talks) >= 50 and {talk.author for talk in talks} == set("uvwx")
    for talk in talks:
        assert 2 <= len(talk.turns) <= 5 and not talk.turns[0].leans, talk.id
        assert all(set(turn.about) <= ids for turn in talk.turns), talk.id


def test_the_questions_have_each_kind_in_each_split(all_papers: tuple[Paper, ...]) -> None:
    ids = {paper.id for paper in all_papers}
    seen: set[str] = set()
    counts = {"dev": 128, "test": 128, "more.dev": 120, "more.test": 120}
    for split, count in counts.items():
        lines = Path(shipped_file(f"people/{split}.jsonl")).read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line) for line in lines]
        assert len(questions) == count
        # Nothing off the topic was written a second time.
        wanted = KINDS - {"offtopic"} if split.startswith("more") else KINDS
        assert {question["kind"] for question in questions} == wanted
        for question in questions:
            assert set(question["papers"]) <= ids and question["wants"].strip(), question["id"]
            assert question["covered"] in {"yes", "part", "no"}
            assert question["verdict"] in {"yes", "no", "mixed", None}
            assert question["id"] not in seen and question["question"].strip()
            seen.add(question["id"])


def test_an_answer_is_on_topic_by_its_first_quote_or_what_it_names_as_close() -> None:
    assert on_topic(asked(answer(OWLS, MICE), "owls"))
    assert not on_topic(asked(answer(MICE, OWLS), "owls"))
    assert on_topic(asked(answer(found=(MICE, OWLS), status="abstained"), "owls"))
    assert not on_topic(asked(answer(found=(MICE, MICE, MICE, OWLS), status="abstained"), "owls"))


def test_of_no_paper_nothing_is_answered_and_of_the_collection_something_is() -> None:
    assert on_topic(asked(answer(status="abstained", found=(OWLS,))))
    assert not on_topic(asked(answer(OWLS)))
    assert on_topic(asked(answer(OWLS), COLLECTION))
    assert not on_topic(asked(answer(status="abstained", found=(OWLS,)), COLLECTION))


def test_the_rows_count_each_kind_of_turn() -> None:
    rows = dict(
        rows_of(
            [
                asked(answer(OWLS), "owls"),
                asked(answer(MICE), "owls", place=1, leans=True),
                asked(answer(MICE), "mice", place=2, changes=True),
                asked(answer(MICE), COLLECTION, place=3),
            ]
        )
    )
    assert rows["right topic, all turns"] == "75.0% (3 of 4)"
    assert rows["first turns"] == "100.0% (1 of 1)"
    assert rows["later turns that lean on those before"] == "0.0% (0 of 1)"
    assert rows["later turns that change the topic"] == "100.0% (1 of 1)"


def test_each_turn_is_asked_after_the_answers_before_it(built_full: Any) -> None:
    answerer = LocalAnswerer(built_full.retriever, LanguageModel)
    talk = next(
        talk for talk in read_conversations(shipped_file("people/conversations.dev.jsonl")) if len(talk.turns) > 2
    )
    told = list(asked_in_turn(answerer, talk))
    assert [one.place for one in told] == list(range(len(talk.turns))) and not told[0].changes
    assert [one.answer.question for one in told] == [turn.text for turn in talk.turns]
