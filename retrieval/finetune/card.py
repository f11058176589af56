"""The model card of a run, in the hub's format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from retrieval.finetune.history import TrainingHistory
from retrieval.finetune.recipes import EmbeddingRecipe

_HEAD = """---
license: apache-2.0
language: en
base_model: sentence-transformers/all-MiniLM-L6-v2
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags:
- sentence-transformers
- sentence-similarity
- feature-extraction
- question-answering
- ai-safety
---
"""


def model_card(name: str, recipe: EmbeddingRecipe, history: TrainingHistory, learned: Sequence[str]) -> str:
    """The card of the model `name`: metadata, training data (`learned`, a sentence each), recipe and dev figures."""
    settings = "\n".join(f"| {key.replace('_', ' ')} | {value} |" for key, value in asdict(recipe).items())
    figures = [("before training", history.dev[0])]
    figures += [(f"epoch {epoch}", figure) for epoch, figure in enumerate(history.dev[1:], start=1)]
    if history.final is not None:
        figures.append(("**as written**", history.final))
    rows = "\n".join(f"| {when} | {figure:.3f} |" for when, figure in figures)
    data = "\n".join(f"- {sentence}" for sentence in learned)
    return f"""{_HEAD}
# {name}

all-MiniLM-L6-v2 fine-tuned to bring questions in anybody's words near the abstracts
that answer them. 384 dimensions, mean pooling, normalised, 256 tokens.

    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer("{name}")

## Training data

{data}

## Recipe

`paperbacked finetune --recipe {recipe.name}`

| setting | value |
| --- | --- |
{settings}

## Evaluation

The mean of hit@1 and MRR@10 over the development questions, by passages alone:

| | figure |
| --- | --- |
{rows}

## Limits

English. Tuned to the papers of one collection: measure it on your own before you trust it there.
"""
