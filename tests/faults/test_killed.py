"""Killed at random moments, whatever it does: nothing that was acknowledged is lost, and the next start works."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.faults.conftest import Places, Saw
from tests.faults.operations import KILLS, OPERATIONS, Operation
from tests.faults.program import assert_done, assert_no_traceback

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_commands(operation: Operation, places: Places, tmp_path: Path, chance: random.Random, saw: Saw) -> None:
    place = places.copy(operation, tmp_path / "0")
    whole_run, killed = places.usual_seconds(operation), 0
    for number in range(1, 3 * KILLS + 1):
        if killed == KILLS:
            break
        child = operation.begin(place)
        time.sleep(chance.uniform(0, whole_run))
        child.send_signal(signal.SIGKILL)
        out, err = child.communicate()
        assert_no_traceback(out + err)
        operation.assert_kept(place)
        if child.returncode == -signal.SIGKILL:
            killed += 1
        else:  # It was done already.
            shutil.rmtree(place.root)
            place = places.copy(operation, tmp_path / str(number))
    assert_done(operation.run(place))
    operation.assert_whole(place)
    saw(f"{killed} kills in runs of {whole_run:.0f} s; the next run did it")
    assert killed > KILLS / 3, "nearly all runs were over before they were killed"
