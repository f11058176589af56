"""Make a question of a conversation stand alone, without a model: by rules."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.answering.question import Question
from retrieval.words import content_words

MAX_JOINED_CHARS = 500
SELF_CONTAINED_WORDS = 4
"""A question with this many content words and no backward reference is a topic of its own."""
OWN_ANTECEDENT_WORDS = 3
"""After this many content words a pronoun refers to something in the question itself."""

_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|this|that|these|those|he|she|ones?|same|former|latter|else|there|such)\b"
    r"|它|他们|她们|它们|这|那|其",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(and|but|so|also|then|ok|okay|yes|no|right|hm+|what about|how about|what if|why not|which of)\b"
    r"|那么|还有|另外",
    re.IGNORECASE,
)


def standalone_question(question: Question) -> str:
    """The question with as much of the earlier ones before it as it needs to be understood.

    A question that refers back, or is too short to be a topic of its own, is
    joined to what came before; any other one begins a new topic.
    """
    asked = [turn.content for turn in question.history if turn.role == "user"]
    return _joined([*asked, question.text])


def _joined(questions: Iterable[str]) -> str:
    topic = ""
    for text in questions:
        topic = f"{topic[-MAX_JOINED_CHARS:]} {text}".strip() if topic and needs_context(text) else text
    return topic


def needs_context(text: str) -> bool:
    """Whether the question cannot be understood without the ones before it."""
    if _GOES_ON.match(text) or len(content_words(text)) < SELF_CONTAINED_WORDS:
        return True
    pronoun = _PRONOUN.search(text)
    return pronoun is not None and len(content_words(text[: pronoun.start()])) < OWN_ANTECEDENT_WORDS
