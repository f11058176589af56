"""Connecting text follows the letters of the question."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.writing.phrases import CHINESE, ENGLISH, answer_phrases, language_of, phrases_for


@pytest.mark.parametrize(
    "text",
    [
        "RLHF 是什么",
        "GPT-4 呢",
        "“Constitutional AI: Harmlessness from AI Feedback” 说了什么",
        "列出中文论文",
        "OpenAI 发表了什么？",
    ],
)
def test_a_chinese_question_is_answered_in_chinese(text: str) -> None:
    assert language_of(text) == "zh" and phrases_for(text) is CHINESE


@pytest.mark.parametrize(
    "text", ["What does 大语言模型 mean here?", "Why?", "", "42 %", "日本語で答えて", "《Sleeper Agents》"]
)
def test_any_other_question_is_answered_in_english(text: str) -> None:
    assert language_of(text) == "en" and phrases_for(text) is ENGLISH


@given(st.text(alphabet='ab 论文“”"《》.?', max_size=60))
def test_the_language_depends_on_nothing_around_the_letters(text: str) -> None:
    assert language_of(f"  {text} !?") == language_of(text)


def test_months_are_named_in_the_language() -> None:
    assert ENGLISH.month(date(2024, 5, 21)) == "May 2024"
    assert CHINESE.month(date(2024, 5, 21)) == "2024年5月"


def test_both_languages_fill_in_the_same_values() -> None:
    for field in fields(ENGLISH):
        ours, theirs = getattr(answer_phrases("en"), field.name), getattr(answer_phrases("zh"), field.name)
        if isinstance(ours, str) and field.name not in ("language", "refusal"):
            assert _placeholders(ours) == _placeholders(theirs), field.name
            assert bool(ours) == bool(theirs), field.name


def _placeholders(text: str) -> set[str]:
    return {piece.partition("}")[0] for piece in text.split("{")[1:]}
