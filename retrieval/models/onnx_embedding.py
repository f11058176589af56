"""The embedding models that ship, in ONNX Runtime: a graph without weights, filled from the files that have them."""

# pyright: reportUnknownVariableType=false
# safetensors takes paths of any kind.

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import ModelError
from retrieval.models.embedder import Embedder
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.onnx_session import Arrays, OnnxSession, read_tokenizer
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    from tokenizers import Tokenizer

INPUTS = ("ids", "mask")
DIMENSIONS = 384
MAX_TOKENS = 256
"""What is longer is cut, as in the model's own settings."""
BATCH_TOKENS = 2048
"""Tokens that one call reads, padding included."""
PROGRESS_STEP = 256
BULK = 128
"""From so many texts on, what loads slowly and embeds quickly is worth loading."""
UNUSED = ("pooler.", "embeddings.position_ids")
"""Tensors that are for other ways of making a vector of a text."""
OPEN = "trunk."
"""What the names of the graph's tensors begin with, before the weights' own."""


class OnnxEmbedder(Embedder):
    """Mean of the tokens' vectors, of unit length, as sentence-transformers has it; in float32.

    `graph` holds the network without its weights (benchmarks/graphs.py makes it); they are
    read from `weights`, and those that fine-tuning changed from `overlay`. `in_bulk`
    gives what embeds many texts at once where it is quicker, as near as makes no
    difference (cosine above 0.999); None where nothing is.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        graph: Path,
        weights: Path,
        tokenizer: Path,
        overlay: Path | None = None,
        in_bulk: Callable[[], Embedder | None] = lambda: None,
    ) -> None:
        self.name, self.fingerprint = name, fingerprint
        self._session = OnnxSession(graph, INPUTS, lambda: _weights(weights, overlay))
        self._in_bulk = in_bulk
        self._tokenizer_file = tokenizer
        self._words: Tokenizer | None = None
        self._loading = threading.Lock()

    @property
    def description(self) -> str:
        return f"{self.name} (fp32)"

    def load(self) -> None:
        self._session.load()
        self._tokenizer()

    def _tokenizer(self) -> Tokenizer:
        with self._loading:
            if self._words is None:
                self._words = read_tokenizer(self._tokenizer_file, MAX_TOKENS)
            return self._words

    def embed(self, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
        if len(texts) >= BULK and (bulk := self._in_bulk()):
            return bulk.embed(texts, progress)
        self.load()
        ids = [one.ids for one in self._tokenizer().encode_batch(list(texts))]
        # Longest first, so that the steps shown cost alike, and little is padded.
        order = sorted(range(len(ids)), key=lambda place: -len(ids[place]))
        vectors: list[np.ndarray] = []
        for at in range(0, len(order), PROGRESS_STEP):
            progress("Embedding", at, len(order))
            step = [ids[place] for place in order[at : at + PROGRESS_STEP]]
            vectors += [batch[0] for batch in self._session.run([_padded(part) for part in _batches(step)])]
        progress("Embedding", len(order), len(order))
        if not vectors:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        in_order = np.concatenate(vectors).astype(np.float32)
        back = np.empty_like(in_order)
        back[order] = in_order
        return back


def _batches(ids: Sequence[list[int]]) -> Iterator[Sequence[list[int]]]:
    """The rows, longest first, in parts of at most `BATCH_TOKENS` once padded."""
    at = 0
    while at < len(ids):
        count = max(1, BATCH_TOKENS // max(1, len(ids[at])))
        yield ids[at : at + count]
        at += count


def _padded(rows: Sequence[list[int]]) -> Arrays:
    ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for at, row in enumerate(rows):
        ids[at, : len(row)], mask[at, : len(row)] = row, 1
    return {"ids": ids, "mask": mask}


def _weights(weights: Path, overlay: Path | None) -> dict[str, np.ndarray]:
    with heavy_imports():
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

    try:
        tensors = load_file(str(weights)) | (load_file(str(overlay)) if overlay else {})
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The weights {(overlay or weights).name} cannot be read: reinstall the program.") from error
    used = {name: tensor for name, tensor in tensors.items() if not name.startswith(UNUSED)}
    return {OPEN + name: np.ascontiguousarray(tensor, dtype=np.float32) for name, tensor in used.items()}
