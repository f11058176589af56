"""Files of safetensors, read and written as dictionaries of tensors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from retrieval.models.heavy_imports import heavy_imports

if TYPE_CHECKING:
    import torch


def load_tensors(file: Path) -> dict[str, torch.Tensor]:
    """The tensors of the file by name."""
    with heavy_imports():
        import safetensors.torch

    # Its annotations leave parts open.
    return cast("Any", safetensors.torch).load_file(file)


def save_tensors(tensors: dict[str, torch.Tensor], file: Path, metadata: dict[str, str] | None = None) -> None:
    """Write them under their names."""
    with heavy_imports():
        import safetensors.torch

    cast("Any", safetensors.torch).save_file(tensors, file, metadata=metadata)
