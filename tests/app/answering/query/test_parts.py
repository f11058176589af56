"""Where one question ends and the next begins, and what is no several questions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.query.parts import MAX_PARTS, parts_of
from app.answering.question import MAX_QUESTION_CHARS, clean


def asked(text: str) -> list[str]:
    found = parts_of(text)
    return [part.asked for part in found.parts] if found else []


def alone(text: str) -> list[str]:
    found = parts_of(text)
    return [part.alone for part in found.parts] if found else []


SEVERAL = {
    "What is a probe, does it need labels, and how is it trained?": [
        *("What is a probe", "does it need labels", "how is it trained")
    ],
    "two things: when was RAFT published and did people rate its answers": [
        *("when was RAFT published", "did people rate its answers")
    ],
    "I need (1) what debate is, (2) if it helps weak judges, and (3) what it costs. Short, please.": [
        *("what debate is", "if it helps weak judges", "what it costs")
    ],
    "1. what is a probe? 2. how is it trained? 3. who made the first one?": [
        *("what is a probe", "how is it trained", "who made the first one")
    ],
    "Tracr: who wrote it; what does it compile; which models were built with it": [
        *("who wrote it", "what does it compile", "which models were built with it")
    ],
    "What is a probe? And how is it trained? I have asked everybody here.": ["What is a probe", "how is it trained"],
    "What is a probe, how does it work": ["What is a probe", "how does it work"],
    "探针是什么？它是怎么训练的？": ["探针是什么", "它是怎么训练的"],
    "探针是什么，它是怎么训练的，并且为什么有用？": ["探针是什么", "它是怎么训练的", "为什么有用"],
}


@pytest.mark.parametrize("text", SEVERAL)
def test_several_questions_are_cut_where_the_next_begins(text: str) -> None:
    assert asked(text) == SEVERAL[text]


ONE = (
    "Explain what a probe is and how it works.",
    "What happens to a model if it is trained on lies, and why?",
    "Which models, which are large and have many layers, do that?",
    "When models are large, do they lie?",
    "What do models do when they are watched, and does it",
    "If I train on lies, what happens to the model?",
    "How can a model that plans and is watched hide what it does?",
    "Is it the data or does the objective matter?",
    "How are probes different from patching? Both look inside, no?",
    "Can I write a program and have it turned into weights?",
    "how many datasets and how many models did they try",
    "So what? Does it matter?",
    "Do models know what they know and what a person they play knows?",
    "Debate: does it help weak judges?",
    "What did Bai et al. find in 2022? They wrote two papers.",
    "Compare (1) debate and (2) consultancy",
    "Which is true: (1) models lie, (2) models are honest?",
    "如果模型很大，它会怎么样？",
    "让模型先读自己的答案，它会更准吗？",
    "",
)


@pytest.mark.parametrize("text", ONE)
def test_what_is_not_surely_several_stays_one(text: str) -> None:
    assert parts_of(text) is None


def test_a_later_part_takes_up_the_thing_that_the_first_one_asks_of() -> None:
    assert alone("What is SoLU, does it cost performance, and what are its limits?") == [
        *("What is SoLU", "does SoLU cost performance", "what are SoLU's limits")
    ]
    assert alone("When was Sparrow published and did people talk to it?")[1] == "did people talk to Sparrow"
    assert alone("Who wrote it and what does it say?")[1] == "what does it say"
    # "They" are the authors as well, where the thing is one.
    assert alone("What is RAFT and what did they find?")[1] == "what did they find"
    assert alone("探针是什么？它是怎么训练的？")[1] == "探针是怎么训练的"


def test_what_stands_before_a_colon_belongs_to_each_part() -> None:
    assert alone("sleeper agents: who wrote it, on which model, and does safety training help?") == [
        "who wrote sleeper agents",
        "who wrote sleeper agents on which model",
        "sleeper agents: does safety training help",
    ]


def test_no_more_parts_than_the_bound_and_it_is_told() -> None:
    text = "; ".join(f"what is method {number}" for number in range(20))
    found = parts_of(text)
    assert found and len(found.parts) == MAX_PARTS and found.more
    four = parts_of("; ".join(f"what is method {number}" for number in range(4)))
    assert four and len(four.parts) == 4 and not four.more


_PIECES = st.sampled_from(
    [
        *("what is a probe", ", ", "; ", " and ", "? ", " how does it work", ": ", "(1) ", "(2) ", "if ", " models"),
        *("Two things", ". ", "1. ", "2) ", ", and ", "which are", "它是什么", "，", "？", "为什么", "does it"),
        *("who wrote it", "“", "[1]", "also ", "\U0001f600", "e.g. "),
    ]
)


@given(st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_parts_are_pieces_of_the_text_in_its_order(text: str) -> None:
    text = clean(text)
    found = parts_of(text)
    at = 0
    for part in found.parts if found else ():
        at = text.index(part.asked, at) + len(part.asked)
        assert part.asked.strip() and part.alone.strip()
    assert found is None or 2 <= len(found.parts) <= MAX_PARTS


@pytest.mark.parametrize(
    "unit",
    ["what is it, ", "and how ", "(1) what ", "; is it ", ", which of ", "它是什么，", ": ", "? ", "how many of "],
)
def test_a_pasted_page_is_read_in_time_that_grows_with_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length].strip()
        began = time.process_time()
        parts_of(text)
        return time.process_time() - began

    seconds(MAX_QUESTION_CHARS)
    # Ten times the text, where a square would take a hundred times as long; the quickest of three, as memory is tidied.
    long, short = (min(seconds(times * MAX_QUESTION_CHARS) for _ in range(3)) for times in (20, 2))
    assert long < 40 * max(short, 0.003)
