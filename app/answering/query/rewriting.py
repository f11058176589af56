"""Have a language model make a question stand alone, and keep what it wrote only where it can be trusted."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from contextlib import closing

from app.answering.events import Event, Status
from app.answering.models.control_tokens import escape_control_tokens
from app.answering.models.language_model import LanguageModel
from app.answering.question import Question, clean
from app.answering.writing.stream import TICK_SECONDS, Silence, written
from app.notices.notice import Notice
from prompts import load_prompt
from retrieval.lexical.tokens import content_words

PROMPT = "standalone"
LIMIT_SECONDS = 3.0
MAX_WORDS = 60
MAX_CHARS = 1_000
MAX_TURNS = 6
MAX_TURN_CHARS = 300
_LOG = logging.getLogger(__name__)
_ROLES = {"user": "Reader", "assistant": "Answer"}


def rewritten_question(
    question: Question, by_rules: str, model: LanguageModel, limit_seconds: float = LIMIT_SECONDS
) -> Generator[Event, None, str]:
    """The model's version of the question, or `by_rules` where that is empty, too long, too late or off the topic.

    Yields events while the model writes, so that the reader can leave: closing it stops the model.
    A model that fails is no reason to fail: the rules' version is always there.
    """
    try:
        said = yield from _said(question, model, limit_seconds)
    # Whatever a model or its server does, the question is asked; what went wrong is for the log.
    except Exception:
        _LOG.warning("The model could not say the question anew; the rules' version is used.", exc_info=True)
        return by_rules
    return said if shares_topic(said, by_rules, question.text) else by_rules


def shares_topic(said: str, by_rules: str, asked: str) -> bool:
    """Whether the text names something of what the rules carried over, and mostly speaks of nothing else.

    `asked` is the question without what was carried over.
    """
    words, known, own = set(content_words(said)), set(content_words(by_rules)), set(content_words(asked))
    return bool(words & (known - own)) and 2 * len(words & (known | own)) >= len(words)


def _said(question: Question, model: LanguageModel, limit_seconds: float) -> Generator[Event, None, str]:
    """The first line that the model writes; empty where it writes more than `MAX_WORDS` or takes longer."""
    began = told = time.monotonic()
    reading = Status(Notice("conversation"))
    yield reading
    turns = (f"{_ROLES[turn.role]}: {turn.content[:MAX_TURN_CHARS]}" for turn in question.history[-MAX_TURNS:])
    messages = load_prompt(PROMPT).render(
        conversation=escape_control_tokens("\n".join(turns)), question=escape_control_tokens(question.text)
    )
    text = ""
    with closing(written(model, messages)) as pieces:
        for piece in pieces:
            text += piece if isinstance(piece, str) else ""
            now = time.monotonic()
            if now - began > limit_seconds or len(text) > MAX_CHARS or len(text.split()) > MAX_WORDS:
                return ""
            if now - told >= TICK_SECONDS:
                told = now
                yield Status(piece.status) if isinstance(piece, Silence) and piece.status else reading
    first = next((line for line in text.splitlines() if line.strip()), "")
    return clean(first).strip("\"“”' ")
