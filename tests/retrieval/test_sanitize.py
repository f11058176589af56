"""Outside text as it may be shown."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sanitize import sanitize, sanitize_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – “so” 安全 naïve", "plain – “so” 安全 naïve"),
        ("a\x1b[2Jb\nc\td\u2028e\ud800f", "a [2Jb c d e f"),
        ("a\u202eb\u2066c\u2069d\u200be\ufefff\u00adg\U000e0041h\u2060i", "abcdefghi"),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("", ""),
    ],
)
def test_what_is_shown_of_a_text(text: str, shown: str) -> None:
    assert sanitize(text) == shown


def test_what_is_kept_stays() -> None:
    assert sanitize("a\nb\tc", kept="\n") == "a\nb c"


@given(st.text(), st.text())
def test_nothing_acts_and_pieces_make_no_difference(one: str, other: str) -> None:
    text = sanitize(one + other)
    assert text == sanitize(one) + sanitize(other) == sanitize(text)
    assert not {unicodedata.category(char) for char in text if char not in "\u200c\u200d"} & {"Cc", "Cf", "Cs", "Zl"}


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("“so” 安全 naïve 👍", '"“so” 安全 naïve 👍"'),
        ("a\x9b2Jb\x7fc\x1b\n", r'"a\u009b2Jb\u007fc\u001b\n"'),
        ("a\u202eb\u2066c\u2028d\u200be\ufefff", r'"a\u202eb\u2066c\u2028d\u200be\ufefff"'),
        ("\U000e0041 \ud800", r'"\udb40\udc41 \ud800"'),
        ("می\u200cخواهم", '"می\u200cخواهم"'),
    ],
)
def test_json_with_nothing_that_acts(value: str, line: str) -> None:
    assert sanitize_json(json.dumps(value, ensure_ascii=False)) == line


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_such_json_is_the_same_value_on_one_line(value: object) -> None:
    line = sanitize_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(line) == value
    assert sanitize(line) == line and len(line.splitlines()) == 1
