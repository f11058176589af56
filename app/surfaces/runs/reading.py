"""Ways to read an answer in the making: for as long as somebody is there to be told, and to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.answering.answer import Answer
from app.answering.events import Done, Failed
from app.surfaces.problems import InsideError
from app.surfaces.runs.answer_run import AnswerRun, EventReader
from retrieval.errors import PaperbackedError


@asynccontextmanager
async def reading_for(receive: Receive, reader: EventReader) -> AsyncIterator[None]:
    """Within it the reader reads; it stops at once when the client hangs up, also while nothing happens."""
    with reader:
        gone = asyncio.create_task(_hung_up(receive))
        gone.add_done_callback(lambda _: reader.stop())
        try:
            yield
        finally:
            gone.cancel()


async def answer_for(receive: Receive, reader: EventReader) -> Answer:
    """`finished_answer` for a client. Raises `ClientDisconnect` as soon as it has hung up."""
    async with reading_for(receive, reader):
        return await finished_answer(reader)


async def finished_answer(reader: EventReader) -> Answer:
    """The answer at its end.

    Raises `PaperbackedError` where there is none, `InsideError` where that is no fault of
    the user's, and `ClientDisconnect` where the reader was stopped before.
    """
    while await reader.more() is not None:
        pass
    match reader.run.outcome:
        case Done(answer):
            return answer
        case Failed():
            raise failure_of(reader.run)
        case _:
            raise ClientDisconnect


def failure_of(run: AnswerRun) -> PaperbackedError:
    """What went wrong with a run that has failed."""
    assert isinstance(run.outcome, Failed), "the run has not failed"
    return InsideError() if run.broken else PaperbackedError(run.outcome.message)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
