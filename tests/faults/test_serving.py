"""A server that is killed or stopped while it answers, and two of everything on one home folder."""

from __future__ import annotations

import random
import signal
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from app.feedback import FeedbackLog
from benchmarks.soak.model_server import NAME, model_server
from tests.faults.conftest import ASKED, Places, Saw, Serve
from tests.faults.operations import ADDED, BY_ROW, KILLS, write
from tests.faults.program import assert_done, assert_no_traceback, begin, ended

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

READERS = 6
STOP_SECONDS = 10.0
WORD_SECONDS = 0.15
"""An answer of the model server takes three seconds."""


def stream(address: str, number: int) -> str:
    """What one reader got to the end, or until it was cut off."""
    told: list[str] = []
    transport = httpx.HTTPTransport(local_address=f"127.0.0.{number + 2}")
    with (
        suppress(httpx.HTTPError),
        httpx.Client(base_url=address, timeout=60, transport=transport) as client,
        client.stream("POST", **ASKED) as response,
    ):
        told.extend(response.iter_text())
    return "".join(told)


def thumb(address: str, number: int) -> bool:
    """Whether a thumb for an answer was taken."""
    said = {"id": f"answer-{number}", "verdict": "up"}
    with suppress(httpx.HTTPError):
        return httpx.post(f"{address}/api/v1/feedback", json=said, timeout=30).status_code == 204
    return False


def test_a_server_is_killed_while_it_answers(
    serve: Serve, places: Places, tmp_path: Path, chance: random.Random, saw: Saw
) -> None:
    """Thumbs that were taken are kept, and the next start answers."""
    place, taken = places.copy(BY_ROW["ask"], tmp_path / "place"), set[str]()
    with model_server(WORD_SECONDS) as model, ThreadPoolExecutor(2 * READERS) as readers:
        wanted = place.settings | {"llm": f"openai:{NAME}", "llm_url": model, "client_limit": "0"}
        for number in range(KILLS):
            with serve(place.home, log=tmp_path / "log", **wanted) as server:
                streams = [readers.submit(stream, server.address, reader) for reader in range(READERS)]
                thumbs = {
                    f"answer-{1000 * number + n}": readers.submit(thumb, server.address, 1000 * number + n)
                    for n in range(READERS)
                }
                wait(thumbs.values(), return_when=FIRST_COMPLETED)
                time.sleep(chance.uniform(0, 3))
                server.process.kill()
                server.process.wait(10)
                for each in streams:
                    assert_no_traceback(each.result())
                taken |= {name for name, each in thumbs.items() if each.result()}
            assert_no_traceback((tmp_path / "log").read_text())
        assert taken and taken <= {record["answer_id"] for record in FeedbackLog(place.home / "feedback.jsonl").read()}
        with serve(place.home, log=tmp_path / "log", **wanted) as server:
            assert "event: done" in stream(server.address, 0)
    saw(f"{KILLS} kills, {len(taken)} thumbs taken and kept; the next start answers")


def test_a_server_is_killed_while_it_begins(
    places: Places, tmp_path: Path, chance: random.Random, saw: Saw, serve: Serve
) -> None:
    place = places.copy(BY_ROW["first build"], tmp_path / "place")
    usual = places.usual_seconds(BY_ROW["add"])
    for _ in range(KILLS):
        child = begin(place.home, ("serve", "--port", "0"), papers=str(place.papers))
        time.sleep(chance.uniform(0, 2 * usual))
        child.kill()
        out, err = child.communicate()
        assert_no_traceback(out + err)
    with serve(place.home, log=tmp_path / "log", **place.settings) as server:
        assert "event: done" in stream(server.address, 0)
    saw(f"{KILLS} kills; the next start answers")


def test_a_sigterm_under_load(serve: Serve, places: Places, tmp_path: Path, saw: Saw) -> None:
    """Answers under way come to their end, nothing new is taken, and it ends well."""
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    with model_server(WORD_SECONDS) as model, ThreadPoolExecutor(READERS) as readers:
        wanted = place.settings | {"llm": f"openai:{NAME}", "llm_url": model, "client_limit": "0"}
        with serve(place.home, log=tmp_path / "log", **wanted) as server:
            while not httpx.get(f"{server.address}/api/v1/health").json()["llm"]:
                time.sleep(0.1)
            streams = [readers.submit(stream, server.address, reader) for reader in range(READERS)]
            while f"paperbacked_answers_running {READERS}.0" not in httpx.get(f"{server.address}/metrics").text:
                time.sleep(0.02)
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            code = server.process.wait(60)
            took = time.monotonic() - began
            told = [each.result() for each in streams]
    assert code == 0 and took < STOP_SECONDS
    assert [text.count("event: done") for text in told] == [1] * READERS
    assert_no_traceback((tmp_path / "log").read_text())
    saw(f"{READERS} answers came to their end; status 0 after {took:.1f} s")


def test_two_build_at_once(places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(BY_ROW["first build"], tmp_path / "place")
    children = [BY_ROW["first build"].begin(place) for _ in range(2)]
    for child in children:
        assert_done(ended(child))
    BY_ROW["first build"].assert_whole(place)
    saw("both answered, of one index")


def test_two_loaders_and_two_servers(serve: Serve, places: Places, tmp_path: Path, saw: Saw) -> None:
    """Both loaders' papers are in, and both servers tell of them without a new start."""
    operation, place = BY_ROW["add"], places.copy(BY_ROW["add"], tmp_path / "place")
    half = len(ADDED) // 2
    write(place.more, ADDED[:half])
    others = write(tmp_path / "others.jsonl", ADDED[half:])
    wanted = place.settings | {"collection": "mine"}
    with (
        serve(place.home, log=tmp_path / "one", **wanted) as one,
        serve(place.home, log=tmp_path / "two", **wanted) as two,
    ):
        loaders = [
            operation.begin(place),
            begin(place.home, ("add", str(others), "--collection", "mine"), papers=str(place.papers)),
        ]
        while any(loader.poll() is None for loader in loaders):
            for server in (one, two):
                assert "event: done" in stream(server.address, 0)
        for loader in loaders:
            assert_done(ended(loader))
        operation.assert_whole(place)
        for server in (one, two):
            until, count = time.monotonic() + 30, 0
            while count != len(operation.after) and time.monotonic() < until:
                count = int(httpx.get(f"{server.address}/api/v1/health").json()["papers"])
            assert count == len(operation.after)
    for log in ("one", "two"):
        assert_no_traceback((tmp_path / log).read_text())
    saw(f"{len(ADDED)} papers of both are in; both servers answered all the while and have them")
