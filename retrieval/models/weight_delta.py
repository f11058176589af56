"""Only what training changed, in half precision: small enough to ship, laid over the base model when it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports

OVERLAY = "tuned.safetensors"


def write_weight_delta(tuned: Path, base: Path, target: Path) -> int:
    """Save those tensors of the model in `tuned` that differ from `base`; gives their number of bytes."""
    with heavy_imports():
        import torch
        from safetensors.torch import load_file, save_file

    before = load_file(base / "model.safetensors")
    after = load_file(tuned / "model.safetensors")
    changed = {
        name: tensor.to(torch.float16).contiguous()
        for name, tensor in after.items()
        if name not in before or not torch.equal(tensor, before[name])
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    save_file(changed, draft)
    draft.replace(target)
    return target.stat().st_size


def apply_weight_delta(model: Any, overlay: Path) -> None:
    """Lay the tensors over a loaded sentence-transformers model.

    Raises `ModelError` where one of them has no place in it.
    """
    with heavy_imports():
        from safetensors import SafetensorError
        from safetensors.torch import load_file

    try:
        changed = load_file(overlay)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The tuned weights {overlay.name} cannot be read: reinstall the program.") from error
    network = model[0].model
    places = dict(network.named_parameters())
    for name, tensor in changed.items():
        place = places.get(name)
        if place is None or place.shape != tensor.shape:
            raise ModelError(f"The tuned weights {overlay.name} do not fit the base model: reinstall the program.")
        place.data.copy_(tensor.to(place.dtype))
