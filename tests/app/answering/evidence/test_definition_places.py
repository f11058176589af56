"""Where full texts say what a thing is, however far from what was found."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.answering.evidence.definition_places import MOST_MENTIONS, PLACES, added_to, defining_passages
from app.answering.evidence.read_evidence import ReadEvidence
from retrieval.types import Paper, Passage
from tests.app.answering.evidence.test_read_evidence import calibrated
from tests.support.full_texts import full_text, paper_with
from tests.support.in_memory import InMemory
from tests.support.word_reader import WordReader

FILLING = "We used the heap again, and it was as slow as before. " * 40
SAYS = "Hoopla is a heap profiler. It measures how much of the heap is in use."
MANUAL = paper_with(
    "manual",
    "",
    full_text(
        ("1", "Start it with --tool=hoopla and read hoopla.out afterwards.", "body"),
        ("2", FILLING, "body"),
        ("3", f"{FILLING}\n\n9.1. Overview\n\n{SAYS} {FILLING}", "body"),
        ("4", "[1] Hoopla is a book by somebody else.", "references"),
    ),
)


def first_of(paper: Paper) -> Passage:
    return Passage(paper, 0, 40, 0.7, {"passage": 0.6}, part="text")


def test_the_sentence_that_says_it_is_found_with_the_next_wherever_it_stands() -> None:
    (found,) = defining_passages([first_of(MANUAL)], "hoopla")
    assert found.text == SAYS
    assert (found.score, found.signals) == (0.7, {"passage": 0.6})


def test_what_names_it_and_what_is_cited_is_not() -> None:
    assert defining_passages([first_of(MANUAL)], "tool") == []
    assert all("book" not in found.text for found in defining_passages([first_of(MANUAL)], "Hoopla"))


def test_an_abstract_has_none_to_look_for() -> None:
    paper = Paper("owls", "Owls", SAYS, "en")
    assert defining_passages([Passage(paper, 0, len(SAYS), 1.0)], "hoopla") == []


def test_of_many_places_few_are_given_and_a_long_text_is_searched_quickly() -> None:
    says = "Hoopla is a profiler. " * (PLACES + 6)
    short = paper_with("short", "", full_text(("1", says, "body")))
    few = defining_passages([first_of(short)], "hoopla")
    assert len(few) == PLACES and few[0].start == short.part("text").index("Hoopla")
    often = "Hoopla was used. " * (3 * MOST_MENTIONS) + says
    began = time.process_time()
    assert defining_passages([first_of(paper_with("long", "", full_text(("1", often, "body"))))], "hoopla") == []
    assert time.process_time() - began < 2


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6))
def test_no_sentence_is_read_twice(places: list[tuple[int, int]]) -> None:
    read = [Passage(MANUAL, start, start + length, 0.5, part="text") for start, length in places[:1]]
    more = [Passage(MANUAL, start, start + length, 0.5, part="text") for start, length in places[1:]]
    covered = sorted((one.start, one.end) for one in added_to(read, more))
    assert all(before[1] <= after[0] for before, after in pairwise(covered))
    assert {one.start for one in more} <= {at for start, end in covered for at in range(start, end)}


def test_the_answer_begins_with_what_it_is() -> None:
    memory = InMemory()
    retriever = memory.retriever(memory.add([MANUAL]))
    found = ReadEvidence(retriever, WordReader(), calibrated(0.9)).find(
        "What is Hoopla?", "What is Hoopla?", [first_of(MANUAL)], ()
    )
    assert found.quotes[0].quote.startswith("Hoopla is a heap profiler.")
