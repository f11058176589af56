"""Waiting for a program that a test has started to answer over HTTP."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

_MOST_SHOWN_CHARS = 3000


def wait_until_answered(
    process: subprocess.Popen[bytes], address: str, log: Path, seconds: float, *, one_answer_seconds: float = 5
) -> None:
    """Until that address answers without an error.

    Where the program ends before, or so many seconds pass, the test fails with the end of the program's log.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=one_answer_seconds).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{address} did not answer:\n{log.read_text(encoding='utf-8')[-_MOST_SHOWN_CHARS:]}")
