"""Load a causal model or its tokenizer from a folder: safetensors alone, no code of its makers, no network."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.answering.models.protocols import CausalModel, Tokenizer
from retrieval.errors import ModelError, one_line
from retrieval.models.heavy_imports import heavy_imports, model_loading

if TYPE_CHECKING:
    import torch

_OPTIONS: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}


def load_weights(folder: Path, name: str, dtype: torch.dtype) -> CausalModel:
    """The model that was saved in `folder`, in that torch type. Raises `ModelError` where there is none."""
    with heavy_imports():
        from transformers import AutoModelForCausalLM

    with _explained(name), no_progress_bars(), model_loading():
        return cast("Any", AutoModelForCausalLM).from_pretrained(folder, dtype=dtype, use_safetensors=True, **_OPTIONS)


def load_tokenizer(folder: Path, name: str) -> Tokenizer:
    """The model's tokenizer. Raises `ModelError` where there is none."""
    with heavy_imports():
        from transformers import AutoTokenizer

    with _explained(name), no_progress_bars(), model_loading():
        return cast("Any", AutoTokenizer).from_pretrained(folder, **_OPTIONS)


@contextmanager
def _explained(name: str) -> Generator[None, None, None]:
    try:
        yield
    except Exception as error:  # a broken folder fails in as many ways as there are model types
        raise ModelError(
            f"The model {name} cannot be loaded ({one_line(error)}): "
            "choose a text-generation model saved with save_pretrained()."
        ) from error


@contextmanager
def no_progress_bars() -> Generator[None, None, None]:
    """Keeps transformers from drawing bars on stderr. Imports transformers."""
    # Progress is told through `Progress` callbacks; bars would mix with the program's own lines.
    with heavy_imports():
        from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
