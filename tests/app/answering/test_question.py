"""What comes in at the door: questions, dates, and both as programs send them."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.query.dates import first_day, last_day
from app.answering.query.request import FILTER_NAMES, filters_from_json, history_from_json, question_from_json
from app.answering.question import MAX_HISTORY_TURNS, MAX_QUESTION_CHARS, Turn, checked_question, clean
from retrieval.errors import InputError
from retrieval.types import Filters


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t ", "?", "?!…", "。？", "\0", "\0\x1b\x7f", "\ud800", "“”", "\u2028", "—"]
)
def test_nothing_asked(text: str) -> None:
    with pytest.raises(InputError, match=r"^The question is empty: ask something about the papers\.$"):
        checked_question(text)


@pytest.mark.parametrize("text", ["a", "?a", "7", "模", "é"])
def test_one_letter_is_a_question(text: str) -> None:
    assert checked_question(text).text == text


def test_exactly_at_the_limit() -> None:
    assert checked_question("a" * MAX_QUESTION_CHARS).text == "a" * MAX_QUESTION_CHARS
    with pytest.raises(InputError, match=r"^The question has 2,001 characters and the limit is 2,000: "):
        checked_question("a" * (MAX_QUESTION_CHARS + 1))


def test_a_hundred_thousand_characters() -> None:
    with pytest.raises(InputError, match="100,000 characters") as raised:
        checked_question("why? " * 20_000)
    assert len(str(raised.value)) < 200


def test_control_characters_and_lone_surrogates_become_spaces() -> None:
    assert (
        checked_question(" What\0is\x1b[31m\ud800 a\u2028\u2029 backdoor\r\n?\x7f\x85").text
        == "What is [31m a backdoor ?"
    )


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=200))
def test_clean_text_can_be_printed_and_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert cleaned == cleaned.strip() and clean(cleaned) == cleaned
    assert [c for c in text if c.isalnum()] == [c for c in cleaned if c.isalnum()]


def test_of_a_long_history_the_last_turns_are_kept_each_cut() -> None:
    history = tuple(Turn("user", f"{number} " + "x" * 100_000) for number in range(100))
    kept = checked_question("And?", history).history
    assert [turn.content.split()[0] for turn in kept] == [str(n) for n in range(100 - MAX_HISTORY_TURNS, 100)]
    assert all(len(turn.content) <= 2 * MAX_QUESTION_CHARS for turn in kept)


def test_the_history_is_cleaned_too() -> None:
    [turn] = checked_question("And?", (Turn("assistant", "a\0b\ud800"),)).history
    assert turn == Turn("assistant", "a b")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-2", date(2023, 2, 1), date(2023, 2, 28)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        ("2023-04-05", date(2023, 4, 5), date(2023, 4, 5)),
        (" 2023-4-5 ", date(2023, 4, 5), date(2023, 4, 5)),
    ],
)
def test_dates(text: str, first: date, last: date) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "23",
        "2023-13",
        "2023-00",
        "0000",
        "2023-02-30",
        "2023-0-1",
        "2023/04",
        "2023-04-05T00:00",
        "20230405",
    ],
)
def test_no_dates(text: str) -> None:
    for read in (first_day, last_day):
        with pytest.raises(InputError, match=r"is no date: write YYYY, YYYY-MM or YYYY-MM-DD\.$"):
            read(text)


def test_a_long_wrong_date_is_named_shortly() -> None:
    with pytest.raises(InputError) as raised:
        first_day("x\n" * 100_000)
    assert len(str(raised.value)) < 140 and "\n" not in str(raised.value)


def test_a_question_as_json() -> None:
    question = question_from_json(
        {
            "question": "And models?",
            "history": [{"role": "user", "content": "What lies?"}, {"role": "assistant", "content": "Some."}],
            "filters": {
                "organisation": "OpenAI",
                "category": ["a", "b"],
                "language": "en",
                "since": 2023,
                "until": "2024-02",
            },
            "id": 7,
        }
    )
    assert question.text == "And models?"
    assert question.history == (Turn("user", "What lies?"), Turn("assistant", "Some."))
    assert question.filters == Filters(("OpenAI",), ("a", "b"), ("en",), date(2023, 1, 1), date(2024, 2, 29))


def test_filters_given_aside_count_where_it_has_none_of_its_own() -> None:
    aside = Filters(organisations=("OpenAI",))
    assert question_from_json({"question": "a"}, aside).filters == aside
    assert question_from_json({"question": "a", "filters": None}, aside).filters == aside
    assert question_from_json({"question": "a", "filters": {}}, aside).filters == aside
    assert question_from_json({"question": "a", "filters": {"language": "zh"}}, aside).filters == Filters(
        languages=("zh",)
    )


@pytest.mark.parametrize("record", [None, 1, "a", [], {}, {"question": None}, {"question": 1}, {"question": ["a"]}])
def test_no_question(record: Any) -> None:
    with pytest.raises(InputError, match=r'^A question must be an object with a string "question"\.$'):
        question_from_json(record)


@pytest.mark.parametrize("filters", ["OpenAI", 1, ["OpenAI"], [], "", 0, False])
def test_filters_must_be_an_object(filters: Any) -> None:
    with pytest.raises(InputError, match="The filters must be an object"):
        question_from_json({"question": "a", "filters": filters})


def test_an_unknown_filter_is_told_which_ones_there_are() -> None:
    with pytest.raises(InputError) as raised:
        filters_from_json({"lab": "OpenAI"})
    assert all(name in str(raised.value) for name in FILTER_NAMES)


@pytest.mark.parametrize(
    "filters",
    [
        {"organisation": 1},
        {"category": [1]},
        {"language": {"en": 1}},
        {"organisation": [None]},
        {"category": True},
        {"category": 0},
        {"language": {}},
    ],
)
def test_filter_values_must_be_strings(filters: Any) -> None:
    with pytest.raises(InputError, match=r"^A filter's value must be a string or a list of strings\.$"):
        filters_from_json(filters)


@pytest.mark.parametrize("day", [["2023"], {"year": 2023}, True, False, 0, [], "2023-99", -1, 1e999])
def test_filter_dates_must_be_dates(day: Any) -> None:
    with pytest.raises(InputError, match="is no date"):
        filters_from_json({"since": day})
    with pytest.raises(InputError, match="is no date"):
        filters_from_json({"until": day})


def test_no_filter_value_is_no_filter() -> None:
    assert (
        filters_from_json({"organisation": None, "category": [], "language": "", "since": None, "until": ""})
        == Filters()
    )


@pytest.mark.parametrize(
    "turns",
    [
        "a",
        {},
        [1],
        [{}],
        [{"role": "user"}],
        [{"content": "a"}],
        [{"role": "system", "content": "a"}],
        [{"role": ["user"], "content": "a"}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": [{"text": "a"}]}],
    ],
)
def test_no_history(turns: Any) -> None:
    with pytest.raises(InputError, match="history"):
        history_from_json(turns)


def test_no_history_is_an_empty_one() -> None:
    assert history_from_json(None) == history_from_json([]) == ()
