"""Answers in the making: each goes forward by itself, ends with its readers, and is broken off with the program."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from app.answering.answer import Answer
from app.answering.events import Done, Event, Failed, Quotes, Status, Token
from app.notices.notice import Notice
from app.surfaces.problems import InsideError
from app.surfaces.runs.answer_run import EventReader
from app.surfaces.runs.answer_runs import FINDING_THREADS, WRITING_THREADS, AnswerRuns
from app.surfaces.runs.reading import answer_for, finished_answer
from retrieval.errors import PaperbackedError

PATIENCE = 5.0


def done(text: str = "Because.") -> Done:
    return Done(Answer("id", "Why?", "Why?", "answered", "quotes", text, 1.0))


class Chain:
    """A chain that says a status, waits until it is let on, as a slow model would, and ends."""

    def __init__(self, *events: Event, first: tuple[Event, ...] = (), waits: bool = True) -> None:
        self.events = events or (Token("Because."), done())
        self.first = first
        self.closed = 0
        self.ended = threading.Event()
        self.go_on = threading.Event()
        if not waits:
            self.go_on.set()

    def stream(self) -> Any:
        try:
            yield Status("Searching the papers")
            yield from self.first
            while not self.go_on.wait(0.01):
                yield Status("Writing")
            yield from self.events
        finally:
            self.closed += 1
            self.ended.set()


async def all_of(reader: EventReader) -> list[Event]:
    """What the reader is told to the end."""
    told: list[Event] = []
    with reader:
        while (more := await reader.more(PATIENCE)) is not None:
            assert more, "nothing came for long"
            told += more
    return told


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), 30))


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


def test_a_wake_that_comes_late_is_no_silence() -> None:
    chain = Chain()

    async def work() -> None:
        with AnswerRuns().begin(chain.stream()) as reader:
            told: list[Event] = []
            while Status("Writing") not in told:
                told += await reader.more(PATIENCE) or []
            reader.wake()  # of what has been read
            waiting = asyncio.create_task(reader.more(PATIENCE))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            chain.go_on.set()
            assert await waiting

    run(work)


def test_the_work_ends_with_its_reader() -> None:
    chain = Chain()
    runs = AnswerRuns()

    async def work() -> None:
        with runs.begin(chain.stream()) as reader:
            assert await reader.more(PATIENCE)
            assert runs.under_way == 1
        await until(chain.ended.is_set)
        await until(lambda: runs.under_way == 0)

    run(work)
    assert chain.closed == 1 and not chain.go_on.is_set()


def test_who_comes_to_what_was_given_up_is_told_so() -> None:
    chain = Chain()

    async def work() -> None:
        with AnswerRuns().begin(chain.stream()) as reader:
            pass
        await until(chain.ended.is_set)
        assert reader.run.cancelled and reader.run.join() is None

    run(work)


def test_what_is_said_again_and_again_is_told_once() -> None:
    chain = Chain(Status("Writing"), Status("Writing"), Status("Done"), done(), waits=False)

    async def work() -> list[Event]:
        return await all_of(AnswerRuns().begin(chain.stream()))

    assert run(work) == [Status("Searching the papers"), Status("Writing"), Status("Done"), done()]


def test_a_chain_that_breaks_ends_in_one_plain_sentence_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        yield Status("Searching the papers")
        raise ZeroDivisionError("the inner life of the program")

    async def work() -> EventReader:
        reader = AnswerRuns().begin(broken())
        await all_of(reader)
        with pytest.raises(InsideError):
            await finished_answer(reader)
        return reader

    with caplog.at_level(logging.ERROR):
        reader = run(work)
    assert isinstance(reader.run.outcome, Failed) and reader.run.broken
    assert "inner life" not in reader.run.outcome.message
    assert "inner life" in caplog.text


def test_a_chain_that_ends_without_an_end_leaves_nobody_waiting() -> None:
    async def work() -> None:
        await finished_answer(AnswerRuns().begin(event for event in [Status("Searching the papers")]))

    with pytest.raises(InsideError):
        run(work)


@pytest.mark.parametrize("raised", [False, True])
def test_a_failure_for_the_reader_is_told_in_its_own_words(raised: bool) -> None:
    def failing() -> Any:
        if raised:
            raise PaperbackedError("The index is gone.")
        yield Failed("The index is gone.")

    async def work() -> None:
        await finished_answer(AnswerRuns().begin(failing()))

    with pytest.raises(PaperbackedError, match=r"^The index is gone\.$") as caught:
        run(work)
    assert not isinstance(caught.value, InsideError)


def test_a_client_that_hangs_up_is_waited_for_no_longer() -> None:
    chain = Chain()

    async def receive() -> Any:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def work() -> None:
        with pytest.raises(ClientDisconnect):
            await answer_for(receive, AnswerRuns().begin(chain.stream()))
        await until(chain.ended.is_set)

    run(work)


def test_a_new_question_gets_its_answer_while_many_wait_for_a_model_that_gives_signs_of_life() -> None:
    waiting, quick = Chain(first=(Quotes(()),)), Chain(Quotes(()), Token("Because."), done(), waits=False)
    runs = AnswerRuns()

    async def work() -> list[Event]:
        readers = [runs.begin(waiting.stream()) for _ in range(WRITING_THREADS + FINDING_THREADS + 10)]
        for reader in readers:
            assert await reader.more(PATIENCE)
        told = await all_of(runs.begin(quick.stream()))
        for reader in readers:
            reader.__exit__()
        await until(lambda: waiting.closed == len(readers))
        return told

    assert run(work)[-1] == done()
    assert not waiting.go_on.is_set()


def test_a_new_question_gets_its_quotes_even_while_every_thread_for_writing_is_held() -> None:
    let_go = threading.Event()

    def held() -> Any:
        yield Quotes(())
        let_go.wait(PATIENCE)
        yield done()

    runs = AnswerRuns()

    async def work() -> list[Event] | None:
        readers = [runs.begin(held()) for _ in range(3 * WRITING_THREADS)]
        with runs.begin(held()) as late:
            told = await late.more(PATIENCE / 2)
        let_go.set()
        for reader in readers:
            await all_of(reader)
        return told

    assert run(work) == [Quotes(())]


def test_two_hundred_at_once_get_their_own_answers() -> None:
    def echo(text: str) -> Any:
        yield Token(text)
        yield done(text)

    runs = AnswerRuns()

    async def work() -> list[Answer]:
        return await asyncio.gather(*(finished_answer(runs.begin(echo(f"Number {n}?"))) for n in range(200)))

    assert [answer.answer for answer in run(work)] == [f"Number {n}?" for n in range(200)]


# Broken off, because the program ends.


def test_breaking_off_tells_every_reader_and_closes_the_work() -> None:
    waiting, writing = Chain(), Chain(first=(Quotes(()),))
    runs = AnswerRuns()

    async def work() -> list[list[Event]]:
        readers = [runs.begin(chain.stream()) for chain in (waiting, writing) for _ in range(WRITING_THREADS)]
        for reader in readers:
            assert await reader.more(PATIENCE)
        runs.break_off()
        told = await asyncio.gather(*map(all_of, readers))
        await until(lambda: runs.under_way == 0)
        return told

    for told in run(work):
        assert told[-1] == Failed(Notice("stopped"))
    assert waiting.closed == writing.closed == WRITING_THREADS
    assert not waiting.go_on.is_set() and not writing.go_on.is_set()


def test_readers_are_told_at_once_where_the_work_cannot_be_reached() -> None:
    let_go, begun = threading.Event(), threading.Event()

    def held() -> Any:
        begun.set()
        let_go.wait(2 * PATIENCE)
        yield done()

    async def work() -> tuple[list[Event], float]:
        runs = AnswerRuns(1, 1)
        stuck, queued = runs.begin(held()), runs.begin(held())
        await until(begun.is_set)
        began = time.monotonic()
        runs.break_off()
        told = await all_of(stuck) + await all_of(queued)
        took = time.monotonic() - began
        let_go.set()
        await until(lambda: runs.under_way == 0)
        return told, took

    told, took = run(work)
    assert told == [Failed(Notice("stopped"))] * 2  # and not what the held one said after all
    assert took < PATIENCE / 2


def test_nothing_is_begun_any_more() -> None:
    runs = AnswerRuns()
    runs.break_off()
    chain = Chain()

    async def work() -> None:
        with pytest.raises(PaperbackedError, match="being stopped: ask again"):
            runs.begin(chain.stream())

    run(work)
    assert runs.under_way == 0


def test_what_has_ended_stays_as_it_was() -> None:
    chain = Chain(waits=False)
    runs = AnswerRuns()

    async def work() -> EventReader:
        reader = runs.begin(chain.stream())
        await finished_answer(reader)
        runs.break_off()
        return reader

    assert run(work).run.outcome == done()
