"""Lay a LoRA adapter's weights into a model, in plain code: what is shipped needs no further package to be used."""

from __future__ import annotations

import json
from pathlib import Path

from app.answering.models.language_model import DIRECT_PROMPT
from app.answering.models.protocols import CausalModel
from retrieval.errors import ModelError
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.tensors import load_tensors

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
TAUGHT_PROMPT = "paperbacked_prompt"
"""The key of a model's config.json that names the prompt it was trained for."""
_PREFIX = "base_model.model."


def merge_adapter(model: CausalModel, folder: Path) -> None:
    """Add the adapter's product of matrices, scaled, to the weights that it was trained beside.

    `folder` is as peft saves it. W becomes W + (alpha / rank) B A (Hu et al. 2021).
    Raises `ModelError` where the adapter is not one of this model's.
    """
    with heavy_imports():
        import torch

    try:
        alpha = float(json.loads((folder / CONFIG).read_text(encoding="utf-8"))["lora_alpha"])
        weights = load_tensors(folder / WEIGHTS)
        parameters = dict(model.named_parameters())
        with torch.no_grad():
            for name in sorted(name for name in weights if name.endswith(".lora_A.weight")):
                down, up = weights[name].float(), weights[name.replace(".lora_A.", ".lora_B.")].float()
                target = parameters[name.removeprefix(_PREFIX).replace(".lora_A.", ".")]
                change = (alpha / len(down)) * (up @ down)
                if change.shape != target.shape:
                    raise ValueError(f"{name} has another shape")
                target.copy_(target.float() + change.to(target.device))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"The adapter in {folder.name} does not fit the model: train it anew on this base.") from error


def mark_fine_tuned(model: CausalModel) -> None:
    """Write into the model's own settings for which prompt it was trained."""
    setattr(model.config, TAUGHT_PROMPT, DIRECT_PROMPT)
