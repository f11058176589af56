"""Opens a model that transformers reads, on the GPU where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.answering.models.loading import load_tokenizer, load_weights
from app.answering.models.local_chat import LocalChat
from app.answering.models.transformers_generator import TransformersGenerator
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.precision import bfloat16_pays

if TYPE_CHECKING:
    import torch

PROMPT_LOOKUP_TOKENS = 10
"""Tokens guessed at a time from the prompt: an answer that quotes repeats it."""


def open_transformers_chat(
    folder: Path,
    name: str,
    *,
    max_tokens: int = 220,
    timeout_s: float = 60.0,
    prompt_lookup_tokens: int = PROMPT_LOOKUP_TOKENS,
) -> LocalChat:
    """Load the model and tokenizer saved in `folder`, on the GPU where there is one. No network.

    `prompt_lookup_tokens` is how many tokens are guessed at a time from the prompt (prompt
    lookup decoding, Saxena 2023), 0 for plain greedy decoding. In bfloat16 the two may part
    where two tokens are equally likely.
    Raises `ModelError` where the folder cannot be loaded.
    """
    device, dtype = _device_and_type()
    tokenizer, model = load_tokenizer(folder, name), load_weights(folder, name, dtype)
    model.to(device)
    generator = TransformersGenerator(model, name, prompt_lookup_tokens)
    return LocalChat(
        generator=generator, tokenizer=tokenizer, model_name=name, max_tokens=max_tokens, timeout_s=timeout_s
    )


def _device_and_type() -> tuple[str, torch.dtype]:
    with heavy_imports():
        import torch

    if torch.cuda.is_available():
        return "cuda", torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if torch.backends.mps.is_available():
        return "mps", torch.float16
    return "cpu", torch.bfloat16 if bfloat16_pays() else torch.float32
