"""Outside text as it may be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readable import readable


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
    assert readable(text) == shown


def test_what_is_kept_stays() -> None:
    assert readable("a\nb\tc", kept="\n") == "a\nb c"


@given(st.text(), st.text())
def test_nothing_acts_and_pieces_make_no_difference(one: str, other: str) -> None:
    text = readable(one + other)
    assert text == readable(one) + readable(other) == readable(text)
    assert not {unicodedata.category(char) for char in text if char not in "\u200c\u200d"} & {"Cc", "Cf", "Cs", "Zl"}
