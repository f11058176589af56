"""One import at a time of the libraries that take seconds, or that look at each other while they are imported.

    with heavy_imports():
        import torch

Python lets two threads import at once. Torch takes a second to become whole;
`scipy.stats`, which sklearn needs, asks for `torch.Tensor` while it is imported,
and fails where another thread has brought torch halfway. transformers and
sentence-transformers import each other's parts, and more when a tokenizer or a
model is made. So every import of these, in whatever thread, stands in such a
block, and so does a call that imports by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAVY = (
    *("torch", "transformers", "sentence_transformers", "tokenizers", "safetensors", "accelerate", "peft", "datasets"),
    *("sklearn", "scipy", "bm25s", "joblib", "matplotlib"),
)
"""The packages that are imported in no other way; tests/retrieval/test_heavy_imports.py sees to it."""
_LOCK = threading.RLock()


@contextmanager
def heavy_imports() -> Iterator[None]:
    """Within it no other thread of this process imports any of `HEAVY`. A thread may enter it again.

    Whoever comes here waits for another thread's import, seconds at most: keep out of it
    what takes longer, such as reading large weights, and never come here to answer a question.
    """
    with _LOCK:
        yield
