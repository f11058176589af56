"""The vectors of texts that ship with the project, so that no machine has to embed them again."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# safetensors takes paths of any kind.

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports

MADE_WITH = "fingerprint"
LARGEST = 127
KEY_BYTES = 8


class KnownVectors:
    """Vectors by the hash of their text, in 8 bits with a scale each: a cosine is off by 0.001 at most.

    Of a model with another `fingerprint` nothing is known. The file is read at the first look.
    """

    def __init__(self, file: Path, fingerprint: str) -> None:
        self._file = file
        self._fingerprint = fingerprint
        self._loading = threading.Lock()
        self._read: tuple[dict[int, int], np.ndarray, np.ndarray] | None = None

    def of(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of which texts a vector is known (bool, [texts]), and their unit vectors (float32, [known, dimensions]).

        Raises `ModelError` where the file cannot be read.
        """
        with self._loading:
            self._read = self._read or self._from_file()
        places, vectors, scales = self._read
        found = np.array([places.get(key_of(text), -1) for text in texts], dtype=int)
        wanted = found[found >= 0]
        known = vectors[wanted].astype(np.float32) * scales[wanted, None]
        return found >= 0, known / np.linalg.norm(known, axis=1, keepdims=True)

    def _from_file(self) -> tuple[dict[int, int], np.ndarray, np.ndarray]:
        with heavy_imports():
            from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(self._file), framework="numpy") as held:
                keys, vectors, scales = (held.get_tensor(name) for name in ("keys", "vectors", "scales"))
                fitting = (held.metadata() or {}).get(MADE_WITH) == self._fingerprint
        except (SafetensorError, OSError) as error:
            raise ModelError(f"The vectors {self._file.name} cannot be read: reinstall the program.") from error
        return {int(key): place for place, key in enumerate(keys)} if fitting else {}, vectors, scales


def key_of(text: str) -> int:
    """The text's hash in 63 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()) >> 1


def write_known_vectors(file: Path, fingerprint: str, texts: Sequence[str], vectors: np.ndarray) -> None:
    """Write the texts' unit `vectors`, [texts, dimensions], of the model with that fingerprint."""
    with heavy_imports():
        from safetensors.numpy import save_file

    scales = np.abs(vectors).max(axis=1) / LARGEST
    tensors = {
        "keys": np.array([key_of(text) for text in texts], dtype=np.int64),
        "vectors": np.round(vectors / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
    }
    save_file(tensors, str(file), metadata={MADE_WITH: fingerprint})
