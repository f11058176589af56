"""Answers with a key: many readers, one piece of work, kept for a while and never for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from app.answering.answer import Answer
from app.answering.events import Done, Event, Status, Token
from app.surfaces.api.idempotency import Keeping, KeptAnswers, KeyTakenError
from app.surfaces.api.sse import Telling
from app.surfaces.runs.answer_run import EventReader
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.errors import PaperbackedError

KEY = "a-key-of-mine"
BODY = {"question": "Why?"}
PATIENCE = 5.0


def done(text: str = "Because.") -> Done:
    return Done(Answer("id", "Why?", "Why?", "answered", "quotes", text, 1.0))


class Chain:
    """A chain that says a status, waits until it is let on, as a slow model would, and ends."""

    def __init__(self, *events: Event, waits: bool = True) -> None:
        self.events = events or (Token("Because."), done())
        self.asked = 0
        self.closed = 0
        self.ended = threading.Event()
        self.go_on = threading.Event()
        if not waits:
            self.go_on.set()

    def stream(self) -> Any:
        self.asked += 1
        return self._told()

    def _told(self) -> Iterator[Event]:
        try:
            yield Status("Searching the papers")
            while not self.go_on.wait(0.01):
                yield Status("Writing")
            yield from self.events
        finally:
            self.closed += 1
            self.ended.set()


async def all_of(reader: EventReader) -> list[str]:
    """What the reader is told to the end, as numbers and names."""
    told, telling = b"", Telling(reader)
    with reader:
        while (more := await telling.more(PATIENCE)) is not None:
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
    answers = KeptAnswers(AnswerRuns())

    async def work() -> tuple[list[str], list[str]]:
        slow, quick = answers.attach(KEY, BODY, chain.stream), answers.attach(KEY, BODY, chain.stream)
        chain.go_on.set()
        ahead = await all_of(quick)  # while the slow one has read nothing at all
        return ahead, await all_of(slow)

    ahead, behind = run(work)
    assert ahead == behind
    assert ahead[0] == "id: 1\nevent: status" and ahead[-1].endswith("event: done")
    assert chain.asked == 1


def test_a_finished_answer_is_told_again_from_where_its_reader_was() -> None:
    chain = Chain(waits=False)
    answers = KeptAnswers(AnswerRuns())

    async def work() -> tuple[list[str], list[str]]:
        first = await all_of(answers.attach(KEY, BODY, chain.stream))
        return first, await all_of(answers.attach(KEY, dict(BODY), chain.stream, after=2))

    first, rest = run(work)
    assert first[2:] == rest and len(rest) < len(first)
    assert chain.asked == 1


def test_a_key_stands_for_one_question_only() -> None:
    chain = Chain(waits=False)
    answers = KeptAnswers(AnswerRuns())

    async def work() -> None:
        await all_of(answers.attach(KEY, BODY, chain.stream))
        with pytest.raises(KeyTakenError, match="another question"):
            answers.attach(KEY, {"question": "How?"}, chain.stream)

    run(work)


def test_with_a_key_the_work_goes_on_for_who_comes_back() -> None:
    chain = Chain()
    answers = KeptAnswers(AnswerRuns(), Keeping(linger_s=60))

    async def work() -> list[str]:
        with answers.attach(KEY, BODY, chain.stream) as reader:
            await reader.more(PATIENCE)
        chain.go_on.set()
        await until(chain.ended.is_set)
        return await all_of(answers.attach(KEY, BODY, chain.stream, after=1))

    assert run(work)[-1].endswith("event: done")
    assert chain.asked == 1


def test_nobody_coming_back_frees_it_and_who_asks_later_is_answered_anew() -> None:
    chain = Chain()
    answers = KeptAnswers(AnswerRuns(), Keeping(linger_s=0.05))

    async def work() -> list[str]:
        with answers.attach(KEY, BODY, chain.stream) as reader:
            await reader.more(PATIENCE)
        await until(chain.ended.is_set)
        await until(lambda: answers.kept == 0)
        chain.go_on.set()
        return await all_of(answers.attach(KEY, BODY, chain.stream))

    assert run(work)[0] == "id: 1\nevent: status"
    assert chain.asked == 2


def answered(answers: KeptAnswers, chain: Chain, *keys: str) -> None:
    """Each key asks and is answered, one after the other."""

    async def work() -> None:
        for key in keys:
            await all_of(answers.attach(key, BODY, chain.stream))

    run(work)


def test_no_more_are_kept_than_may_be_and_the_oldest_go_first() -> None:
    chain = Chain(waits=False)
    answers = KeptAnswers(AnswerRuns(), Keeping(answers=3))
    answered(answers, chain, *(f"key-number-{number}" for number in range(5)))
    assert answers.kept <= 3 and chain.asked == 5
    answered(answers, chain, "key-number-4")
    assert chain.asked == 5
    answered(answers, chain, "key-number-0")
    assert chain.asked == 6


def test_no_more_bytes_are_kept_than_may_be() -> None:
    answers = KeptAnswers(AnswerRuns(), Keeping(max_bytes=35_000))
    answered(answers, Chain(done("a" * 10_000), waits=False), *(f"key-number-{number}" for number in range(6)))
    assert answers.kept == 3


def test_they_are_kept_for_a_while_only() -> None:
    chain = Chain(waits=False)
    answers = KeptAnswers(AnswerRuns(), Keeping(seconds=0.0))
    answered(answers, chain, KEY)
    assert answers.kept == 0
    answered(answers, chain, KEY)
    assert chain.asked == 2


def test_who_comes_when_all_places_are_taken_by_running_answers_is_told_so() -> None:
    chain = Chain()
    answers = KeptAnswers(AnswerRuns(), Keeping(answers=2))

    async def work() -> None:
        with answers.attach("key-number-0", BODY, chain.stream), answers.attach("key-number-1", BODY, chain.stream):
            with pytest.raises(PaperbackedError, match="Too many"):
                answers.attach("key-number-2", BODY, chain.stream)
            chain.go_on.set()

    run(work)
