"""What a small model is asked of one quote: a sentence that answers from it, or that it does not answer."""

from __future__ import annotations

from app.answering.models.control_tokens import disarmed
from app.answering.models.language_model import SENTENCE_PROMPT, SKIP
from prompts import load_prompt


def sentence_messages(question: str, paper: str, passage: str) -> list[tuple[str, str]]:
    """The prompt's messages: the question that stands alone, the paper's name and the passage, all disarmed."""
    return load_prompt(SENTENCE_PROMPT).render(
        question=disarmed(question), paper=disarmed(paper), passage=disarmed(passage), skip=SKIP
    )
