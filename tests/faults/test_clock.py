"""The clock jumps a day ahead while something runs, and back again: nothing fails, and nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import ASKED, Places, Saw, Serve
from tests.faults.operations import BY_ROW, Operation, chosen
from tests.faults.program import ROOT, assert_done, assert_no_traceback, ended

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

DAY = 86_400


class Clock:
    """A clock for programs, which can be put ahead while they run."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.put(0)
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        self.kind = "libfaketime" if libraries else "Python's own clock alone"
        # Time that only goes on, by which one waits, is as it is when a clock is set; files keep their times.
        self.variables = (
            {
                "LD_PRELOAD": str(libraries[0]),
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
            if libraries
            else {"CLOCK_FILE": str(self._file), "PYTHONPATH": f"{Path(__file__).with_name('clock')}:{ROOT}"}
        )

    def put(self, ahead: int) -> None:
        """So many seconds ahead of the true time."""
        self._file.write_text(f"{ahead:+d}s")


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.mark.parametrize(
    "operation", chosen("first build", "add", "train", more=("rebuild", "sync", "migrate", "ask")), ids=str
)
def test_commands(operation: Operation, places: Places, clock: Clock, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(operation, tmp_path / "place")
    child = operation.begin(place, more=clock.variables)
    time.sleep(0.5 * places.usual_seconds(operation))
    clock.put(DAY)
    assert_done(ended(child))
    operation.assert_whole(place)
    clock.put(-DAY)
    if operation.row != "train":  # A second run would be a new one.
        assert_done(operation.run(place, more=clock.variables))
        operation.assert_whole(place)
    saw(f"done, a day ahead from the middle on, and again a day behind ({clock.kind})")


def test_a_server(serve: Serve, places: Places, clock: Clock, tmp_path: Path, saw: Saw) -> None:
    """Limits are counted and pages kept by a clock that only goes on."""
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    with (
        serve(place.home, more=clock.variables, log=tmp_path / "log", client_limit="5", **place.settings) as server,
        httpx.Client(base_url=server.address, timeout=60) as client,
    ):
        for ahead in (0, DAY, -DAY):
            clock.put(ahead)
            assert "event: done" in client.post(**ASKED).text
        statuses = [client.post(**ASKED).status_code for _ in range(3)]
        assert statuses[-1] == 429, "the jump was no new minute"
        assert client.get("/api/v1/health").status_code == 200
    assert_no_traceback((tmp_path / "log").read_text())
    saw(f"answers, and limits, go on over jumps of a day ahead and two back ({clock.kind})")
