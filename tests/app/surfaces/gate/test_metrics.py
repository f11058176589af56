"""What is counted and logged of each answer; the answers themselves pass unchanged."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import replace
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.answering.answerer import Answerer
from app.answering.events import Done, Event, Failed, Quotes, Status, Token
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import checked_question
from app.answering.side_by_side.request import CompareRequest
from app.build import LocalAnswerer
from app.surfaces.gate.metrics import Metrics
from app.surfaces.gate.observed import ASKED_FROM, ObservedAnswerer, log_answers
from retrieval.errors import InputError, PaperbackedError
from retrieval.types import Filters

QUESTION = checked_question("Do safety techniques remove a backdoor that was trained in?")


def counts(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample as (name, label values…)."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """`lines()`: what has been logged, each line read as JSON."""
    logger = logging.getLogger("paperbacked.questions")
    kept = (logger.handlers, logger.propagate, logger.level)
    written = io.StringIO()
    log_answers(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.handlers, logger.propagate, logger.level = kept


class Scripted:
    """An answerer that gives these events, or raises, and notes whether it was closed."""

    def __init__(self, *events: Event | Exception) -> None:
        self.events = events
        self.closed = False
        self.streams: list[Iterator[Event]] = []

    def stream(self, question: Any) -> Iterator[Event]:
        # Kept, so that nobody but who reads it can be the one who closes it.
        self.streams.append(self._told())
        return self.streams[-1]

    def _told(self) -> Iterator[Event]:
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed = True

    def ask(self, question: Any) -> Any:
        for event in self.events:
            if isinstance(event, Exception):
                raise event


def observed(inner: Any, metrics: Metrics, **options: Any) -> ObservedAnswerer:
    return ObservedAnswerer(cast(Answerer, inner), "api", metrics, **options)


def test_an_answer_passes_unchanged_and_is_counted(answerer: LocalAnswerer, lines: Any) -> None:
    metrics = Metrics()
    events = list(observed(answerer, metrics).stream(QUESTION))
    done = events[-1]
    assert isinstance(done, Done)
    assert [type(event) for event in events] == [type(event) for event in answerer.stream(QUESTION)]
    seen = counts(metrics)
    assert seen["paperbacked_questions_total", "answered", "api"] == 1
    assert seen["paperbacked_answer_seconds_count", "api"] == 1
    assert 0 < seen["paperbacked_answer_seconds_sum", "api"] < 60
    assert seen[("paperbacked_first_evidence_seconds_count",)] == 1
    assert seen[("paperbacked_first_evidence_seconds_sum",)] <= seen["paperbacked_answer_seconds_sum", "api"]
    assert seen[("paperbacked_answers_running",)] == 0
    (line,) = lines()
    assert line["id"] == done.answer.id
    assert (line["event"], line["surface"], line["status"], line["mode"]) == ("answer", "api", "answered", "quotes")
    assert line["citations"] == len(done.answer.citations) > 0
    assert line["confidence"] == pytest.approx(done.answer.confidence, abs=1e-4)
    assert line["timings"] == done.answer.timings.as_json()


def test_who_has_read_an_answers_end_finds_it_counted(answerer: LocalAnswerer, lines: Any) -> None:
    metrics = Metrics()
    events = observed(answerer, metrics).stream(QUESTION)
    assert any(isinstance(event, Done) for event in events)  # and reads no further
    assert counts(metrics)["paperbacked_questions_total", "answered", "api"] == 1
    assert counts(metrics)[("paperbacked_answers_running",)] == 0
    list(events)
    assert counts(metrics)["paperbacked_questions_total", "answered", "api"] == 1
    assert len(lines()) == 1


def test_a_whole_answer_is_counted_alike(answerer: LocalAnswerer, lines: Any) -> None:
    metrics = Metrics()
    answer = observed(answerer, metrics).ask(QUESTION)
    seen = counts(metrics)
    assert seen["paperbacked_questions_total", "answered", "api"] == 1
    assert seen[("paperbacked_first_evidence_seconds_count",)] == 1
    assert lines()[0]["id"] == answer.id


def test_a_comparison_is_counted_and_logged_as_one(answerer: LocalAnswerer, lines: Any) -> None:
    metrics, asked = Metrics(), CompareRequest(("sleeper-agents", "tracr"), QUESTION.text)
    table = observed(answerer, metrics).compare(asked)
    assert table == answerer.compare(asked)
    assert counts(metrics)["paperbacked_questions_total", table.status, "api"] == 1
    assert counts(metrics)[("paperbacked_answers_running",)] == 0
    assert (lines()[0]["event"], lines()[0]["status"]) == ("comparison", table.status)
    with pytest.raises(InputError):
        observed(answerer, metrics).compare(CompareRequest(("sleeper-agents",)))
    assert counts(metrics)[("paperbacked_answers_running",)] == 0 and len(lines()) == 1


def test_an_abstention_is_told_apart(answerer: LocalAnswerer, lines: Any) -> None:
    metrics = Metrics()
    refusal = replace(answerer.ask(QUESTION), status="abstained", citations=())
    list(observed(Scripted(Done(refusal)), metrics).stream(QUESTION))
    assert counts(metrics)["paperbacked_questions_total", "abstained", "api"] == 1
    assert (lines()[0]["status"], lines()[0]["citations"]) == ("abstained", 0)


@pytest.mark.parametrize("switched_on", [False, True])
def test_the_question_is_logged_only_where_that_is_wanted(
    answerer: LocalAnswerer, lines: Any, switched_on: bool
) -> None:
    asked = observed(answerer, Metrics(), log_questions=switched_on)
    asked.ask(QUESTION)
    list(asked.stream(QUESTION))
    assert [line.get("question") for line in lines()] == [QUESTION.text if switched_on else None] * 2
    assert switched_on or "backdoor" not in json.dumps(lines())


def test_a_question_cannot_forge_a_line(lines: Any) -> None:
    asked = observed(Scripted(Failed("No.")), Metrics(), log_questions=True)
    list(asked.stream(checked_question('x\n{"event": "answer", "status": "answered"}\x1b[2J')))
    (line,) = lines()
    assert line["status"] == "failed"


def test_a_reader_who_leaves_ends_the_work(lines: Any) -> None:
    metrics, inner = Metrics(), Scripted(Status("Searching"), Quotes(()), Token("a"), Token("b"))
    events = observed(inner, metrics).stream(QUESTION)
    assert [type(next(events)) for _ in range(2)] == [Status, Quotes]
    assert counts(metrics)[("paperbacked_answers_running",)] == 1
    cast(Any, events).close()
    assert inner.closed
    seen = counts(metrics)
    assert seen[("paperbacked_answers_running",)] == 0
    assert seen["paperbacked_questions_total", "stopped", "api"] == 1
    assert seen[("paperbacked_first_evidence_seconds_count",)] == 1
    assert lines()[0]["status"] == "stopped" and lines()[0]["id"] is None


def test_a_reader_who_leaves_ends_a_language_model_too(writing: Callable[..., LocalAnswerer]) -> None:
    llm = ScriptedLLM(replies=["Backdoors persist through safety training [1]. " * 20])
    events = observed(writing(llm), Metrics()).stream(QUESTION)
    assert any(isinstance(event, Token) for event in events)
    cast(Any, events).close()
    assert llm.closed_early == 1


@pytest.mark.parametrize("failure", [PaperbackedError("The model is gone: start it."), RuntimeError("bug")])
def test_a_failure_is_counted_and_goes_on_to_the_surface(failure: Exception, lines: Any) -> None:
    metrics = Metrics()
    asked = observed(Scripted(Status("Searching"), failure), metrics)
    with pytest.raises(type(failure)):
        list(asked.stream(QUESTION))
    with pytest.raises(type(failure)):
        asked.ask(QUESTION)
    assert counts(metrics)["paperbacked_questions_total", "failed", "api"] == 2
    assert counts(metrics)[("paperbacked_answers_running",)] == 0
    assert [line["status"] for line in lines()] == ["failed", "failed"]


def test_an_answer_that_fails_as_an_event_is_a_failure() -> None:
    metrics = Metrics()
    list(observed(Scripted(Failed("The model is gone: start it.")), metrics).stream(QUESTION))
    assert counts(metrics)["paperbacked_questions_total", "failed", "api"] == 1


def test_wrong_input_is_no_failure_of_ours(lines: Any) -> None:
    metrics = Metrics()
    with pytest.raises(InputError):
        observed(Scripted(InputError("There is no category x.")), metrics).ask(QUESTION)
    assert "paperbacked_questions_total" not in {name for name, *_ in counts(metrics)}
    assert lines() == []


def test_a_slow_reader_does_not_lengthen_the_answer(monkeypatch: pytest.MonkeyPatch, answerer: LocalAnswerer) -> None:
    from app.surfaces.gate import observed as module

    metrics, answer = Metrics(), answerer.ask(QUESTION)
    now = iter([0.0, 1.0, 500.0, 500.0])
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(now))
    events = observed(Scripted(Done(answer)), metrics).stream(QUESTION)
    list(events)
    assert counts(metrics)["paperbacked_answer_seconds_sum", "api"] == 1.0


def test_the_gate_may_know_better_where_a_question_comes_from() -> None:
    metrics = Metrics()
    asked = observed(Scripted(Failed("No.")), metrics)

    def from_widget() -> Iterator[Event]:
        ASKED_FROM.set("widget")
        return asked.stream(QUESTION)

    events = copy_context().run(from_widget)
    list(events)  # taken elsewhere, as a thread would
    list(asked.stream(QUESTION))
    seen = counts(metrics)
    assert seen["paperbacked_questions_total", "failed", "widget"] == 1
    assert seen["paperbacked_questions_total", "failed", "api"] == 1


def test_two_applications_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.refused("limit")
    one.count_papers(lambda: 94)
    assert counts(one)["paperbacked_refused_requests_total", "limit"] == 1
    assert counts(one)[("paperbacked_papers",)] == 94
    assert ("paperbacked_refused_requests_total", "limit") not in counts(other)


def test_everything_else_is_the_answerers_own(answerer: LocalAnswerer) -> None:
    asked = observed(answerer, Metrics())
    assert asked.papers is answerer.papers and asked.facets == answerer.facets and asked.models == answerer.models
    first = next(iter(answerer.papers)).id
    assert asked.paper(first) == answerer.paper(first)
    assert asked.similar(first, 3) == answerer.similar(first, 3)
    assert asked.search("reward hacking", Filters(), 2) == answerer.search("reward hacking", Filters(), 2)
