"""The door: which names open what, and how it says no."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.answering.models.opening import describe, open_llm
from app.answering.models.scripted import ScriptedLLM
from retrieval.errors import ModelError


def test_a_folder_opens_and_shows_its_last_part_only(tiny_folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    llm = open_llm(str(tiny_folder), home=tmp_path, max_tokens=5, progress=lambda *step: told.append(step))
    assert describe(llm) == "tiny-llama"
    assert llm.invoke("q").content
    assert told == [("Loading tiny-llama", 0, 1), ("Loading tiny-llama", 1, 1)]


def test_display_names(tmp_path: Path) -> None:
    assert describe(open_llm("openai:Qwen/Qwen3-0.6B", url="http://127.0.0.1:1/v1", home=tmp_path)) == (
        "openai:Qwen/Qwen3-0.6B"
    )
    assert describe(ScriptedLLM(replies=["x"])) == "scripted"


@pytest.mark.parametrize("name", ["nosuchmodel", "", " ", "/no/such/folder", "a/b/c", "~nosuchuser/x", "nul\0name"])
def test_names_that_do_not_exist_are_refused_with_those_that_do(name: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError) as failure:
        open_llm(name, home=tmp_path)
    assert time.monotonic() - began < 3
    said = str(failure.value)
    assert all(kind in said for kind in ("smollm2", "openai:MODEL", "hub id", "folder")) and "\n" not in said


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(ModelError, match=r"holds no \.safetensors"):
        open_llm(str(tmp_path), home=tmp_path)


def test_offline_a_hub_id_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    began = time.monotonic()
    with pytest.raises(ModelError, match="nobody/no-such-model is not on this machine"):
        open_llm("nobody/no-such-model", home=tmp_path)
    assert time.monotonic() - began < 1.5


def test_a_hub_that_never_answers_is_given_up_within_3_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(ModelError, match="the model hub cannot be reached"):
            open_llm("nobody/no-such-model", home=tmp_path)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("openai:m", None, "--llm-url"),
        ("openai:", "http://127.0.0.1/v1", "lacks the model"),
        ("openai:m", "ftp://127.0.0.1/v1", "not an http"),
        ("openai:m", "127.0.0.1:8000", "not an http"),
        ("openai:m", "http://", "not an http"),
        ("openai:m", "http://h:99999/v1", "not an http"),
        ("openai:m", "http://[::1/v1", "not an http"),
    ],
)
def test_what_a_served_model_needs(name: str, url: str | None, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=said):
        open_llm(name, url=url, home=tmp_path)


def test_importing_does_no_work() -> None:
    code = (
        "import sys, app.answering.models.opening, app.answering.models.smollm2, app.answering.models.scripted; "
        "print([m for m in ('torch', 'transformers', 'openai', 'huggingface_hub') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert done.stdout.strip() == "[]"
