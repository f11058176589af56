"""Answers in the making: many readers, one piece of work, kept for a while and never for ever."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from app.answering.events import Answer, Done, Event, Failed, Status, Token
from app.answering.question import Question, checked_question
from app.surfaces.api.answer_run import Reader
from app.surfaces.api.replay import THREADS, AnswerRuns, Keeping, KeyTakenError
from retrieval.errors import PaperbackedError

KEY = "a-key-of-mine"
QUESTION = checked_question("Why?")
BODY = {"question": "Why?"}
PATIENCE = 5.0


def done(text: str = "Because.") -> Done:
    return Done(Answer("id", "Why?", "Why?", "answered", "quotes", text, 1.0))


class Chain:
    """A chain that says a status, waits until it is let on, as a slow model would, and ends."""

    def __init__(self, *events: Event, waits: bool = True) -> None:
        self.events = events or (Token("Because."), done())
        self.asked: list[str] = []
        self.closed = 0
        self.ended = threading.Event()
        self.go_on = threading.Event()
        if not waits:
            self.go_on.set()

    def stream(self, question: Question) -> Iterator[Event]:
        self.asked.append(question.text)
        try:
            yield Status("Searching the papers")
            while not self.go_on.wait(0.01):
                yield Status("Writing")
            yield from self.events
        finally:
            self.closed += 1
            self.ended.set()


async def all_of(reader: Reader) -> list[str]:
    """What the reader is told to the end, as numbers and names."""
    told = b""
    with reader:
        while (more := await reader.more(PATIENCE)) is not None:
            assert more, "nothing came for long"
            told += more
    return [block.split("\ndata:")[0] for block in told.decode().split("\n\n") if block]


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), 30))


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


def test_two_readers_of_one_key_share_the_work_and_each_goes_at_its_own_pace() -> None:
    chain = Chain()
    runs = AnswerRuns(chain.stream)

    async def work() -> tuple[list[str], list[str]]:
        slow, quick = runs.attach(KEY, BODY, QUESTION), runs.attach(KEY, BODY, QUESTION)
        chain.go_on.set()
        ahead = await all_of(quick)  # while the slow one has read nothing at all
        return ahead, await all_of(slow)

    ahead, behind = run(work)
    assert ahead == behind
    assert ahead[0] == "id: 1\nevent: status" and ahead[-1].endswith("event: done")
    assert chain.asked == ["Why?"]


def test_a_wake_that_comes_late_is_no_silence() -> None:
    chain = Chain()

    async def work() -> None:
        with AnswerRuns(chain.stream).begin(QUESTION) as reader:
            told = b""
            while b"Writing" not in told:
                told += await reader.more(PATIENCE) or b""
            reader.wake()  # of what has been read
            waiting = asyncio.create_task(reader.more(PATIENCE))
            await asyncio.sleep(0.05)
            assert not waiting.done()
            chain.go_on.set()
            assert await waiting

    run(work)


def test_a_finished_answer_is_told_again_from_where_its_reader_was() -> None:
    chain = Chain(waits=False)
    runs = AnswerRuns(chain.stream)

    async def work() -> tuple[list[str], list[str]]:
        first = await all_of(runs.attach(KEY, BODY, QUESTION))
        return first, await all_of(runs.attach(KEY, dict(BODY), QUESTION, after=2))

    first, rest = run(work)
    assert first[2:] == rest and len(rest) < len(first)
    assert chain.asked == ["Why?"]


def test_a_key_stands_for_one_question_only() -> None:
    runs = AnswerRuns(Chain(waits=False).stream)

    async def work() -> None:
        await all_of(runs.attach(KEY, BODY, QUESTION))
        with pytest.raises(KeyTakenError, match="another question"):
            runs.attach(KEY, {"question": "How?"}, checked_question("How?"))

    run(work)


def test_without_a_key_the_work_ends_with_its_reader() -> None:
    chain = Chain()
    runs = AnswerRuns(chain.stream)

    async def work() -> None:
        with runs.begin(QUESTION) as reader:
            assert await reader.more(PATIENCE)
        await until(chain.ended.is_set)

    run(work)
    assert chain.closed == 1 and not chain.go_on.is_set()


def test_with_a_key_the_work_goes_on_for_who_comes_back() -> None:
    chain = Chain()
    runs = AnswerRuns(chain.stream, Keeping(linger_s=60))

    async def work() -> list[str]:
        with runs.attach(KEY, BODY, QUESTION) as reader:
            await reader.more(PATIENCE)
        chain.go_on.set()
        await until(chain.ended.is_set)
        return await all_of(runs.attach(KEY, BODY, QUESTION, after=1))

    assert run(work)[-1].endswith("event: done")
    assert chain.asked == ["Why?"]


def test_nobody_coming_back_frees_it_and_who_asks_later_is_answered_anew() -> None:
    chain = Chain()
    runs = AnswerRuns(chain.stream, Keeping(linger_s=0.05))

    async def work() -> list[str]:
        with runs.attach(KEY, BODY, QUESTION) as reader:
            await reader.more(PATIENCE)
        await until(chain.ended.is_set)
        await until(lambda: runs.kept == 0)
        chain.go_on.set()
        return await all_of(runs.attach(KEY, BODY, QUESTION))

    assert run(work)[0] == "id: 1\nevent: status"
    assert len(chain.asked) == 2


def answered(runs: AnswerRuns, *keys: str) -> None:
    """Each key asks and is answered, one after the other."""

    async def work() -> None:
        for key in keys:
            await all_of(runs.attach(key, BODY, QUESTION))

    run(work)


def test_no_more_are_kept_than_may_be_and_the_oldest_go_first() -> None:
    chain = Chain(waits=False)
    runs = AnswerRuns(chain.stream, Keeping(answers=3))
    answered(runs, *(f"key-number-{number}" for number in range(5)))
    assert runs.kept <= 3 and len(chain.asked) == 5
    answered(runs, "key-number-4")
    assert len(chain.asked) == 5
    answered(runs, "key-number-0")
    assert len(chain.asked) == 6


def test_no_more_bytes_are_kept_than_may_be() -> None:
    runs = AnswerRuns(Chain(done("a" * 10_000), waits=False).stream, Keeping(max_bytes=35_000))
    answered(runs, *(f"key-number-{number}" for number in range(6)))
    assert runs.kept == 3


def test_they_are_kept_for_a_while_only() -> None:
    chain = Chain(waits=False)
    runs = AnswerRuns(chain.stream, Keeping(seconds=0.0))
    answered(runs, KEY)
    assert runs.kept == 0
    answered(runs, KEY)
    assert len(chain.asked) == 2


def test_who_comes_when_all_places_are_taken_by_running_answers_is_told_so() -> None:
    chain = Chain()
    runs = AnswerRuns(chain.stream, Keeping(answers=2))

    async def work() -> None:
        with runs.attach("key-number-0", BODY, QUESTION), runs.attach("key-number-1", BODY, QUESTION):
            with pytest.raises(PaperbackedError, match="Too many"):
                runs.attach("key-number-2", BODY, QUESTION)
            chain.go_on.set()

    run(work)


def test_what_is_said_again_and_again_is_told_once() -> None:
    chain = Chain(Status("Writing"), Status("Writing"), Status("Done"), done(), waits=False)

    async def work() -> list[str]:
        return await all_of(AnswerRuns(chain.stream).begin(QUESTION))

    assert [name.split()[-1] for name in run(work)] == ["status", "status", "status", "done"]


def test_a_chain_that_breaks_ends_in_one_plain_sentence_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def broken(question: Question) -> Iterator[Event]:
        yield Status("Searching the papers")
        raise ZeroDivisionError("the inner life of the program")

    async def work() -> Reader:
        reader = AnswerRuns(broken).begin(QUESTION)
        await all_of(reader)
        return reader

    with caplog.at_level(logging.ERROR):
        reader = run(work)
    assert isinstance(reader.run.outcome, Failed) and reader.run.broken
    assert "inner life" not in reader.run.outcome.message
    assert "inner life" in caplog.text


def test_a_new_question_gets_on_while_many_wait_for_their_model() -> None:
    waiting, quick = Chain(), Chain(waits=False)
    runs = AnswerRuns(lambda question: (quick if question.text == "Quick?" else waiting).stream(question))

    async def work() -> list[str]:
        readers = [runs.begin(QUESTION) for _ in range(THREADS + 10)]
        for reader in readers:
            assert await reader.more(PATIENCE)
        told = await all_of(runs.begin(checked_question("Quick?")))
        for reader in readers:
            reader.__exit__()
        await until(lambda: waiting.closed == len(readers))
        return told

    assert run(work)[-1].endswith("event: done")
    assert not waiting.go_on.is_set()


def test_two_hundred_at_once_get_their_own_answers() -> None:
    def echo(question: Question) -> Iterator[Event]:
        yield Token(question.text)
        yield done(question.text)

    runs = AnswerRuns(echo)

    async def one(number: int) -> bool:
        reader = runs.begin(checked_question(f"Number {number}?"))
        await all_of(reader)
        outcome = reader.run.outcome
        return isinstance(outcome, Done) and outcome.answer.answer == f"Number {number}?"

    async def work() -> list[bool]:
        return await asyncio.gather(*map(one, range(200)))

    assert all(run(work))
