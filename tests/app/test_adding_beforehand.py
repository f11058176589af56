"""Servers are asked before the lock is taken: within it everything that they said is there, and what they did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.adding_run import Run
from app.settings import Settings
from retrieval.adding.beforehand import Remembered
from retrieval.adding.lookups import Lookups
from retrieval.adding.request import AddingStoppedError, AddRequest
from retrieval.errors import CorpusError
from retrieval.online.online import Online
from tests.retrieval.adding.pdfs import made_pdf
from tests.retrieval.online.paper_servers import PaperServers, Reply, serving, shape

BARE = "@article{probes,\n  title = {Linear probes in vivo \\& in silico},\n  doi = {10.1000/probes.2021}\n}\n"
SPARSE = "Sparse Probes & their $k$-nearest Neighbours"


@pytest.fixture
def servers() -> Iterator[PaperServers]:
    with serving() as started:
        started.at("/arxiv/api/query", Reply(200, shape("arxiv.xml")))
        started.at("/crossref", Reply(200, shape("crossref.json")))
        yield started


class Locked:
    """What is done under the lock: the papers are read, and what was asked before and by then is noted."""

    def __init__(self, servers: PaperServers) -> None:
        self.servers = servers
        self.before = self.after = -1

    def __call__(self, readings: Any, progress: Any) -> Any:
        self.before = len(self.servers.asked)
        for reading in readings:
            if reading.within:
                for _ in reading.within(Nothing()):
                    pass
        self.after = len(self.servers.asked)
        raise CorpusError("as far as it goes here")


class Nothing:
    """A collection that has nothing."""

    def by_id(self, paper_id: str) -> None:
        return None

    def by_keys(self, keys: Any) -> dict[str, Any]:
        return {}

    def by_file(self, sha256: str) -> None:
        return None


class LoopbackRun(Run):
    """A run that asks servers of its own."""

    servers: PaperServers

    def _lookups(self) -> Lookups:
        cache = self.settings.home / "online"
        return Remembered(Online(cache, None, self.servers.addresses, pause=lambda seconds: None))


def run(tmp_path: Path, servers: PaperServers, request: AddRequest, **more: Any) -> tuple[Locked, Run]:
    settings = Settings(home=tmp_path / "home", collection="mine")
    locked = Locked(servers)
    made = LoopbackRun(settings, locked, lambda *_: None, **more)
    object.__setattr__(made, "servers", servers)
    with pytest.raises((CorpusError, AddingStoppedError)):
        made.add(request)
    return locked, made


def test_within_the_lock_nobody_is_asked(tmp_path: Path, servers: PaperServers) -> None:
    bib = tmp_path / "a.bib"
    bib.write_text(BARE)
    pdf = made_pdf(tmp_path / "a.pdf", title=SPARSE, authors="", below="doi:10.48550/arXiv.2401.01234")
    served = made_pdf(tmp_path / "served.pdf", title="Another")
    servers.at("/arxiv/pdf", Reply(200, served.read_bytes(), {"Content-Type": "application/pdf"}))
    told: list[Any] = []
    request = AddRequest((str(bib), str(pdf), "hep-ex/0307015", "10.1000/probes.2022"), online=True, pdfs=True)
    locked, _ = run(tmp_path, servers, request, told=told.append)
    assert 0 < locked.before == locked.after
    assert servers.paths("/arxiv/pdf") and servers.paths("/crossref")
    assert [one.outcome for one in told].count("added") >= 3
    assert "arxiv:2401.01234" in {one.paper_id for one in told}


def test_not_even_who_could_not_answer(tmp_path: Path, servers: PaperServers) -> None:
    servers.at("/arxiv/api/query", Reply(418))
    servers.at("/crossref", Reply(418))
    told: list[Any] = []
    locked, _ = run(tmp_path, servers, AddRequest(text="2401.01234\n10.1000/x", online=True), told=told.append)
    assert 0 < locked.before == locked.after
    assert [one.outcome for one in told] == ["broken", "broken"] and "418" in told[0].reason


def test_it_can_be_stopped_meanwhile(tmp_path: Path, servers: PaperServers) -> None:
    locked, _ = run(tmp_path, servers, AddRequest(text="2401.01234", online=True), stop=lambda: True)
    assert locked.before == -1
