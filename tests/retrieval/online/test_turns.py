"""One request after the other, among threads and processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from retrieval.errors import OnlineError
from retrieval.online.turns import Turns

ASK = """
import sys, time
from pathlib import Path
from retrieval.online.turns import Turns
turns = Turns(Path(sys.argv[1]), 0.5)
for _ in range(3):
    with turns.turn("arXiv"):
        print(time.time(), flush=True)
        time.sleep(0.1)
        print(time.time(), flush=True)
"""


def test_two_processes_share_the_turns(tmp_path: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path / "turn")], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    times = [[float(line) for line in each.communicate(timeout=60)[0].split()] for each in started]
    spans = sorted((each[place], each[place + 1]) for each in times for place in range(0, 6, 2))
    assert len(spans) == 6
    assert all(after[0] - before[1] >= 0.45 for before, after in pairwise(spans))


def test_two_threads_share_the_turns(tmp_path: Path) -> None:
    within: list[int] = []
    most: list[int] = []

    def ask() -> None:
        with Turns(tmp_path / "turn", 0.0).turn("arXiv"):
            within.append(1)
            most.append(len(within))
            time.sleep(0.05)
            within.pop()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_a_clock_that_was_set_back_makes_nobody_wait_longer(tmp_path: Path) -> None:
    waited: list[float] = []
    turns = Turns(tmp_path / "turn", 3.0, waited.append)
    with turns.turn("arXiv"):
        pass
    later = time.time() + 9_999
    os.utime(tmp_path / "turn", (later, later))
    with turns.turn("arXiv"):
        pass
    assert waited == [3.0]


def test_a_turn_ends_though_its_request_failed(tmp_path: Path) -> None:
    waited: list[float] = []
    turns = Turns(tmp_path / "turn", 3.0, waited.append)
    for _ in range(2):
        with pytest.raises(KeyError), turns.turn("arXiv"):
            raise KeyError
    assert len(waited) == 1 and 2.5 < waited[0] <= 3


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OnlineError, match="cannot be written"), Turns(tmp_path / "file" / "turn", 3.0).turn("arXiv"):
        pass
