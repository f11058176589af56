"""A folder is there whole or not at all, whatever happens while it is made."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from app.answering.models.prepared_folder import is_whole, prepare_folder
from retrieval.errors import ModelError


class Builder:
    """Writes two files and counts how often it did."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, folder: Path) -> None:
        self.built += 1
        (folder / "weights").write_bytes(b"w" * 1000)
        (folder / "part").mkdir()
        (folder / "part" / "config").write_text("{}")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_made_once_and_found_whole_afterwards(tmp_path: Path) -> None:
    build = Builder()
    folder = tmp_path / "models" / "m"
    for _ in range(2):
        assert prepare_folder(folder, "v1", build) == folder
    assert build.built == 1 and is_whole(folder, "v1")
    assert names(folder.parent) == {"m", "m.lock"}


@pytest.mark.parametrize("harm", ["changed", "missing", "manifest", "source"])
def test_a_damaged_or_older_folder_is_made_again(tmp_path: Path, harm: str) -> None:
    build = Builder()
    folder = prepare_folder(tmp_path / "m", "v1", build)
    if harm == "changed":
        (folder / "weights").write_bytes(b"w" * 999 + b"x")
    elif harm == "missing":
        (folder / "part" / "config").unlink()
    elif harm == "manifest":
        (folder / "manifest.json").write_text('{"files": 1, "source": "v1"}')
    source = "v2" if harm == "source" else "v1"
    assert not is_whole(folder, source)
    prepare_folder(folder, source, build)
    assert build.built == 2 and is_whole(folder, source)
    assert names(tmp_path) == {"m", "m.lock"}


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ModelError("no"), ValueError("no")])
def test_a_failure_leaves_nothing_behind_and_passes_through(tmp_path: Path, failure: BaseException) -> None:
    def fails(folder: Path) -> None:
        (folder / "weights").write_bytes(b"half")
        raise failure

    with pytest.raises(type(failure)):
        prepare_folder(tmp_path / "m", "v1", fails)
    assert names(tmp_path) <= {"m.lock"}


def test_a_kill_leaves_no_folder_and_the_next_run_cleans_up(tmp_path: Path, until: Any) -> None:
    code = (
        "import sys, time; from pathlib import Path; from app.answering.models.prepared_folder import prepare_folder\n"
        "def build(folder):\n    (folder / 'weights').write_bytes(b'half'); print('half', flush=True); time.sleep(60)\n"
        "prepare_folder(Path(sys.argv[1]), 'v1', build)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "m")], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"half\n"
    child.send_signal(signal.SIGKILL)
    child.wait(5)
    child.stdout.close()
    assert not (tmp_path / "m").exists() and len(names(tmp_path)) == 2

    def build(folder: Path) -> None:
        assert names(tmp_path) == {folder.name, "m.lock"}, "the killed run's files still take up space"
        Builder()(folder)

    prepare_folder(tmp_path / "m", "v1", build)
    assert names(tmp_path) == {"m", "m.lock"} and is_whole(tmp_path / "m", "v1")


def test_two_at_once_build_once(tmp_path: Path) -> None:
    build, started, go = Builder(), threading.Event(), threading.Event()

    def slowly(folder: Path) -> None:
        started.set()
        assert go.wait(5)
        build(folder)

    threads = [threading.Thread(target=prepare_folder, args=(tmp_path / "m", "v1", slowly)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert started.wait(5)
    go.set()
    for thread in threads:
        thread.join(10)
    assert build.built == 1 and is_whole(tmp_path / "m", "v1")


def test_another_program_that_does_not_finish_is_named(tmp_path: Path) -> None:
    with FileLock(tmp_path / "m.lock"), pytest.raises(ModelError, match="Another program has been preparing m"):
        prepare_folder(tmp_path / "m", "v1", Builder(), lock_seconds=0.1)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written"):
        prepare_folder(tmp_path / "file" / "m", "v1", Builder())
