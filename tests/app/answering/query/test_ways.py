"""However somebody asks about the collection itself, the plain question is found; other questions are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from app.answering.collection.records import records_of
from app.answering.query.understanding import names_in, understood
from app.answering.query.ways import (
    FILE,
    MAX_WORDS,
    NEAR_FROM,
    PAPER,
    TOPIC,
    Way,
    WaysOfAsking,
    read_ways,
    slot_of,
    spelled_out,
)
from app.answering.question import checked_question
from app.local_answerer import LocalAnswerer
from retrieval.errors import InputError
from retrieval.models.embedder import HashEmbedder
from retrieval.questions.labelled import read_labelled_questions
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.types import Paper, Progress, no_progress

OLDEST, COUNT = "Which is the oldest paper?", "How many papers are there?"
WAYS = (Way("oldest one of the lot", OLDEST), Way("how big is this pile", COUNT))
WRITERS, LINK = f"Who wrote {PAPER}?", f"Where can I read {PAPER}?"
OF_ONE = (Way(f"whose baby is {PAPER} please", WRITERS), Way(f"send me a pdf of {PAPER} please", LINK))
OWLS = Paper("owls", "How owls sleep at night", "Owls sleep by day.", "en")


def meant(text: str) -> str | None:
    return WaysOfAsking(WAYS, HashEmbedder(), str).plainly(text)


def test_the_plain_question_of_the_nearest_way_is_meant() -> None:
    assert meant("the oldest one of the lot?") == OLDEST
    assert meant("how big is this pile??") == COUNT


def meant_of_owls(text: str) -> str | None:
    ways = WaysOfAsking(WAYS + OF_ONE, HashEmbedder(), str)
    return ways.plainly(text, {PAPER: lambda said: f"“{OWLS.name}”" if said.casefold() == "owls" else ""})


def test_the_name_of_a_paper_is_taken_out_and_put_back() -> None:
    assert meant_of_owls("whose baby is Owls please?") == f"Who wrote “{OWLS.name}”?"
    assert meant_of_owls("pdf of owls, send me a please") == f"Where can I read “{OWLS.name}”?"


@pytest.mark.parametrize(
    "text",
    [
        "whose baby is this please",  # names no paper
        "owls",  # asks nothing
        "whose baby hides a pdf of owls",  # words of two different questions
        "what do owls eat at night please",
        "how many people sent a pdf of owls please",  # wants a figure
    ],
)
def test_what_asks_more_of_a_paper_is_left_to_its_text(text: str) -> None:
    assert meant_of_owls(text) is None


def test_nothing_is_embedded_for_a_question_whose_words_no_way_has() -> None:
    class Counting(HashEmbedder):
        embedded = 0

        def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
            Counting.embedded += len(texts)
            return super().embed(texts, progress)

    ways = WaysOfAsking(WAYS + OF_ONE, Counting(), str)
    assert ways.plainly("do backdoors survive training", {PAPER: lambda _: ""}) is None and Counting.embedded == 0
    ways.load()
    assert Counting.embedded == len(WAYS + OF_ONE)


@pytest.mark.parametrize(
    "text",
    ["", "?!", "big one", "how big are language models", "how big is this pile " * MAX_WORDS],
)
def test_what_is_not_near_asks_something_else(text: str) -> None:
    assert meant(text) is None


def test_what_ships_is_read_plainly(all_papers: tuple[Paper, ...]) -> None:
    records = records_of(all_papers)
    ways = read_ways(shipped_file(FILE))
    assert len({way.text.casefold() for way in ways}) == len(ways) > 200
    for plainly in {way.plainly.replace(TOPIC, "unlearning") for way in ways if PAPER not in way.plainly}:
        read = understood(checked_question(plainly), records)
        assert read.of_records or read.courtesy, plainly
    for plainly in {way.plainly for way in ways if PAPER in way.plainly}:
        for paper in all_papers:
            asked = understood(checked_question(plainly.replace(PAPER, f"“{paper.name}”")), records).of_records
            assert asked and asked.paper == paper, (plainly, paper.name)


def test_a_broken_file_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "ways.jsonl"
    file.write_text('{"as": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError):
        read_ways(file)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what labs have you got and which has most", "Google DeepMind 42"),
        ("the oldest thing in the collection, please", "January 2022"),
        ("sooo how many papers you got in there", "94 papers"),
        ("sparrow arxiv id", "“Building safer dialogue agents” can be read at"),
        ("who came up w/ sparrow", "Amelia Glaese"),
        ("who's the first author on many-shot jailbreaking", "“Many-shot jailbreaking” is by Cem Anil"),
        ("Sparrow 论文是谁写的呀", "出自Amelia Glaese"),
        # What was prepared for the count of something else is as near.
        ("whats the paper count", "The collection has 94 papers"),
        ("epinet?? in one line please", "“Robustness of Epinets against Distributional Shifts” in short"),
    ],
)
def test_it_is_answered_from_the_records(with_reader: LocalAnswerer, text: str, said: str) -> None:
    answer = with_reader.ask(text)
    assert answer.status == "answered" and said in answer.answer


@pytest.mark.model
@pytest.mark.parametrize(("slot", "least"), [("", 0.8), (PAPER, 0.79), (TOPIC, 0.7)])
def test_a_way_left_out_is_known_by_the_others(with_reader: LocalAnswerer, slot: str, least: float) -> None:
    ways = [way for way in read_ways(shipped_file(FILE)) if slot_of(way) == slot]
    texts = [spelled_out(way.text) for way in ways]
    vectors = with_reader.retriever.embedder.embed([with_reader.retriever.in_english(text) for text in texts])
    near = vectors @ vectors.T
    np.fill_diagonal(near, -1)
    taken = [place for place in range(len(ways)) if near[place].max() >= NEAR_FROM]
    right = [place for place in taken if ways[near[place].argmax()].plainly == ways[place].plainly]
    assert len(taken) > least * len(ways) and len(right) > least * len(taken)


@pytest.mark.model
def test_no_question_that_was_written_for_papers_is_taken_for_one(
    with_reader: LocalAnswerer, all_papers: tuple[Paper, ...]
) -> None:
    retriever, records = with_reader.retriever, records_of(all_papers)
    ways = WaysOfAsking(read_ways(shipped_file(FILE)), retriever.embedder, retriever.in_english)
    asked = read_labelled_questions(default_questions_file("dev.jsonl"))
    asked += read_labelled_questions(default_questions_file("train.jsonl"))
    alone = [question.text for question in asked if not question.asked_before]
    taken = [text for text in alone if ways.plainly(text, names_in(records))]
    assert taken == []


@pytest.mark.model
def test_questions_to_the_papers_are_left_to_them(with_reader: LocalAnswerer) -> None:
    for text in ("which lab has the doubly efficient debate one", "How many neurons did GPT-4 explain?"):
        assert "The collection has" not in with_reader.ask(text).answer


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("unlearning", "unlearning"),
        ("the red teaming stuff", "red teaming"),
        ("mech interp", "mech interp"),
        # No subject of papers, that of one alone, a clause.
        ("way", ""),
        ("people", ""),
        ("epinets", ""),
        ("how debate works", ""),
        ("on debate", ""),
    ],
)
def test_a_topic_is_what_several_papers_treat(all_papers: tuple[Paper, ...], said: str, topic: str) -> None:
    assert names_in(records_of(all_papers))[TOPIC](said) == topic


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("give me 3 findings about debate", "What was found about debate"),
        ("where would a total newbie begin with interpretability", "To read about interpretability"),
        ("all your jailbreak stuff", "papers about jailbreak"),
    ],
)
def test_a_topic_is_answered_from_its_papers(with_reader: LocalAnswerer, text: str, said: str) -> None:
    answer = with_reader.ask(text)
    assert answer.status == "answered" and said in answer.answer


@pytest.mark.model
def test_how_a_thing_works_is_asked_of_the_papers_text(with_reader: LocalAnswerer) -> None:
    for text in ("How does Nash learning from human feedback work?", "why does red teaming work"):
        assert "papers" not in with_reader.ask(text).answer.partition("“")[0]


@pytest.mark.model
def test_a_topic_alone_is_no_question_about_a_part_of_it(with_reader: LocalAnswerer) -> None:
    assert "Red Teaming" in with_reader.ask("red teaming").citations[0].paper.name
    assert "papers here are" not in with_reader.ask("red teaming").answer
