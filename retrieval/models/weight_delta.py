"""Only what training changed, in half precision: small enough to ship, laid over the base model when it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrieval.errors import ModelError
from retrieval.files import replacing
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.tensors import load_tensors, save_tensors

OVERLAY = "tuned.safetensors"


def write_weight_delta(tuned: Path, base: Path, target: Path) -> int:
    """Save those tensors of the model in `tuned` that differ from `base`; gives their number of bytes."""
    with heavy_imports():
        import torch

    before = load_tensors(base / "model.safetensors")
    after = load_tensors(tuned / "model.safetensors")
    changed = {
        name: tensor.to(torch.float16).contiguous()
        for name, tensor in after.items()
        if name not in before or not torch.equal(tensor, before[name])
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as draft:
        save_tensors(changed, draft)
    return target.stat().st_size


def apply_weight_delta(model: Any, overlay: Path) -> None:
    """`lay_over` for a loaded sentence-transformers model."""
    lay_over(model[0].model, overlay)


def lay_over(network: Any, overlay: Path) -> None:
    """Put the tensors in the place of those of the network. Raises `ModelError` where one of them has none in it."""
    with heavy_imports():
        from safetensors import SafetensorError

    try:
        changed = load_tensors(overlay)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The tuned weights {overlay.name} cannot be read: reinstall the program.") from error
    places = dict(network.named_parameters())
    for name, tensor in changed.items():
        place = places.get(name)
        if place is None or place.shape != tensor.shape:
            raise ModelError(f"The tuned weights {overlay.name} do not fit the base model: reinstall the program.")
        place.data.copy_(tensor.to(place.dtype))
