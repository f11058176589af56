"""How answers are taught, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SftRecipe:
    """LoRA (Hu et al. 2021) of rank `rank` on every linear map of the upper `layers`, a share of all layers.

    `warm_up` is a share of all steps. `first_token` is how many times the first token of an answer counts: with it
    the model decides whether the quotes answer at all, and with yes or no.
    """

    epochs: int = 1
    batch: int = 8
    learning_rate: float = 4e-4
    layers: float = 2 / 3
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    warm_up: float = 0.05
    first_token: float = 4.0
    seed: int = 42


DEFAULT = SftRecipe()
"""What two cores learn in under two hours (docs/finetuning.md)."""
