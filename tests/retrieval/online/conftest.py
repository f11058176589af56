"""Servers of papers on loopback, and clients of them that do not wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.online.fetch import Fetch
from retrieval.online.online import Online
from tests.retrieval.online.paper_servers import PaperServers, serving


class Pauses(list[float]):
    """What was waited for, in seconds, without waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def servers() -> Iterator[PaperServers]:
    with serving() as started:
        yield started


@pytest.fixture
def fetch(servers: PaperServers, pauses: Pauses) -> Fetch:
    return Fetch(servers.addresses, pause=pauses)


@pytest.fixture
def online(servers: PaperServers, pauses: Pauses, tmp_path: Path) -> Online:
    return Online(tmp_path / "cache", None, servers.addresses, pause=pauses)


@pytest.fixture
def anew(servers: PaperServers, pauses: Pauses, tmp_path: Path) -> Callable[[], Online]:
    """A new client with the same cache, as the next run of the program has it."""
    return lambda: Online(tmp_path / "cache", None, servers.addresses, pause=pauses)
