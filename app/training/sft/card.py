"""The model card of a language model that was taught to answer from quotes, in the hub's format."""

from __future__ import annotations

from dataclasses import asdict

from app.training.sft.recipe import SftRecipe
from app.training.sft.training import LossHistory

_CARD = """---
license: apache-2.0
language: en
base_model: {base}
library_name: transformers
pipeline_tag: text-generation
---

# {name}

{base}, taught one thing with a LoRA adapter: given a question and one passage of a
research paper, say in one plain sentence what the passage answers, or write SKIP
where it does not. It is made for the prompt `prompts/sentence.md` of paperbacked,
which holds each sentence against the passage before a reader sees it as supported.

## Training data

{pairs} pairs of a question and a passage, each with the sentence or SKIP, written by
reading abstracts of works on AI safety; in {skips} of them the passage does not answer.

## Recipe

| | |
|---|---|
{recipe}

Loss on the answer's tokens alone. On the development pairs it was {before:.3f} before
training and {losses} after each epoch; the best is kept.

## Limits

It knows nothing of its own that can be relied on, and is small: it can turn a
passage's meaning round or answer beside the question. Use it behind a check.
"""


def model_card(name: str, base: str, recipe: SftRecipe, history: LossHistory, pairs: int, skips: int) -> str:
    """The card's text; of the `pairs` of question and passage that were learned, `skips` answer with SKIP."""
    rows = "\n".join(f"| {key.replace('_', ' ')} | {value} |" for key, value in asdict(recipe).items())
    losses = ", ".join(f"{loss:.3f}" for loss in history.dev[1:])
    return _CARD.format(
        name=name, base=base, pairs=pairs, skips=skips, recipe=rows, before=history.dev[0], losses=losses
    )
