"""The vectors of the questions written for papers: few, so that they lie in one file beside the collection."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# safetensors takes paths of any kind.

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.errors import one_line
from retrieval.files import replacing
from retrieval.models.embedder import Embedder
from retrieval.models.heavy_imports import heavy_imports

MADE_OF, VECTORS = "texts", "vectors"
_log = logging.getLogger("paperbacked.index")


def question_vectors(texts: Sequence[str], embedder: Embedder, file: Path | None) -> np.ndarray:
    """The texts' unit vectors (float32, [texts, dimensions]): those at hand, or kept in the file, or embedded now.

    What is embedded is kept in the file for the next time; where that cannot be written, the log says so and nothing
    else changes. Raises `ModelError`.
    """
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    at_hand = embedder.at_hand(texts)
    if at_hand is not None:
        return at_hand
    if file is None:
        return embedder.embed(texts)
    key = _key(texts, embedder)
    kept = _kept(file, key, len(texts))
    if kept is not None:
        return kept
    vectors = embedder.embed(texts)
    _keep(file, key, vectors)
    return vectors


def _key(texts: Sequence[str], embedder: Embedder) -> str:
    return hashlib.sha256(json.dumps([embedder.fingerprint, *texts]).encode()).hexdigest()


def _kept(file: Path, key: str, count: int) -> np.ndarray | None:
    """What the file has, or None where it is of other texts or another model, is damaged or is not there."""
    if not file.is_file():
        return None
    with heavy_imports():
        from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), framework="numpy") as held:
            vectors = held.get_tensor(VECTORS) if (held.metadata() or {}).get(MADE_OF) == key else None
    except (SafetensorError, OSError) as error:
        _log.warning("The vectors of questions in %s cannot be read and are made anew (%s).", file, one_line(error))
        return None
    if vectors is None or vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != count:
        return None
    return vectors


def _keep(file: Path, key: str, vectors: np.ndarray) -> None:
    with heavy_imports():
        from safetensors.numpy import save

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as draft:
            draft.write_bytes(save({VECTORS: vectors}, metadata={MADE_OF: key}))
    except OSError as error:
        reason = one_line(error)
        _log.warning("The vectors of questions cannot be kept in %s and are made at each start (%s).", file, reason)
