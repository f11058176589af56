"""What a small model is asked of one quote: a sentence that answers from it, or that it does not answer."""

from __future__ import annotations

from app.answering.models.control_tokens import escape_control_tokens
from app.answering.models.language_model import SENTENCE_PROMPT, SKIP
from prompts import load_prompt


def sentence_messages(question: str, paper: str, passage: str) -> list[tuple[str, str]]:
    """The prompt's messages: the question that stands alone, the paper's name and the passage, all escaped."""
    return load_prompt(SENTENCE_PROMPT).render(
        question=escape_control_tokens(question),
        paper=escape_control_tokens(paper),
        passage=escape_control_tokens(passage),
        skip=SKIP,
    )
