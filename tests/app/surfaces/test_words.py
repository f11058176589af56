"""The interface's words: the same in both languages, and the chain's own sentences among them."""

from __future__ import annotations

import re

import pytest

from app.answering.models.catalogue import OFFERED
from app.answering.question import MAX_QUESTION_CHARS, checked_question
from app.answering.sources import with_left_out
from app.surfaces.gate.limits import LimitError, QuestionLimits
from app.surfaces.page.chosen_filters import chosen_filters
from app.surfaces.page.drawing import BROKEN
from app.surfaces.page.permalink import BAD_LINK
from app.surfaces.page.said import said
from app.surfaces.words import interface_language, interface_words
from retrieval.errors import InputError

EN, ZH = interface_words("en"), interface_words("zh")
_PLACE = re.compile(r"\{(\w+)\}")


def test_both_languages_have_the_same_keys_and_fill_no_place_that_the_other_lacks() -> None:
    assert set(EN) == set(ZH)
    for key in EN:
        assert EN(key).strip() and ZH(key).strip(), key
        # A Chinese sentence may leave out a number, it may not ask for one that nobody gives.
        assert set(_PLACE.findall(ZH(key))) <= set(_PLACE.findall(EN(key))), key


def refusal(asks: int) -> str:
    limits = QuestionLimits(client_limit=0 if asks == 2 else 1, server_limit=0 if asks == 1 else 1)
    limits.admit("192.0.2.1")
    with pytest.raises(LimitError) as refused:
        limits.admit("192.0.2.1")
    return str(refused.value)


def complaint(*arguments: object) -> str:
    with pytest.raises(InputError) as refused:
        chosen_filters(*arguments) if len(arguments) == 5 else checked_question(*arguments)  # type: ignore[arg-type]
    return str(refused.value)


SENTENCES = (
    "Searching the papers",
    "Looking through the records",
    "Reading the conversation",
    "Writing with smollm2",
    "One reader is before you",
    "Two readers are before you",
    "The quotes do not support what smollm2 wrote, so these are the quotes.",
    "smollm2 finds no quote that it can put in its own words, so these are the quotes.",
    "openai:x failed (it reached its limit before the first word), so these are the quotes.",
    "A language model is being looked for, so these are the quotes.",
    str(with_left_out(None, 1)),
    str(with_left_out(None, 1234)),
    BROKEN,
    BAD_LINK,
    *(model.remark for model in OFFERED),
    *(model.needs for model in OFFERED),
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_chain_says_is_said_in_chinese(sentence: str) -> None:
    chinese = said(sentence, ZH)
    assert re.search(r"[\u4e00-\u9fff]", chinese) and said(sentence, EN) == sentence
    assert not re.search(r"\b(?:the|so|these|with|for|is|of)\b", chinese.replace("it reached its limit before the", ""))


def test_complaints_are_said_in_chinese_too() -> None:
    complaints = (complaint(""), complaint("x" * (MAX_QUESTION_CHARS + 1)), complaint([], [], [], 2024, 2022))
    for sentence in (*complaints, refusal(1), refusal(2)):
        assert not re.search(r"[a-z]{2}", said(sentence, ZH)), sentence


def test_what_nobody_has_translated_stands_as_it_is() -> None:
    assert said("A <b>new</b> sentence.", ZH) == "A <b>new</b> sentence."


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,zh;q=0.9", "en"),
        ("de,zh;q=0.2,en;q=0.1", "zh"),
        ("fr", "en"),
        ("en;q=much, zh;q=0.5", "zh"),
        (None, "en"),
    ],
)
def test_the_browser_says_which_language(accepted: str | None, language: str) -> None:
    assert interface_language(accepted) == language
