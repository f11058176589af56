"""Servers that paperbacked asks and that do not do their part: model servers of every bad kind, a Chroma that hangs."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import ASKED, Places, Saw, Serve, Server
from tests.faults.model_servers import BEHAVIOURS, bad_model_servers
from tests.faults.operations import BY_ROW, QUESTION, Operation, chosen
from tests.faults.program import assert_done, assert_no_traceback, assert_plain_failure, begin, ended
from tests.support.chroma_server import chroma_server

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

AT_ONCE = 6
SLACK_MB = 60.0


@pytest.fixture(scope="module")
def bad_models() -> Iterator[str]:
    with bad_model_servers() as address:
        yield address


def note_of(text: str) -> str:
    [note] = re.findall(r'"note":"((?:[^"\\]|\\.)*)"', text)[-1:]
    return note


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_command(name: str, bad_models: str, places: Places, tmp_path: Path, saw: Saw) -> None:
    """The quotes are told, and why they are not written about."""
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    url = f"{bad_models}/{name}/v1"
    said = ended(begin(place.home, ("ask", QUESTION, "--json"), papers=str(place.papers), llm="openai:x", llm_url=url))
    assert_done(said)
    note = note_of(said.out.replace('": "', '":"'))
    assert "openai:x" in note and note.endswith("so these are the quotes.")
    saw(note)


def settled(server: Server) -> tuple[float, int, int]:
    """Memory, threads and handles."""
    return server.megabytes, server.process.num_threads(), server.process.num_fds()


def back(before: tuple[float, int, int], after: tuple[float, int, int]) -> bool:
    """Whether the server has no more than it had; a thread or a handle may be there that comes and goes."""
    return after[0] < before[0] + SLACK_MB and after[1] <= before[1] + 3 and after[2] <= before[2] + 4


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_server(name: str, bad_models: str, serve: Serve, places: Places, tmp_path: Path, saw: Saw) -> None:
    """Each of several readers gets quotes and a word; afterwards the server is as it was."""
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    wanted = place.settings | {"llm": "openai:x", "llm_url": f"{bad_models}/{name}/v1", "client_limit": "0"}

    def asked(number: int) -> str:
        transport = httpx.HTTPTransport(local_address=f"127.0.0.{number % 3 + 2}")
        with httpx.Client(base_url=server.address, timeout=100, transport=transport) as client:
            return client.post(**ASKED).text

    with serve(place.home, log=tmp_path / "log", **wanted) as server, ThreadPoolExecutor(AT_ONCE) as readers:
        while not httpx.get(f"{server.address}/api/v1/health").json()["llm"]:
            time.sleep(0.1)
        # Threads and memory that a round takes are kept for the next one.
        told = [*readers.map(asked, range(AT_ONCE))]
        before, began = settled(server), time.monotonic()
        told += readers.map(asked, range(AT_ONCE))
        took = time.monotonic() - began
        for text in told:
            assert_no_traceback(text)
            assert "event: quotes" in text and "event: done" in text
        after, until = settled(server), time.monotonic() + 20
        while not back(before, after) and time.monotonic() < until:
            time.sleep(0.2)
            after = settled(server)
        assert back(before, after), (before, after)
        assert httpx.get(f"{server.address}/api/v1/health").status_code == 200
    assert_no_traceback((tmp_path / "log").read_text())
    saw(f"{note_of(told[-1])} ({AT_ONCE} readers, {took:.0f} s, {after[0] - before[0]:+.0f} MB)")


@pytest.mark.parametrize("operation", chosen("add", "ask", more=("first build", "sync")), ids=str)
def test_a_chroma_that_hangs(operation: Operation, places: Places, tmp_path: Path, saw: Saw) -> None:
    """It takes connections and says nothing; once it goes on, so does the program."""
    place = places.copy(operation, tmp_path / "place")
    with chroma_server(tmp_path / "vectors") as chroma:
        if operation.row != "first build":
            assert_done(
                ended(begin(place.home, ("search", QUESTION), papers=str(place.papers), chroma_url=chroma.address))
            )
        os.kill(chroma.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            sentence = assert_plain_failure(operation.run(place, chroma_url=chroma.address))
            took = time.monotonic() - began
        finally:
            os.kill(chroma.process.pid, signal.SIGCONT)
        assert "Chroma" in sentence or "index" in sentence
        operation.assert_kept(place)
        assert_done(operation.run(place, chroma_url=chroma.address))
        operation.assert_whole(place)
    saw(f"{sentence} ({took:.0f} s)")


def test_a_server_whose_chroma_hangs(serve: Serve, places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(BY_ROW["first build"], tmp_path / "place")
    with (
        chroma_server(tmp_path / "vectors") as chroma,
        serve(place.home, log=tmp_path / "log", chroma_url=chroma.address, **place.settings) as server,
        httpx.Client(base_url=server.address, timeout=100) as client,
    ):
        assert "event: done" in client.post(**ASKED).text
        threads = server.process.num_threads()
        os.kill(chroma.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            text = client.post(**ASKED).text
            took = time.monotonic() - began
            assert client.get("/health/live").status_code == 200
        finally:
            os.kill(chroma.process.pid, signal.SIGCONT)
        assert_no_traceback(text)
        assert "event: error" in text or "event: done" in text
        assert "event: done" in client.post(**ASKED).text
        assert server.process.num_threads() <= threads + 8
    assert_no_traceback((tmp_path / "log").read_text())
    [said] = re.findall(r'"message":"([^"]*)"', text)[:1] or ["answered by words alone"]
    saw(f"{said} ({took:.0f} s)")
