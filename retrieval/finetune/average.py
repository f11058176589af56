"""Weights between the base model's and the tuned ones (Wortsman et al. 2022, WiSE-FT).

Tuned weights know their own papers better, the base's everything else; a point
on the straight line between them has most of both.
"""

from __future__ import annotations

from pathlib import Path

from retrieval.models.tensors import load_tensors, save_tensors

WEIGHTS = "model.safetensors"


def write_average(tuned: Path, base: Path, share: float, target: Path) -> None:
    """Write to the folder `target` the weights that lie that share, in [0, 1], of the way from `tuned` to `base`."""
    before, after = load_tensors(base / WEIGHTS), load_tensors(tuned / WEIGHTS)
    mixed = {
        name: tensor.lerp(before[name].to(tensor.dtype), share).contiguous() if tensor.is_floating_point() else tensor
        for name, tensor in after.items()
    }
    save_tensors(mixed, target / WEIGHTS, metadata={"format": "pt"})
