"""SmolLM2 from its wheel: refused where it is not what it should be; with the marker `model`, the real one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.answering.llm import describe, open_llm
from app.answering.models import smollm2
from retrieval.errors import ModelError


def test_without_the_wheel_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smollm2, "WHEEL", "no-such-wheel")
    with pytest.raises(ModelError, match="no-such-wheel is not installed"):
        open_llm("smollm2", home=tmp_path)
    assert not smollm2.folder_in(tmp_path).exists()


def test_a_file_with_another_hash_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr(smollm2, "file_in_wheel", lambda *_: tmp_path / "other.gguf")
    with pytest.raises(ModelError, match="not the file it should be"):
        smollm2.convert(tmp_path)
    assert not smollm2.is_ready(tmp_path)


def test_what_is_already_converted_is_not_converted_again(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []

    def copy(folder: Path, progress: Any) -> None:
        built.append(folder)
        shutil.copytree(tiny_folder, folder, dirs_exist_ok=True)

    monkeypatch.setattr(smollm2, "_convert_into", copy)
    for _ in range(2):
        llm = open_llm("smollm2", home=tmp_path, max_tokens=4)
        assert describe(llm) == "smollm2" and llm.invoke("q").content
    assert len(built) == 1 and smollm2.is_ready(tmp_path)


@pytest.mark.model
@pytest.mark.timeout(300)
def test_the_real_model_is_converted_once_and_answers(tmp_path: Path, until: Any) -> None:
    folder = smollm2.folder_in(tmp_path)
    _kill_while_it_writes(tmp_path, until)
    assert not folder.exists() and not smollm2.is_ready(tmp_path)

    told: list[tuple[str, int, int]] = []
    smollm2.convert(tmp_path, lambda *step: told.append(step))
    assert [done for _, done, _ in told] == list(range(told[-1][2] + 1))
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, f"{folder.name}.lock"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert smollm2.GGUF_SHA256 in manifest["source"] and len(manifest["files"]["model.safetensors"]) == 64
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())

    import transformers  # noqa: F401  its import is not part of the loading time

    began = time.monotonic()
    llm = open_llm("smollm2", home=tmp_path, max_tokens=40)
    assert time.monotonic() - began < 10
    pieces = [str(chunk.content) for chunk in llm.stream("What is the capital of France? Answer in one sentence.")]
    assert len(pieces) > 4 and "Paris" in "".join(pieces)


def _kill_while_it_writes(home: Path, until: Any) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from app.answering.models.smollm2 import convert; convert(Path(sys.argv[1]))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(home)], env=dict(os.environ))
    models = smollm2.folder_in(home).parent
    try:
        until(lambda: any(models.glob(".*.part-*/tokenizer.json")), 120)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)
