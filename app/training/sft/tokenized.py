"""Lessons as a language model sees them: tokens of the prompt, and tokens that are to follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.answering.models.chat_template import render_chat
from app.answering.models.language_model import SKIP
from app.answering.writing.direct_prompt import direct_messages
from app.training.sft.examples import SftExample

MAX_TOKENS = 512
"""Longer examples are left out: three quotes have under 400."""


@dataclass(frozen=True, slots=True)
class TokenizedExample:
    """Token ids. `skips` says that the quotes do not answer."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    skips: bool

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.prompt) + len(self.answer)


def tokenized_examples(lessons: Iterable[SftExample], tokenizer: Any, model: str) -> list[TokenizedExample]:
    """One example for each lesson, with the prompt exactly as the chain builds it.

    The answer ends with the token that ends a turn. Raises `ModelError` as `render_chat` does.
    """
    examples: list[TokenizedExample] = []
    for lesson in lessons:
        messages = direct_messages(lesson.question, lesson.quotes)
        prompt = tokenizer(render_chat(tokenizer, messages, model), add_special_tokens=False)["input_ids"]
        answer = tokenizer(lesson.answer or SKIP, add_special_tokens=False)["input_ids"]
        example = TokenizedExample(tuple(prompt), (*answer, tokenizer.eos_token_id), lesson.answer is None)
        if example.length <= MAX_TOKENS:
            examples.append(example)
    return examples
