"""The soak sees what grows, and in a short run nothing does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.soak.readers import SURFACES
from benchmarks.soak.samples import TIME, Sample, judged

ROOT = Path(__file__).parents[2]


def flat_but(rise: float) -> list[Sample]:
    return [Sample(second, 500 + rise * second, 30, 40) for second in range(1, 301)]


TOOK = [(second, 0.5) for second in range(1, 301)]


@pytest.mark.parametrize(("rise", "flat"), [(0.0, True), (0.05, True), (0.5, False)])
def test_memory_that_grows_is_seen(rise: float, flat: bool) -> None:
    """Half a megabyte a second is; what the allocator keeps is not."""
    verdicts = {one.what: one.flat for one in judged(flat_but(rise), TOOK, 30)}
    assert verdicts.pop("memory, MB") is flat and all(verdicts.values())


def test_answers_that_become_slower_are_seen() -> None:
    slower = [(second, 0.5 + second / 100) for second, _ in TOOK]
    assert [one.what for one in judged(flat_but(0), slower, 30) if not one.flat] == [TIME]


def test_too_little_is_not_judged() -> None:
    with pytest.raises(ValueError, match="run it longer"):
        judged(flat_but(0)[:2], TOOK, 0)


def test_an_hour_is_what_is_said_and_whoever_wants_less_says_so() -> None:
    """`make fuzz` has minutes of its own, which the same name sets."""
    for target, words, minutes in (("soak", [], 60), ("soak", ["MINUTES=15"], 15), ("fuzz", [], 30)):
        command = ["make", "--dry-run", "--no-print-directory", target, *words]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert set(re.findall(r"--minutes (\S+)", told)) == {str(minutes)}, told


@pytest.mark.load
@pytest.mark.timeout(300)
def test_a_minute_of_readers(tmp_path: Path) -> None:
    """Time is judged by `make soak` on a machine that does nothing else."""
    picture = tmp_path / "soak.png"
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "1", "--untimed", "--picture", str(picture)]
    models = {"PAPERBACKED_EMBEDDING": "hash", "PAPERBACKED_READER": "none"}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | models, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    for surface in SURFACES:
        assert re.search(rf"\| {surface} \| \d+ answered, \d+ left \|", done.stdout)
