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

{base}, taught one thing with a LoRA adapter: given a question and up to three quotes
from research papers, say directly, in one or two sentences, what they answer, or write
SKIP where they do not. It is made for the prompt `prompts/direct.md` of paperbacked,
which holds what is written against the quotes before it stands above them.

## Training data

{lessons} lessons, each a question with quotes and the answer or SKIP, written by reading; in
{skips} of them the quotes do not answer.

- Over abstracts of works on AI safety (Apache-2.0).
{other}- The prepared answers of paperbacked, in English, with the quotes that prove them (Apache-2.0).

## Recipe

| | |
|---|---|
{recipe}

Loss on the answer's tokens alone. On the development lessons it was {before:.3f} before
training and {losses} after each epoch; the best is kept.

## Limits

It knows nothing of its own that can be relied on, and is small: it can turn the
meaning of a quote round or answer beside the question. Use it behind a check.
"""
_OTHER = "- Over abstracts of other fields: SciFact's corpus (Wadden et al. 2020; abstracts ODC-By 1.0).\n"


def model_card(
    name: str, base: str, recipe: SftRecipe, history: LossHistory, lessons: int, skips: int, *, other_fields: bool
) -> str:
    """The card's text; `skips` of the `lessons` that were learned answer with SKIP.

    `other_fields` says whether those over SciFact's abstracts are among them.
    """
    rows = "\n".join(f"| {key.replace('_', ' ')} | {value:.3g} |" for key, value in asdict(recipe).items())
    losses = ", ".join(f"{loss:.3f}" for loss in history.dev[1:])
    return _CARD.format(
        name=name,
        base=base,
        lessons=lessons,
        skips=skips,
        other=_OTHER if other_fields else "",
        recipe=rows,
        before=history.dev[0],
        losses=losses,
    )
