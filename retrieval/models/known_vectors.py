"""The vectors of texts that ship with the project, so that no machine has to embed them again."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# safetensors takes paths of any kind.

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.models.heavy_imports import heavy_imports

MADE_WITH = "fingerprint"
LARGEST = 127
KEY_BYTES = 8


class KnownVectors:
    """Vectors by the hash of their text, in 8 bits with a scale each: a cosine is off by 0.001 at most.

    Of a model with another `fingerprint`, and of a file that cannot be read, nothing is known. The file is read
    at the first look.
    """

    def __init__(self, file: Path, fingerprint: str) -> None:
        self._file = file
        self._fingerprint = fingerprint
        self._read: tuple[dict[int, int], np.ndarray, np.ndarray] | None = None

    def of(self, texts: Sequence[str]) -> list[np.ndarray | None]:
        """The unit vector of each text (float32, [dimensions]); None of those that are not known."""
        self._read = self._read or self._from_file()
        places, vectors, scales = self._read
        found = [places.get(key_of(text)) for text in texts]
        return [None if place is None else _unit(vectors[place] * scales[place]) for place in found]

    def _from_file(self) -> tuple[dict[int, int], np.ndarray, np.ndarray]:
        with heavy_imports():
            from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(self._file), framework="numpy") as held:
                if (held.metadata() or {}).get(MADE_WITH) != self._fingerprint:
                    return {}, np.zeros((0, 0)), np.zeros(0)
                keys, vectors, scales = (held.get_tensor(name) for name in ("keys", "vectors", "scales"))
        # Without the file all is computed, which takes a little longer and comes to the same.
        except (SafetensorError, OSError):
            return {}, np.zeros((0, 0)), np.zeros(0)
        return {int(key): place for place, key in enumerate(keys)}, vectors.astype(np.float32), scales


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


def _unit(vector: np.ndarray) -> np.ndarray:
    return (vector / np.linalg.norm(vector)).astype(np.float32)
