"""A refusal names the closest papers where any is near, and what the papers are about where none is."""

from __future__ import annotations

import pytest

from app.answering.collection.records import Records
from app.answering.query.courtesy import subjects_of
from app.answering.sources import is_far
from app.languages import ENGLISH, language_of
from retrieval.types import Paper, Passage

OWLS = Paper("owls", "Owls", "We study owls.", "en", category="Birds")


@pytest.mark.parametrize(
    ("score", "confidence", "far"), [(0.1, 0.01, True), (0.2, 0.01, False), (0.1, 0.2, False), (0.4, 0.4, False)]
)
def test_what_is_far_has_a_low_score_and_surely_no_answer(score: float, confidence: float, far: bool) -> None:
    assert is_far([Passage(OWLS, 0, 5, score)], confidence) is far


def test_where_nothing_is_found_everything_is_far() -> None:
    assert is_far([], 0.0)


def test_what_the_papers_are_about_is_told_by_their_categories() -> None:
    records = Records([OWLS, Paper("mice", "Mice", "", "en", category="Rodents")])
    assert subjects_of(records, ENGLISH.phrases) == "The papers here are about birds, rodents."
    assert subjects_of(records, language_of("鸟").phrases) == "这里的论文讨论的是：birds、rodents。"
    assert subjects_of(Records([Paper("bare", "Bare", "", "en")]), ENGLISH.phrases) == ""
