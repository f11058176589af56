"""One thread at a time imports the heavy libraries, or has them load a model.

    with heavy_imports():
        import torch

Python lets two threads import at once. Torch takes a second to become whole;
`scipy.stats`, which sklearn needs, asks for `torch.Tensor` while it is imported,
and fails where another thread has brought torch halfway. So every import of
these, in whatever thread, stands in such a block.

While transformers loads a model it imports more, and sets for all threads what
type new tensors have: two models that are loaded at once come out broken, and so
does what is made after them. So each is loaded `with model_loading():`.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from retrieval.errors import MissingPackageError

HEAVY = (
    *("torch", "transformers", "sentence_transformers", "tokenizers", "safetensors", "accelerate", "peft", "datasets"),
    *("sklearn", "scipy", "joblib", "matplotlib"),
)
"""The packages that are imported in no other way; tests/retrieval/models/test_heavy_imports.py sees to it."""
_LOCK = threading.RLock()


@contextmanager
def heavy_imports() -> Generator[None, None, None]:
    """Within it no other thread of this process imports any of `HEAVY`. A thread may enter it again.

    Whoever comes here waits while another thread imports or loads a model: once the models
    are there, no question may come here. Raises `MissingPackageError` where one is not installed.
    """
    with _LOCK:
        try:
            yield
        except ImportError as error:
            package = (error.name or str(error)).partition(".")[0]
            reason = "is not installed" if isinstance(error, ModuleNotFoundError) else "cannot be imported here"
            raise MissingPackageError(
                f"This needs the package {package}, which {reason}: install paperbacked with all of its dependencies."
            ) from error


@contextmanager
def model_loading() -> Generator[None, None, None]:
    """Within it no other thread of this process loads a model or tokenizer, or imports any of `HEAVY`."""
    with _LOCK:
        yield
