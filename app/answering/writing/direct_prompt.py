"""What a small model is asked of the quotes of an answer: to say them directly, or that they do not answer."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.models.control_tokens import escape_control_tokens
from app.answering.models.language_model import DIRECT_PROMPT, SKIP
from prompts import load_prompt


def direct_messages(question: str, quotes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The prompt's messages: the question that stands alone, and for each quote its paper's name and its text."""
    lines = [f'From "{escape_control_tokens(paper)}": {escape_control_tokens(text)}' for paper, text in quotes]
    return load_prompt(DIRECT_PROMPT).render(
        question=escape_control_tokens(question), quotes="\n".join(lines), skip=SKIP
    )
