"""A real server in a process of its own, whose memory can be watched."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.faults.operations import BY_ROW, QUESTION, Operation, Place
from tests.faults.program import ROOT, assert_done, shown, with_settings
from tests.support.ports import free_port
from tests.support.started import wait_until_answered

READY_SECONDS = 120
ASKED: dict[str, Any] = {
    "url": "/api/v1/ask",
    "json": {"question": QUESTION},
    "headers": {"Accept": "text/event-stream"},
}
"""A question of a program that is told events, for a client of a server."""


@dataclass(frozen=True)
class Server:
    """A started `paperbacked serve`."""

    port: int
    process: psutil.Process
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return self.process.memory_info().rss / 1e6

    def answers(self, source: str = "127.0.0.1", patience: float = 10) -> float:
        """Seconds until /health/live answers a caller of that address."""
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), patience, (source, 0)) as peer:
            peer.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert peer.recv(100).startswith(b"HTTP/1.1 200")
        return time.monotonic() - began


Serve = Callable[..., AbstractContextManager[Server]]
Saw = Callable[[str], None]


@contextmanager
def _serving(
    home: Path,
    *arguments: str,
    before: Sequence[str] = (),
    log: Path | None = None,
    more: dict[str, str] | None = None,
    **settings: str,
) -> Iterator[Server]:
    port = free_port()
    # No address is a proxy's, so that the tests' own count as readers'.
    environment = with_settings(home=str(home), trusted_proxies="192.0.2.255", **settings) | (more or {})
    log = log or home / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        command = [*before, sys.executable, "-m", "app", "serve", "--port", str(port), *arguments]
        started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            server = Server(port, psutil.Process(started.pid), log)
            wait_until_answered(started, f"{server.address}/health/ready", log, READY_SECONDS)
            yield server
        finally:
            started.terminate()
            try:
                started.wait(15)
            except subprocess.TimeoutExpired:
                started.kill()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """`with serve(home, "--llm", "none", client_limit="60") as server`: options of the command, and settings.

    `before` is what starts it, `log` where its words go, `more` are further variables.
    """
    return _serving


class Places:
    """Folders as they are before an operation, each made once and copied."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seconds: dict[str, float] = {}

    def copy(self, operation: Operation, root: Path) -> Place:
        """A folder of one's own where the operation may begin."""
        if operation.movable:
            return self._prepared(operation).copy(root)
        root.mkdir()
        operation.prepare(Place(root))
        return Place(root)

    def usual_seconds(self, operation: Operation) -> float:
        """About how long the operation takes where nothing is wrong, on this machine now."""
        like = operation if operation.row == "train" else BY_ROW["add"]
        if like.row not in self._seconds:
            place = self.copy(like, self._root / f"{like.row}-run")
            began = time.monotonic()
            assert_done(like.run(place))
            self._seconds[like.row] = time.monotonic() - began
            like.assert_whole(place)
        return self._seconds[like.row]

    def _prepared(self, operation: Operation) -> Place:
        place = Place(self._root / operation.row)
        if not place.root.exists():
            place.root.mkdir()
            operation.prepare(place)
        return place


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("places"))


@pytest.fixture
def saw(record_property: Callable[[str, object], None]) -> Saw:
    """`saw(sentence)`: what docs/faults.md tells of this test."""
    return lambda text: record_property("saw", shown(text))


@pytest.fixture
def chance(record_property: Callable[[str, object], None]) -> random.Random:
    """Random moments and places, the same again with SEED."""
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"SEED={seed}")
    record_property("seed", seed)
    return random.Random(seed)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in quotes mode with the limits that it has by itself."""
    with _serving(tmp_path_factory.mktemp("served"), "--llm", "none", embedding="hash") as server:
        yield server
