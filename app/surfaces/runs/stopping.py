"""A server that is stopped: answers under way are finished, or told that they are not."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from sse_starlette.sse import AppStatus

from app.surfaces.runs.answer_runs import AnswerRuns

FINISHING_SECONDS = 6.0
"""So long answers under way may go on after a SIGTERM: with all that follows it stays below the ten seconds after which
those who stop containers and services lose patience."""
CLOSING_SECONDS = 1.0
"""How long a server that ends waits for broken off answers to be closed; a chain says something many times as often."""
LOOK_SECONDS = 0.02


class BreakingOffServer(uvicorn.Server):
    """A server that, when it is stopped, cuts nobody's answer without a word.

    After a SIGTERM it takes nothing new and lets answers under way end, and the program then ends with status 0. Those
    that take too long, and all of them after Ctrl-C, are told to their readers as broken off. Left to itself it would
    wait for open connections and then cut them. `answering` gives how many answers are being made on all surfaces.
    """

    def __init__(self, config: uvicorn.Config, runs: AnswerRuns, answering: Callable[[], int] = lambda: 0) -> None:
        super().__init__(config)
        self._runs = runs
        self._answering = answering
        # What serves MCP would cut its streams by itself, while their answers come to an end.
        AppStatus.disable_automatic_graceful_drain()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until stopped; by a SIGTERM the program ends here."""
        if threading.current_thread() is not threading.main_thread():
            super().run(sockets)
            return
        # What was caught meanwhile is raised again at the end.
        before = signal.signal(signal.SIGTERM, _leave)
        try:
            super().run(sockets)
        finally:
            signal.signal(signal.SIGTERM, before)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Not in the signal's handler, which comes in the middle of anything, a held lock too; this is 0.1 s later.
        if signal.SIGTERM in self._captured_signals:
            await self._finish()
        self._runs.break_off()
        await super().shutdown(sockets)
        # After this the signal ends the program, and with it threads that have yet to close and count their answer.
        await self._until(lambda: not self._runs.under_way, CLOSING_SECONDS)

    async def _finish(self) -> None:
        """Take no connection and no further request of those that are open, and wait for the answers."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._until(lambda: not (self._runs.under_way or self._answering()), FINISHING_SECONDS)

    async def _until(self, over: Callable[[], bool], seconds: float) -> None:
        """Wait for it, for so long at most, or until somebody has pressed Ctrl-C twice."""
        until = time.monotonic() + seconds
        while not over() and not self.force_exit and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)


def _leave(number: int, frame: FrameType | None) -> None:
    """End with status 0, as was wanted: no library's thread may keep waiting who stops the program."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
