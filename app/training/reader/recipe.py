"""How the reader is trained, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderRecipe:
    """`tokens` is how many tokens a batch has at most; `warm_up` is a share of all steps.

    `head_rate` is the learning rate of what is not in the base model; `support` is how
    much the claims count beside the questions; `each` is how much every sentence by itself
    counts beside the choice among them.
    """

    epochs: int = 2
    tokens: int = 6144
    learning_rate: float = 1.5e-4
    head_rate: float = 5e-4
    weight_decay: float = 0.01
    warm_up: float = 0.06
    support: float = 0.7
    each: float = 0.3
    dropout: float = 0.1
    seed: int = 14


DEFAULT = ReaderRecipe()
