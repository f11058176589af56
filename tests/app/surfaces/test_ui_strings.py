"""The interface's words: the same in both languages."""

from __future__ import annotations

import re

import pytest

from app.surfaces.ui_strings import interface_language, ui_strings

EN, ZH = ui_strings("en"), ui_strings("zh")
_PLACE = re.compile(r"\{(\w+)\}")


def test_both_languages_have_the_same_keys_and_fill_no_place_that_the_other_lacks() -> None:
    assert set(EN) == set(ZH)
    for key in EN:
        assert EN(key).strip() and ZH(key).strip(), key
        # A Chinese sentence may leave out a number, it may not ask for one that nobody gives.
        assert set(_PLACE.findall(ZH(key))) <= set(_PLACE.findall(EN(key))), key


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,zh;q=0.9", "en"),
        ("de,zh;q=0.2,en;q=0.1", "zh"),
        ("fr", "en"),
        (None, "en"),
    ],
)
def test_the_browser_says_which_language(accepted: str | None, language: str) -> None:
    assert interface_language(accepted) == language
