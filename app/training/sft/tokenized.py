"""Lessons as a language model sees them: tokens of the prompt, and tokens that are to follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.answering.models.chat_template import render_chat
from app.answering.models.language_model import SKIP
from app.answering.writing.sentence_prompt import sentence_messages
from app.training.sft.examples import SftExample

MAX_TOKENS = 512
"""Longer examples are left out: a passage of four sentences has under 300."""


@dataclass(frozen=True, slots=True)
class TokenizedExample:
    """Token ids. `skips` says that the passage does not answer."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    skips: bool

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.prompt) + len(self.answer)


def tokenized_examples(
    lessons: Iterable[SftExample], names: Mapping[str, str], tokenizer: Any, model: str
) -> list[TokenizedExample]:
    """One example for each group, with the prompt exactly as the chain builds it; `names` are the papers', by id.

    The answer ends with the token that ends a turn. Raises `ModelError` as `render_chat` does.
    """
    examples = []
    for lesson in lessons:
        for group in lesson.groups:
            messages = sentence_messages(lesson.standalone, names[group.paper_id], group.evidence)
            prompt = tokenizer(render_chat(tokenizer, messages, model), add_special_tokens=False)["input_ids"]
            answer = tokenizer(group.answer or SKIP, add_special_tokens=False)["input_ids"]
            example = TokenizedExample(tuple(prompt), (*answer, tokenizer.eos_token_id), group.answer is None)
            if example.length <= MAX_TOKENS:
                examples.append(example)
    return examples
