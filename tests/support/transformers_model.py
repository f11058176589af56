"""What a chat model over transformers has inside, for tests that slow it down or stand in for it."""

from __future__ import annotations

from typing import Any

from app.answering.models.local_chat import LocalChat
from app.answering.models.transformers_generator import TransformersGenerator


def generator_of(chat: LocalChat) -> TransformersGenerator:
    """What writes, one answer at a time."""
    generator = chat._generator
    assert isinstance(generator, TransformersGenerator)
    return generator


def model_of(chat: LocalChat) -> Any:
    """The transformers model itself."""
    return generator_of(chat)._model
