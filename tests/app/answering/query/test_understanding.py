"""What a question asks, beneath the words around it."""

from __future__ import annotations

import pytest

from app.answering.collection.records import Records, records_of
from app.answering.query.understanding import Understanding, understood
from app.answering.question import checked_question
from retrieval.types import Paper

SLEEPER = "sleeper-agents"


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers)


def read(records: Records, text: str) -> Understanding:
    return understood(checked_question(text), records)


@pytest.mark.parametrize(
    "text",
    [
        "what the hell is a sleeper agent",
        "Could you explain, in words a lawyer would accept, what a “sleeper agent” is? Two sentences would do.",
    ],
)
def test_what_a_paper_is_called_after_is_told_by_it_however_it_is_asked(records: Records, text: str) -> None:
    asked = read(records, text).of_records
    assert asked is not None
    assert asked.intent == "summary"
    assert asked.paper is not None
    assert asked.paper.id == SLEEPER


def test_a_term_that_one_title_alone_has_and_no_paper_explains_is_told_by_that_paper(records: Records) -> None:
    asked = read(records, "Nobody can tell me what dictionary learning is. Every article assumes a degree.").of_records
    assert asked is not None
    assert asked.paper is not None
    assert asked.paper.id == "towards-monosemanticity"


def test_a_term_that_papers_explain_is_asked_for_alone(records: Records) -> None:
    understanding = read(records, "explain reward tampering to me like im reading it on the bus")
    assert understanding.standalone == "What does “reward tampering” mean?"
    assert understanding.of_records is None


@pytest.mark.parametrize(
    "text",
    [
        "Why is looking at one artificial brain cell a poor way to work out what an AI is doing?",
        "I recall a paper with a cake-like scheme, several tiers. What was the idea?",
        "what even is a flux capacitor",
    ],
)
def test_what_no_paper_explains_stays_as_it_was_asked(records: Records, text: str) -> None:
    assert read(records, text) == Understanding(text)
