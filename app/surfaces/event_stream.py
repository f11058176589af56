"""An answer's events for code that must not wait: each is made in a worker thread."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.concurrency import iterate_in_threadpool

from app.answering.answerer import Answerer
from app.answering.events import Event
from app.answering.question import Question


async def answer_events(answerer: Answerer, question: Question) -> AsyncGenerator[Event]:
    """The events as they come; closing the iterator, or cancelling whoever waits for it, ends the work."""
    events = answerer.stream(question)
    try:
        async for event in iterate_in_threadpool(events):
            yield event
    finally:
        # The work ends now, not when Python collects it.
        if close := getattr(events, "close", None):
            close()
