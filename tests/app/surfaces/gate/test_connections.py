"""Heads, idle peers and readers who take nothing, over real sockets."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.responses import JSONResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.surfaces.gate.connections import (
    MAX_CONNECTIONS,
    MAX_HEAD_BYTES,
    Connections,
    most_connections,
    server_options,
)

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
SOON = 0.6
"""Every deadline of these servers, in seconds."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    async def endless() -> AsyncGenerator[bytes, None]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)  # as nothing else waits once the reader has gone

    if scope["type"] != "http":
        return
    if scope["path"] == "/endless":
        await StreamingResponse(endless())(scope, receive, send)
    elif scope["path"] == "/waits":
        await receive()
        await receive()
    else:
        await JSONResponse({"body": scope["method"]})(scope, receive, send)


@contextmanager
def served(connections: Connections, keep_alive: int = 1) -> Iterator[int]:
    """The port of a real server with these bounds."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        config = uvicorn.Config(
            application,
            timeout_keep_alive=keep_alive,
            log_level="critical",
            timeout_graceful_shutdown=1,
            lifespan="off",
            **server_options(connections),
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


def bounds(**changes: Any) -> Connections:
    return Connections(**{"most": 50, "head_seconds": SOON, "silent_seconds": SOON} | changes)


@contextmanager
def connected(port: int, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(source, 0)) as peer:
        yield peer


def told(peer: socket.socket) -> bytes:
    """All that the server says until it closes."""
    said = b""
    try:
        while piece := peer.recv(65536):
            said += piece
    except ConnectionError:
        pass
    return said


def answered(port: int, source: str = "127.0.0.1") -> bool:
    try:
        with connected(port, source) as peer:
            peer.sendall(HEAD + b"Connection: close\r\n\r\n")
            return told(peer).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize(
    "start", [HEAD + b"X-Long: ", b"GET /", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"]
)
def test_a_head_that_does_not_end_is_cut_off_at_once(start: bytes) -> None:
    sent = 0
    with served(bounds(head_seconds=30)) as port, connected(port) as peer:
        peer.sendall(start)
        try:
            for _ in range(200):
                peer.sendall(b"a" * 65536)
                sent += 65536
        except OSError:
            pass
        said = told(peer)
    assert sent < 6_000_000  # what the two kernels hold between them; the server took no more
    assert not said or said.startswith(b"HTTP/1.1 4")


def test_a_head_may_be_as_large_as_browsers_make_them() -> None:
    with served(bounds()) as port, connected(port) as peer:
        peer.sendall(HEAD + b"Cookie: " + b"c" * (MAX_HEAD_BYTES // 2) + b"\r\nConnection: close\r\n\r\n")
        assert told(peer).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("first", [b"", b"GET", HEAD, HEAD + b"\r\n" + b"GET"])
def test_who_does_not_finish_a_head_is_closed(first: bytes) -> None:
    connections = bounds()
    with served(connections) as port, connected(port) as peer:
        peer.sendall(first)
        began = time.monotonic()
        told(peer)
        assert SOON * 0.5 < time.monotonic() - began < 4
        assert within(2, lambda: connections.open == 0)


def test_dripping_does_not_help() -> None:
    with served(bounds()) as port, connected(port) as peer:
        began = time.monotonic()
        with pytest.raises(OSError):
            for _ in range(200):
                peer.sendall(b"a")
                time.sleep(0.02)
        assert time.monotonic() - began < 3


def test_nor_does_a_body_that_nobody_asked_for() -> None:
    with served(bounds()) as port, connected(port) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        began = time.monotonic()
        with pytest.raises(OSError):
            for _ in range(200):
                peer.sendall(b"a")
                time.sleep(0.02)
        assert time.monotonic() - began < 3


def test_who_asks_is_not_hurried() -> None:
    connections = bounds()
    with served(connections) as port, connected(port) as peer:
        peer.sendall(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        peer.settimeout(3 * SOON)
        with pytest.raises(TimeoutError):
            peer.recv(1)
        assert connections.open == 1


def test_kept_connections_serve_one_request_after_another() -> None:
    with served(bounds(head_seconds=10), keep_alive=10) as port, connected(port) as peer:
        for _ in range(5):
            peer.sendall(HEAD + b"\r\n")
            said = b""
            while not said.endswith(b"}"):  # Its body may come by itself.
                said += peer.recv(65536)
            assert b"200 OK" in said
            time.sleep(0.1)
        peer.sendall(2 * (HEAD + b"\r\n"))  # both at once
        said = peer.recv(65536)
        while said.count(b"200 OK") < 2:
            said += peer.recv(65536)


def test_a_reader_who_takes_nothing_is_closed_and_one_who_takes_is_not() -> None:
    connections = bounds()
    with served(connections) as port, connected(port) as asleep, connected(port) as awake:
        for peer in (asleep, awake):
            peer.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        until = time.monotonic() + 6 * SOON
        while time.monotonic() < until:
            assert awake.recv(1_000_000)
        assert connections.open == 1
    assert within(2, lambda: connections.open == 0)


def test_one_address_keeps_no_other_out() -> None:
    connections = bounds(most=1000, per_client=20, head_seconds=30)
    with served(connections) as port, ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(connected(port, "127.0.0.2"))
        assert within(2, lambda: connections.open == 20)
        assert not answered(port, "127.0.0.2")
        assert answered(port, "127.0.0.3")


def test_a_known_proxy_may_have_more() -> None:
    connections = bounds(most=1000, per_client=5, head_seconds=30, proxy=lambda address: address == "127.0.0.2")
    with served(connections) as port, ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(connected(port, "127.0.0.2"))
        assert within(2, lambda: connections.open == 40)


def test_where_all_places_are_taken_the_longest_idle_gives_way() -> None:
    connections = bounds(most=10, per_client=100, head_seconds=30)
    with served(connections) as port, ExitStack() as stack:
        busy = [stack.enter_context(connected(port)) for _ in range(3)]
        for peer in busy:
            peer.sendall(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        idle = [stack.enter_context(connected(port)) for _ in range(7)]
        assert within(2, lambda: connections.open == 10)
        assert answered(port)
        assert told(idle[0]) == b""  # closed
        for peer in busy:
            peer.setblocking(False)
            with pytest.raises(BlockingIOError):
                peer.recv(1)


def test_where_all_are_at_work_a_newcomer_is_closed_at_once() -> None:
    connections = bounds(most=3, head_seconds=30)
    with served(connections) as port, ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connected(port)).sendall(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        assert within(2, lambda: not connections._idle)
        began = time.monotonic()
        assert not answered(port)
        assert time.monotonic() - began < 2


def test_the_limit_on_open_files_is_raised_and_leaves_room_for_others() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        most = most_connections()
        now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert most <= MAX_CONNECTIONS and most < now and (now > 1024 or hard == 1024)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("asks_to_close", [True, False])
def test_a_refusal_reaches_who_is_still_sending(asks_to_close: bool) -> None:
    """A connection closed with bytes unread is reset, and the answer is lost: nginx then says 502."""
    size = 3_000_000
    close = b"Connection: close\r\n" if asks_to_close else b""
    with served(bounds(head_seconds=10)) as port, connected(port) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + close + b"Content-Length: %d\r\n\r\n" % size)
        time.sleep(0.2)  # the answer has been sent, and all that has come was read
        for _ in range(size // 100_000):
            client.sendall(b"x" * 100_000)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while part := client.recv(65536):
            answer += part
        assert answer.endswith(b'{"body":"POST"}')


def test_what_comes_after_a_refusal_is_not_read_for_ever() -> None:
    connections = bounds()
    with served(connections) as port, connected(port) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3000000000\r\n\r\n")
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 10 * SOON:
                client.sendall(b"x" * 1000)
                time.sleep(0.01)
        assert connections.open == 0
