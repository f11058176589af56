"""Several questions asked of the whole chain, over all 94 papers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.answering.events import Done, Quotes, SentenceChecked, Sources, Token, name_of
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import MAX_QUESTION_CHARS, Turn, checked_question
from app.build import LocalAnswerer
from app.notices.notice import notices_as_json

TWO = "Who wrote Sleeper Agents and when was it published?"


def test_the_events_of_several_parts_say_what_the_answer_says(answerer: LocalAnswerer) -> None:
    events = list(answerer.stream(checked_question(TWO)))
    last = events[-1]
    assert isinstance(last, Done)
    answer = last.answer
    assert [name_of(event) for event in events] == [
        *("status", "sources", "quotes", "token", "sentence", "token", "sentence", "followups", "done")
    ]
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.answer
    assert [event.sentence for event in events if isinstance(event, SentenceChecked)] == list(answer.sentences)
    assert [event.passages for event in events if isinstance(event, Sources)] == [answer.sources]
    assert [event.citations for event in events if isinstance(event, Quotes)] == [answer.citations]
    assert (answer.status, answer.note, answer.standalone_question) == ("answered", None, TWO)
    assert [part.question for part in answer.parts] == ["Who wrote Sleeper Agents", "when was it published"]
    assert {number for part in answer.parts for number in part.citations} == {1}
    assert answer.citations[0].paper.id == "sleeper-agents" and "January 2024" in answer.answer


def test_what_the_records_count_is_a_part_without_a_quote(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("how many papers are there and who wrote Sleeper Agents?"))
    assert "The collection has 94 papers" in answer.answer and "Evan Hubinger" in answer.answer
    assert [(part.status, len(part.citations)) for part in answer.parts] == [("answered", 0), ("answered", 1)]


def test_papers_about_two_things_are_listed_and_not_compared(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("papers about RLHF vs DPO"))
    assert answer.table == () and answer.parts == ()


def test_with_a_language_model_quotes_answer_each_part_and_it_is_said_why(
    writing: Callable[..., LocalAnswerer],
) -> None:
    answer = writing(ScriptedLLM(replies=["Never said."])).ask(checked_question(TWO))
    assert answer.mode == "quotes" and "Never said" not in answer.answer
    assert [note["code"] for note in notices_as_json(answer.note)] == ["quotes_by_part"]


def test_one_question_has_no_parts_and_no_table(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("Who wrote Sleeper Agents?"))
    assert answer.parts == () and answer.table == ()


def test_which_of_two_papers_compared_is_newer_can_be_asked_next(answerer: LocalAnswerer) -> None:
    text = "Compare Sleeper Agents and Toy Models of Superposition"
    answer = answerer.ask(checked_question(text))
    assert [row.citation and row.citation.paper.id for row in answer.table] == [
        *("sleeper-agents", "toy-models-of-superposition")
    ]
    history = (Turn("user", text), Turn("assistant", answer.answer))
    newer = answerer.ask(checked_question("and which of them is newer?", history))
    assert newer.citations[0].paper.id == "sleeper-agents" and len(newer.citations) == 1


@pytest.mark.parametrize(
    "unit", ["; what is debate", " and who wrote it", " vs debate", "(1) what is it ", "？它是什么"]
)
def test_a_pasted_page_of_questions_is_answered_within_bounds(answerer: LocalAnswerer, unit: str) -> None:
    answer = answerer.ask(checked_question(("What is debate" + unit * 500)[:MAX_QUESTION_CHARS]))
    assert len(answer.parts) <= 4 and len(answer.answer) < 20_000
