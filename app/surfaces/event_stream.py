"""An answer for code that must not wait: its events, each made in a worker thread, or the whole of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, closing

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import ClientDisconnect

from app.answering.answerer import Answerer
from app.answering.events import Answer, Done, Event, Failed
from app.answering.question import Question
from retrieval.errors import PaperbackedError


async def answer_events(answerer: Answerer, question: Question) -> AsyncGenerator[Event]:
    """The events as they come; closing the iterator, or cancelling whoever waits for it, ends the work."""
    # The work ends now, not when Python collects it.
    with closing(answerer.stream(question)) as events:
        async for event in iterate_in_threadpool(events):
            yield event


async def whole_answer(
    answerer: Answerer, question: Question, hung_up: Callable[[], Awaitable[bool]] | None = None
) -> Answer:
    """The answer; before its end `hung_up` is asked at each event whether anybody still waits for it.

    Raises `PaperbackedError` where none can be made, and `ClientDisconnect` where nobody waits.
    """
    async with aclosing(answer_events(answerer, question)) as events:
        async for event in events:
            match event:
                case Done(answer):
                    return answer
                case Failed(message):
                    raise PaperbackedError(message)
                case _ if hung_up and await hung_up():
                    raise ClientDisconnect
    raise AssertionError("the answer ended without Done or Failed")
