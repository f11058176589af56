"""Models of the hub, against a real one on loopback and with the real client, in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.errors import ModelError
from retrieval.models.hub import cached_model, fetch_model, is_complete
from tests.support import hub_server

pytestmark = pytest.mark.slow

NAME = "Qwen/Qwen3-0.6B"
POOLING = ("1_Pooling/config.json", "2_Dense/model.safetensors")
"""Without these an embedding model is another one, or none."""
ROOT = Path(__file__).parents[4]


@pytest.fixture
def repository(tmp_path: Path, tiny_qwen: Path) -> Path:
    """A model as the hub has it: with the folders of an embedding model, and with files that are not for us."""
    folder = tmp_path / "repository"
    shutil.copytree(tiny_qwen, folder)
    for name in POOLING:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")
    for name in ("modeling_own.py", "pytorch_model.bin", "README.md", "onnx/model.safetensors", "training_args.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"not for us")
    return folder


@pytest.fixture
def hub(repository: Path) -> Iterator[hub_server.Hub]:
    with hub_server.serving(hub_server.Hub(NAME, repository)) as served:
        yield served


@pytest.fixture
def environment(tmp_path: Path, home: Path) -> Callable[[str], dict[str, str]]:
    """`environment(url)`: of a process whose hub is there and whose cache is empty at first."""
    return lambda url: {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_ENDPOINT": url,
        "HF_HOME": str(tmp_path / "hf"),
        "PAPERBACKED_EMBEDDING": "hash",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_model_is_fetched_without_code_and_then_is_here(
    hub: hub_server.Hub, environment: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    online, offline = environment(hub.url), environment("http://127.0.0.1:9")
    got = run(online, "models", "get", "qwen3-0.6b")
    assert (got.returncode, got.stdout) == (0, "")
    assert got.stderr.strip() == f"{NAME} is here, revision {hub_server.REVISION}."
    assert {name for name, _ in hub.fetched} == {
        name for name in hub.files if name.endswith((".safetensors", ".json", ".jinja")) and "/" not in name
    } - {"training_args.json"} | {*POOLING}
    assert not list((tmp_path / "hf").rglob("*.py")) and not list((tmp_path / "hf").rglob("*.bin"))
    # From here on without a hub.
    listed = [json.loads(line) for line in run(offline, "models", "list", "--json").stdout.splitlines()]
    assert [(model["here"], model["revision"]) for model in listed] == [
        (True, hub_server.REVISION),
        (False, None),
        (False, None),
    ]
    # What is here is not asked for again, and needs no hub.
    asked = len(hub.fetched)
    assert run(offline, "models", "get", NAME).returncode == 0
    assert len(hub.fetched) == asked


def test_a_fetch_that_was_killed_goes_on_where_it_stopped(
    hub: hub_server.Hub, environment: Callable[[str], dict[str, str]], repository: Path, tmp_path: Path
) -> None:
    size = 24_000_000
    (repository / "model.safetensors").write_bytes(os.urandom(size))
    hub.seconds_per_megabyte = 0.15
    first = subprocess.Popen([sys.executable, "-m", "app", "models", "get", NAME], env=environment(hub.url), cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while sum(file.stat().st_size for file in (tmp_path / "hf").rglob("*.part")) < 1_000_000:
            assert time.monotonic() < deadline and first.poll() is None
            time.sleep(0.05)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    assert "not on this machine" in run(environment("http://127.0.0.1:9"), "models", "get", NAME).stderr
    hub.seconds_per_megabyte = 0.0
    assert run(environment(hub.url), "models", "get", NAME).returncode == 0
    ranges = [wanted for name, wanted in hub.fetched if name == "model.safetensors"]
    assert ranges[0] is None and ranges[-1] and int(ranges[-1].removeprefix("bytes=").rstrip("-")) >= 1_000_000
    [file] = (tmp_path / "hf").rglob("snapshots/*/model.safetensors")
    assert file.read_bytes() == (repository / "model.safetensors").read_bytes()


def test_a_file_that_comes_damaged_is_thrown_away(
    hub: hub_server.Hub, environment: Callable[[str], dict[str, str]], repository: Path, tmp_path: Path
) -> None:
    (repository / "model.safetensors").write_bytes(os.urandom(11_000_000))
    hub.damaged = True
    got = run(environment(hub.url), "models", "get", NAME)
    assert got.returncode == 1
    assert got.stderr.strip() == f"The file model.safetensors of {NAME} came damaged and was thrown away: try again."
    assert not list((tmp_path / "hf").rglob("*.part"))


def test_a_model_that_the_hub_lacks_is_one_sentence(
    hub: hub_server.Hub, environment: Callable[[str], dict[str, str]]
) -> None:
    got = run(environment(hub.url), "models", "get", "Qwen/Qwen3-1.7B")
    assert got.returncode == 1 and len(got.stderr.strip().splitlines()) == 1
    assert got.stderr.startswith("The model Qwen/Qwen3-1.7B could not be fetched from the hub (")


def test_a_model_without_safetensors_is_refused(
    hub: hub_server.Hub, environment: Callable[[str], dict[str, str]], repository: Path
) -> None:
    (repository / "model.safetensors").unlink()
    got = run(environment(hub.url), "models", "get", NAME)
    assert got.returncode == 1 and "brings no safetensors weights with a tokenizer" in got.stderr


@pytest.mark.parametrize("listening", [True, False])
def test_without_a_hub_it_says_so_within_three_seconds(monkeypatch: pytest.MonkeyPatch, listening: bool) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if listening else 9
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
        began = time.monotonic()
        with pytest.raises(ModelError, match="is not on this machine and the model hub cannot be reached"):
            fetch_model(NAME)
        assert time.monotonic() - began < 3


def test_a_model_that_is_not_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert cached_model(NAME) is None
    assert cached_model("no such name") is None


def test_complete_is_settings_tokenizer_and_all_weights(tiny_qwen: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_qwen, folder)
    assert is_complete(folder)
    index = folder / "model.safetensors.index.json"
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    index.write_text(json.dumps({"weight_map": shards}))
    assert not is_complete(folder)
    for shard in shards.values():
        (folder / shard).touch()
    assert is_complete(folder)
    index.write_text("{")
    assert not is_complete(folder)
    index.unlink()
    (folder / "tokenizer.json").unlink()
    assert not is_complete(folder)
