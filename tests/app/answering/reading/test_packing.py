"""Question, title and sentences in one row of tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.answering.reading.packing import (
    MAX_QUESTION_TOKENS,
    MAX_SENTENCE_TOKENS,
    MAX_TOKENS,
    SpecialTokens,
    packed,
)

SPECIAL = SpecialTokens(101, 102)
TOKENS = st.integers(1000, 1010)


@given(
    st.lists(TOKENS, max_size=200),
    st.lists(TOKENS, max_size=80),
    st.lists(st.lists(TOKENS, max_size=200), max_size=12),
)
def test_a_row_is_bounded_and_every_span_is_its_sentence(
    question: list[int], title: list[int], sentences: list[list[int]]
) -> None:
    row = packed(question, title, sentences, SPECIAL)
    assert len(row.ids) <= MAX_TOKENS
    assert row.ids[0] == SPECIAL.cls and row.ids[-1] == SPECIAL.sep
    assert list(row.ids[1 : row.second - 1]) == question[-MAX_QUESTION_TOKENS:]
    assert row.ids[row.second - 1] == SPECIAL.sep
    for (start, end), sentence in zip(row.spans, sentences, strict=False):
        assert list(row.ids[start:end]) == sentence[:MAX_SENTENCE_TOKENS]
    assert row.spans or not sentences


def test_of_a_long_question_the_end_is_kept() -> None:
    row = packed(list(range(1000, 1200)), [8], [[1]], SPECIAL)
    assert row.ids[1 : row.second - 1] == tuple(range(1104, 1200))


def test_sentences_stand_in_order_and_the_rest_is_left_out() -> None:
    row = packed([7], [8], [[1] * 150, [2] * 150, [3] * 150, [4]], SPECIAL)
    assert row.ids[:5] == (101, 7, 102, 8, 102)
    assert row.spans == ((5, 155), (155, 305))
    assert set(row.ids[305:]) == {102}


def test_a_question_of_ten_thousand_words_leaves_room_for_what_is_read() -> None:
    row = packed([7] * 10_000, [8] * 10_000, [[1] * 10_000], SPECIAL)
    assert len(row.spans) == 1
    assert len(packed([7] * 10_000, (), [[1] * 150], SPECIAL).spans) == 1
