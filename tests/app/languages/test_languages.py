"""Each language is whole: its phrases fill in the same values, and it is known by the letters of the question."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app.languages
from app.languages import ENGLISH, LANGUAGES, language_of
from app.languages.language import Language
from app.languages.zh import LANGUAGE as CHINESE


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
    assert language_of(text) is CHINESE


@pytest.mark.parametrize(
    "text", ["What does 大语言模型 mean here?", "Why?", "", "42 %", "日本語で答えて", "《Sleeper Agents》"]
)
def test_any_other_question_is_answered_in_english(text: str) -> None:
    assert language_of(text) is ENGLISH


@given(st.text(alphabet='ab 论文“”"《》.?', max_size=60))
def test_the_language_depends_on_nothing_around_the_letters(text: str) -> None:
    assert language_of(f"  {text} !?") is language_of(text)


def test_months_are_named_in_the_language() -> None:
    assert ENGLISH.phrases.month(date(2024, 5, 21)) == "May 2024"
    assert CHINESE.phrases.month(date(2024, 5, 21)) == "2024年5月"


def test_every_file_of_the_folder_that_is_a_language_is_known_by_its_code_english_first() -> None:
    folder = Path(app.languages.__file__).parent
    files = {file.stem for file in folder.glob("*.py") if "\nLANGUAGE = " in file.read_text(encoding="utf-8")}
    assert {language.code for language in LANGUAGES} == files >= {"en", "zh"}
    assert LANGUAGES[0] is ENGLISH
    for language in LANGUAGES:
        assert language.phrases.language == language.code


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_all_languages_fill_in_the_same_values(language: Language) -> None:
    for ours, theirs in ((ENGLISH.phrases, language.phrases), (ENGLISH.collection, language.collection)):
        for field in fields(ours):
            one, other = getattr(ours, field.name), getattr(theirs, field.name)
            if isinstance(one, str | tuple) and field.name not in ("language", "refusal", "months"):
                assert _placeholders(str(one)) == _placeholders(str(other)), field.name
                assert bool(one) == bool(other), field.name
    assert len(language.phrases.months) == 12 and len(language.filters.months) in (0, 12)
    assert ENGLISH.phrases.courtesies.keys() == language.phrases.courtesies.keys()
    assert language.code in language.collection.languages


def _placeholders(text: str) -> set[str]:
    return {piece.partition("}")[0] for piece in text.split("{")[1:]}
