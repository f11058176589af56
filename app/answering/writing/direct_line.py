"""The line above the quotes, where a small language model writes it: shown only where it holds."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any, cast

from langchain_core.messages import AIMessageChunk

from app.answering.answer import Direct
from app.answering.checking.direct_check import DirectCheck, JudgedLine
from app.answering.citation import Citation
from app.answering.citations.stream import without_markers
from app.answering.events import Event, Status
from app.answering.evidence.verdicts import wants_verdict, without_verdict
from app.answering.models.language_model import SKIP, LanguageModel
from app.answering.models.local_chat import DRAWN, READERS_BEFORE
from app.answering.writing.direct_prompt import direct_messages
from app.answering.writing.stream import TICK_SECONDS, Silence
from app.notices.notice import Notice
from retrieval.sanitize import sanitize

MOST_QUOTES = 3
MAX_TOKENS = 72
"""Forty-five words have fewer."""
CANDIDATES = 3
"""Drawn where the greedy line may not be shown: on a processor three at once take less than twice as long as one."""
MAX_CHARS = 2_000
LIMIT_SECONDS = 20.0
"""So long may a reader's line take, with those of all who asked before; the quotes are there meanwhile."""


def direct_line(
    model: LanguageModel, question: str, quotes: Sequence[Citation], check: DirectCheck
) -> Generator[Event, None, Direct | None]:
    """Have the model say what the first quotes answer; None where nothing that it writes may be shown.

    Yields a `Status` now and then, so that it can be closed, which stops the model. Raises whatever the model raises.
    """
    given = [quote for quote in quotes if not quote.gloss][:MOST_QUOTES]
    if not given:
        return None
    writing, until = Status(Notice("writing", name=model.name or "")), time.monotonic() + LIMIT_SECONDS
    messages = direct_messages(question, [(quote.paper.name, quote.quote) for quote in given])
    for options in ({}, {DRAWN: CANDIDATES}):
        texts = yield from _written(model, messages, options, writing, until)
        best: JudgedLine | None = None
        for line in dict.fromkeys(line for text in texts for line in said_lines(question, text)):
            judged = check.judged(question, line, given)
            best = max(filter(None, (best, judged)), key=lambda one: one.chance, default=None)
            yield writing
        if best:
            return Direct(best.text, "model", best.citations, score=best.chance)
    return None


def _written(
    model: LanguageModel, messages: list[tuple[str, str]], options: dict[str, Any], writing: Status, until: float
) -> Generator[Event, None, list[str]]:
    """What the model writes, whole; nothing where it was cut short or the time was up first."""
    assert model.chat is not None
    yield writing
    # It is declared an iterator; only a generator can be closed.
    written = model.chat.stream(messages, max_tokens=MAX_TOKENS, **options)
    stream = cast("Generator[AIMessageChunk, None, None]", written)
    text, told, reason = "", time.monotonic(), None
    drawn: list[str] = []
    with closing(stream) as chunks:
        for chunk in chunks:
            text += chunk.text[: MAX_CHARS - len(text)]
            reason = chunk.response_metadata.get("finish_reason", reason)
            drawn = [str(one) for one in chunk.response_metadata.get(DRAWN, drawn)]
            if time.monotonic() >= until:
                return []
            if time.monotonic() - told >= TICK_SECONDS:
                told = time.monotonic()
                waits = Silence(int(chunk.response_metadata.get(READERS_BEFORE, 0)))
                yield Status(waits.status) if waits.status else writing
    if options:
        return drawn
    return [] if reason in ("length", "time") else [text]


def said_lines(question: str, text: str) -> Iterator[str]:
    """The candidate as it may be shown, and without its yes or no."""
    line = without_markers(sanitize(text[:MAX_CHARS])).strip()
    if not line or SKIP in line:
        return
    plain = without_verdict(line)
    if wants_verdict(question):
        yield line
    yield plain
