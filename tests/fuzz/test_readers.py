"""A short while of what `python -m benchmarks.fuzz_readers` does for long: broken files of every form that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz_readers import TARGETS, Target, run

pytest.importorskip("atheris", reason="atheris is there for Linux alone")
SECONDS = 3


@pytest.mark.fuzz
@pytest.mark.timeout(240)
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_file_does_more_than_say_what_is_wrong_with_it(tmp_path: Path, target: Target) -> None:
    assert run(target, SECONDS, tmp_path / "findings"), list((tmp_path / "findings").iterdir())


@pytest.mark.fuzz
@pytest.mark.timeout(240)
def test_what_a_reader_should_not_raise_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a run which finds nothing says something: one with a file whose reading fails does not pass."""
    broken = tmp_path / "site" / "sitecustomize.py"
    broken.parent.mkdir()
    broken.write_text("import csv\ncsv.reader = None\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    table = next(target for target in TARGETS if target.name == "table")
    assert not run(table, SECONDS, tmp_path / "findings")
    assert list((tmp_path / "findings").iterdir())
