"""Connections as the operating system hands them over: how many, how long, and how large a head may be.

Here and not in ASGI middleware, which is asked only once a request's head is whole, and
which cannot close a connection whose reader takes nothing.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.surfaces.gate.rate_limits import client_name

MAX_HEAD_BYTES = 65_536
HEAD_SECONDS = 10.0
"""How long a request's head may take to arrive, and what is left of a body whose request was answered."""
SILENT_SECONDS = 60.0
"""How long a reader may take nothing of what is sent before the connection is closed."""
PER_CLIENT = 200
"""Connections of one address; of a proxy as many as there are in all."""
MAX_CONNECTIONS = 8_000
_FILES_FOR_OTHERS = 200
"""Open files that the index, models and logs need."""


class Connections:
    """The open connections of a server, bounded for each address and in all.

    Where all are taken, the one that has waited longest without a request gives way to the
    newcomer, so that connections that ask nothing keep nobody out.
    """

    def __init__(
        self,
        most: int,
        per_client: int = PER_CLIENT,
        proxy: Callable[[str], bool] = lambda address: False,
        head_seconds: float = HEAD_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self.head_seconds = head_seconds
        self.silent_seconds = silent_seconds
        self._most = most
        self._per_client = per_client
        self._proxy = proxy
        self._clients: Counter[str] = Counter()
        self._idle: OrderedDict[BoundedConnection, None] = OrderedDict()

    @property
    def open(self) -> int:
        return self._clients.total()

    def enter(self, connection: BoundedConnection) -> bool:
        """Whether there is room for one more; it has to `leave` only where there is."""
        if self._clients[connection.address] >= self._per_client and not self._proxy(connection.peer):
            return False
        if self.open >= self._most:
            if not self._idle:
                return False
            next(iter(self._idle)).give_way()
        self._clients[connection.address] += 1
        return True

    def leave(self, connection: BoundedConnection) -> None:
        self._idle.pop(connection, None)
        self._clients[connection.address] -= 1
        if not self._clients[connection.address]:
            del self._clients[connection.address]

    def idle(self, connection: BoundedConnection) -> None:
        """It has no request under way: it gives way first if it stays so."""
        self._idle.setdefault(connection)

    def busy(self, connection: BoundedConnection) -> None:
        self._idle.pop(connection, None)


class BoundedConnection(H11Protocol):
    """One connection; made by uvicorn, with `connections` set by `bounded_by`."""

    connections_open: Connections
    peer = ""
    address = ""
    """What the peer is counted as."""
    _admitted = False
    _head_timer: asyncio.TimerHandle | None = None
    _reader_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Lingering(transport, self._reads_on))  # type: ignore[arg-type]
        self.peer = self.client[0] if self.client else ""
        self.address = client_name(self.peer)
        self._admitted = self.connections_open.enter(self)
        if self._admitted:
            self._look()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop(self._head_timer)
        self._stop(self._reader_timer)
        if self._admitted:
            self._admitted = False
            self.connections_open.leave(self)

    def data_received(self, data: bytes) -> None:
        if not self.transport.is_closing():
            super().data_received(data)
            self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader_timer = self.loop.call_later(self.connections_open.silent_seconds, self.give_way)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop(self._reader_timer)

    def give_way(self) -> None:
        """Close now, whatever is still to be sent."""
        self.transport.abort()

    def _reads_on(self) -> bool:
        """Have what is still coming of a request's body read, for as long as a head may take; False where none is."""
        coming = self._admitted and self.conn.their_state is h11.SEND_BODY
        if coming:
            self.flow.resume_reading()
            self.connections_open.idle(self)
            self._stop(self._head_timer)
            self._head_timer = self.loop.call_later(self.connections_open.head_seconds, self.give_way)
        return coming

    def _look(self) -> None:
        """Sets the clock for a head, or for the rest of an answered request's body, to arrive."""
        if self.transport.is_closing() or not self._admitted:
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.connections_open.busy(self)
            self._stop(self._head_timer)
            self._head_timer = None
            return
        self.connections_open.idle(self)
        # uvicorn's own clock runs where a connection is kept and nothing of the next request has come.
        if self._head_timer is None and (self.timeout_keep_alive_task is None or not _is_between(self.conn)):
            self._head_timer = self.loop.call_later(self.connections_open.head_seconds, self.give_way)

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


class _Lingering:
    """A transport that says at its first closing that no more is sent, and reads on where a body is still coming.

    A connection that is closed with bytes unread is reset, and the answer that refuses them is lost on the way: a
    browser would show none of it, and a proxy in front would put its own error in the place.
    """

    def __init__(self, transport: asyncio.Transport, reads_on: Callable[[], bool]) -> None:
        self._transport = transport
        self._reads_on = reads_on
        self._lingers = False

    def close(self) -> None:
        if not self._lingers and not self._transport.is_closing() and self._reads_on():
            self._lingers = True
            self._transport.write_eof()
        else:
            self._transport.close()

    def is_closing(self) -> bool:
        return self._lingers or self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _is_between(connection: h11.Connection) -> bool:
    return connection.their_state is h11.IDLE


def bounded_by(connections: Connections) -> type[BoundedConnection]:
    """The protocol for `uvicorn.Config(http=…)` whose connections are counted there."""
    return type("CountedConnection", (BoundedConnection,), {"connections_open": connections})


def most_connections() -> int:
    """How many connections this process may hold, having raised its limit on open files as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + _FILES_FOR_OTHERS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, soft - _FILES_FOR_OTHERS)


def server_options(connections: Connections) -> dict[str, Any]:
    """What `uvicorn.Config` is given so that these bounds hold: h11, whose heads are bounded, and no WebSockets."""
    return {"http": bounded_by(connections), "h11_max_incomplete_event_size": MAX_HEAD_BYTES, "ws": "none"}
