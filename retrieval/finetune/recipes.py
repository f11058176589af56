"""The two recipes for fine-tuning the embedding model, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmbeddingRecipe:
    """How to train: lengths in tokens, `warm_up` as a share of all steps, `scale` of the cosine.

    `hard_negatives` adds one passage of another paper to each pair, mined with the
    base model. `frozen_embeddings` leaves the word embeddings as they are, which
    halves what has to be shipped. `best_epoch` keeps the epoch that is best on dev.
    In the end the weights go back `base_share` of the way to the base model's.
    """

    name: str
    epochs: int
    batch: int
    learning_rate: float
    warm_up: float
    weight_decay: float
    max_length: int
    scale: float = 20.0
    hard_negatives: bool = False
    frozen_embeddings: bool = False
    best_epoch: bool = False
    base_share: float = 0.0
    seed: int = 42


MODEL_CARD = EmbeddingRecipe(
    "model-card", epochs=3, batch=16, learning_rate=5e-5, warm_up=0.0, weight_decay=0.0, max_length=256
)
"""As on the card of svb01/fine-tuned-embedding-model: MultipleNegativesRankingLoss, linear schedule, seed 42."""

DEFAULT = EmbeddingRecipe(
    "default",
    epochs=3,
    batch=32,
    learning_rate=1e-4,
    warm_up=0.1,
    weight_decay=0.01,
    max_length=128,
    hard_negatives=True,
    frozen_embeddings=True,
    best_epoch=True,
    base_share=0.25,
)
"""The best found on the development questions in under 30 minutes on two cores (docs/experiments.md)."""

RECIPES = {recipe.name: recipe for recipe in (MODEL_CARD, DEFAULT)}
