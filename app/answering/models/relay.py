"""Read an asynchronous stream from a thread, so that it can be left at any moment.

A blocking read of a socket cannot be broken off from outside; a task on an event
loop can, and closes its connection as it goes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
MOST_WAITING = 1_000
"""Items that may wait for their reader before the stream waits too: more than an ordinary answer has."""
_FULL_SECONDS = 0.005


class _Ended:
    """The last thing in the queue: the stream has ended, with `error` or without."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def relayed(open_stream: Callable[[], AsyncGenerator[T, None]], tick_seconds: float) -> Iterator[T | None]:
    """What the stream gives, and None after every `tick_seconds` without anything.

    Closing the iterator cancels the stream at once. Its errors are raised here. A stream
    that is `MOST_WAITING` items ahead of its reader is kept waiting.
    """
    queue: SimpleQueue[T | _Ended] = SimpleQueue()
    task = asyncio.run_coroutine_threadsafe(_pump(open_stream, queue), _loop())
    try:
        while True:
            try:
                item = queue.get(timeout=tick_seconds)
            except Empty:
                yield None
                continue
            if not isinstance(item, _Ended):
                yield item
            elif item.error is None:
                return
            else:
                raise item.error
    finally:
        task.cancel()


def within(start: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
    """What the coroutine gives, run from a thread. Raises `TimeoutError` where it takes longer than that in all."""
    return asyncio.run_coroutine_threadsafe(asyncio.wait_for(start(), seconds), _loop()).result()


async def _pump(open_stream: Callable[[], AsyncGenerator[T, None]], queue: SimpleQueue[T | _Ended]) -> None:
    try:
        async with aclosing(open_stream()) as stream:
            async for item in stream:
                queue.put(item)
                while queue.qsize() >= MOST_WAITING:
                    await asyncio.sleep(_FULL_SECONDS)
    except Exception as error:
        queue.put(_Ended(error))
    else:
        queue.put(_Ended())


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all streams of the process, begun with the first of them."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="paperbacked-served", daemon=True).start()
    return loop
