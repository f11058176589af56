"""A full disk is called so, in one sentence with what to do, and nothing that lies on it is thrown away.

The disk is a real one of a few megabytes: a tmpfs in a mount namespace of the test's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.batch import answer_file
from app.feedback import Feedback, FeedbackError, FeedbackLog, write_records
from retrieval.errors import InputError, ModelError
from retrieval.finetune.run_state import make_work_folder, save_state
from retrieval.types import no_progress

ON_SMALL_DISK = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'
HOME = "set PAPERBACKED_HOME to a folder on another disk."
OnDisk = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def on_disk(tmp_path: Path) -> OnDisk:
    """`on_disk("3m", program, …)`: Python with the home folder on a new disk of that size, at `tmp_path / "disk"`."""
    disk = tmp_path / "disk"
    disk.mkdir()
    environment = os.environ | {"PAPERBACKED_HOME": str(disk / "home"), "PAPERBACKED_EMBEDDING": "hash"}

    def run(size: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        apart = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_SMALL_DISK, "sh", size, str(disk)]
        return subprocess.run(
            [*apart, sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.mark.fault
@pytest.mark.parametrize("size", ["100k", "200k", "500k", "1m", "1300k", "1550k"])  # full at another step each time
def test_the_first_index(on_disk: OnDisk, tmp_path: Path, size: str) -> None:
    done = on_disk(size, "-m", "app", "search", "sleeper agents")
    home = tmp_path / "disk" / "home"
    folder = home / "collections" / "default"
    parts = (f"papers in {folder / 'papers.sqlite'}", f"words in {folder / 'words'}", f"index in {home / 'chroma'}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr in {
        f"The {part} cannot be written, as the disk is full: make room, or {HOME}\n" for part in parts
    }


FILLED_UP = """
import json, subprocess, sys
from pathlib import Path
from app.build import build_answerer
from app.feedback import Feedback, FeedbackLog
from app.settings import read_settings
from retrieval.errors import PaperbackedError

settings, said = read_settings(llm="none"), []
answerer = build_answerer(settings, note=said.append)
with (settings.home.parent / "rest").open("wb", buffering=0) as rest:
    try:
        while True:
            rest.write(bytes(4096))
    except OSError:
        pass
found = answerer.search("backdoor")[0].paper.id
try:
    FeedbackLog(settings.feedback).add(Feedback("a", "up"))
except PaperbackedError as error:
    said.append(str(error))
again = subprocess.run([sys.executable, "-m", "app", "search", "backdoor"], capture_output=True, text=True)
said += again.stderr.splitlines()
print(json.dumps({"found": found, "said": said, "left": sorted(path.name for path in settings.home.iterdir())}))
"""


@pytest.mark.fault
def test_a_server_goes_on_and_its_index_is_not_taken_for_damaged(on_disk: OnDisk, tmp_path: Path) -> None:
    done = on_disk("40m", "-c", FILLED_UP)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    index = tmp_path / "disk" / "home" / "chroma"
    assert told["found"] == "sleeper-agents"
    assert told["said"] == [
        f"The feedback file feedback.jsonl cannot be written, as the disk is full: make room, or {HOME}",
        f"The index in {index} cannot be written, as the disk is full: make room, or {HOME}",
    ]
    assert "chroma" in told["left"] and "chroma-damaged" not in told["left"]


WEIGHTS = """
import json, sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from app.answering.models.prepared_folder import prepare_folder
from retrieval.errors import PaperbackedError
from retrieval.finetune.run_state import make_work_folder, save_state, writing_run

disk, said = Path(sys.argv[1]), []
weights = {"weights": torch.zeros(2_000_000)}

def adapter():
    with writing_run(disk / "run"):
        save_file(weights, make_work_folder(disk / "run") / "adapter.safetensors")

for write in (
    lambda: prepare_folder(disk / "models" / "m", "a", lambda fresh: save_file(weights, fresh / "model.safetensors")),
    adapter,
    lambda: save_state(make_work_folder(disk / "run"), {}, weights),
):
    try:
        write()
    except PaperbackedError as error:
        said.append(str(error))
print(json.dumps(said))
"""


@pytest.mark.fault
def test_a_models_weights(on_disk: OnDisk, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    done = on_disk("1m", "-c", WEIGHTS, str(disk))
    assert done.returncode == 0, done.stderr
    run = f"The folder {disk / 'run'} cannot be written, as the disk is full: make room, or choose another with --out."
    model = f"The folder {disk / 'models' / 'm'} cannot be written, as the disk is full: make room, or {HOME}"
    assert json.loads(done.stdout) == [model, run, run]


def full(path: Path) -> Path:
    """A file on a full disk, which every system has."""
    path.symlink_to("/dev/full")
    return path


def test_feedback(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError) as caught:
        FeedbackLog(full(tmp_path / "feedback.jsonl")).add(Feedback("a", "up"))
    assert str(caught.value).endswith(f"feedback.jsonl cannot be written, as the disk is full: make room, or {HOME}")


def test_feedback_that_is_given_out(tmp_path: Path) -> None:
    full(tmp_path / f".out.jsonl.{os.getpid()}.new")
    with pytest.raises(FeedbackError, match="as the disk is full: make room, or choose another place"):
        write_records([{"a": 1}], tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_answers_to_a_file_of_questions(tmp_path: Path) -> None:
    full(tmp_path / f".out.jsonl.{os.getpid()}.new")

    class Asked:
        def as_json(self) -> dict[str, str]:
            return {"answer": "x" * 100_000}

    class Answers:
        def ask(self, question: object) -> Asked:
            return Asked()

    with pytest.raises(InputError, match="as the disk is full: make room, or choose another with --out"):
        answer_file(Answers(), [("a", "?")], tmp_path / "out.jsonl", no_progress)  # type: ignore
    assert list(tmp_path.iterdir()) == []


def test_results_that_go_to_a_file(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as out:
        command = [sys.executable, "-m", "app", "papers", "--json"]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "The output cannot be written, as the disk is full: make room, or send it elsewhere.\n"


def test_the_state_of_a_training_run(tmp_path: Path) -> None:
    full(make_work_folder(tmp_path) / f".state.pt.{os.getpid()}.new")
    with pytest.raises(ModelError, match="as the disk is full: make room, or choose another with --out"):
        save_state(tmp_path / "unfinished", {}, {"step": 1})


def test_a_folder_of_a_run_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(ModelError, match=r"cannot be written \(Not a directory\): choose another with --out\."):
        make_work_folder(tmp_path / "out")
