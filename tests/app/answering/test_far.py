"""A refusal names the closest papers where any is near, and what the papers are about where none is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.answering.answer import Answer, AnswerModels
from app.answering.collection.records import records_of
from app.answering.query.courtesy import subjects_of
from app.answering.refusals import nothing_near
from app.answering.sources import NEAR_FROM, asked_about, is_far, near_the_closest, put_first
from app.languages import ENGLISH, language_of
from app.local_answerer import LocalAnswerer
from retrieval.types import Paper, Passage

OWLS = Paper("owls", "Owls", "We study owls.", "en", category="Birds")


@pytest.mark.parametrize(
    ("score", "confidence", "far"), [(0.1, 0.01, True), (0.2, 0.01, False), (0.1, 0.2, False), (0.4, 0.4, False)]
)
def test_what_is_far_has_a_low_score_and_surely_no_answer(score: float, confidence: float, far: bool) -> None:
    assert is_far([Passage(OWLS, 0, 5, score)], confidence) is far


def test_where_nothing_is_found_everything_is_far() -> None:
    assert is_far([], 0.0)


REFUSED = Answer(
    "a",
    "Q?",
    "Q?",
    "abstained",
    "quotes",
    "The papers do not answer this.\n\nThe papers here are about birds.",
    0.01,
    sources=(Passage(OWLS, 0, 5, 0.1),),
    models=AnswerModels(reranker="reader"),
)


def test_a_refusal_of_what_is_far_is_known_by_its_scores_and_by_naming_no_paper() -> None:
    assert nothing_near(REFUSED)
    assert not nothing_near(replace(REFUSED, answer="The papers do not answer this.\n\nClosest to it: Owls."))
    assert not nothing_near(replace(REFUSED, sources=(Passage(OWLS, 0, 5, 0.4),)))
    assert not nothing_near(replace(REFUSED, models=AnswerModels()))  # nobody knows what the scores mean
    assert not nothing_near(replace(REFUSED, sources=()))
    assert not nothing_near(replace(REFUSED, status="answered"))


def test_what_the_papers_are_about_is_told_by_their_categories() -> None:
    records = records_of([OWLS, Paper("mice", "Mice", "", "en", category="Rodents")])
    assert subjects_of(records, ENGLISH.phrases) == "The papers here are about birds, rodents."
    assert subjects_of(records, language_of("鸟").phrases) == "这里的论文讨论的是：birds、rodents。"
    assert subjects_of(records_of([Paper("bare", "Bare", "", "en")]), ENGLISH.phrases) == ""


def test_the_first_paper_is_asked_about_where_it_is_near_enough() -> None:
    assert asked_about([Passage(OWLS, 0, 5, NEAR_FROM)]) is OWLS
    assert asked_about([Passage(OWLS, 0, 5, NEAR_FROM - 0.01)]) is None
    assert asked_about([]) is None


def test_of_the_closest_papers_those_far_behind_the_first_are_not_named() -> None:
    others = [Paper(name, name, "Words.", "en") for name in ("mice", "cats")]
    found = [Passage(paper, 0, 5, score) for paper, score in zip((OWLS, *others), (0.5, 0.4, 0.2), strict=True)]
    assert near_the_closest(found) == (OWLS, others[0])
    assert near_the_closest([]) == ()


def test_the_paper_that_is_named_stands_first_whether_it_was_found_or_not() -> None:
    mice = Paper("mice", "Mice", "Mice run.", "en")
    found = [Passage(OWLS, 0, 5, 0.5), Passage(mice, 0, 5, 0.2)]
    assert [(one.paper.id, one.score) for one in put_first(mice, found)] == [("mice", 0.5), ("owls", 0.5)]
    cats = Paper("cats", "Cats", "Cats purr.", "en")
    assert [one.paper.id for one in put_first(cats, found)] == ["cats", "owls", "mice"]
    assert put_first(cats, [])[0].text == "Cats purr."


@pytest.mark.model
def test_a_refusal_says_in_short_what_the_paper_asked_about_says(with_reader: LocalAnswerer) -> None:
    answer = with_reader.ask("which optimizer was used in the sleeper agents paper")
    assert answer.status == "abstained" and answer.citations == ()
    assert "Persist Through Safety Training” in short, in this project's words: Models deliberately" in answer.answer
    named = with_reader.ask("is anthropic's sleeper agent paper peer reviewed").answer
    assert "\n\nClosest to it: Sleeper Agents: " in named and "in short, in this project's words" in named
    far = with_reader.ask("how much electricity was consumed for training GPT-4")
    assert far.status == "abstained" and "in short" not in far.answer
