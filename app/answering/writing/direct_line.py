"""The line above the quotes, where a small language model writes it: several candidates, of which the best is shown."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any, cast

from langchain_core.messages import AIMessageChunk

from app.answering.checking.direct_check import DirectCheck
from app.answering.citations.stream import without_markers
from app.answering.events import Citation, Direct, Event, Status
from app.answering.evidence.verdicts import wants_verdict, without_verdict
from app.answering.models.language_model import SKIP, LanguageModel
from app.answering.models.local_chat import OTHERS, READERS_BEFORE
from app.answering.writing.direct_prompt import direct_messages
from app.answering.writing.stream import TICK_SECONDS, Silence
from app.notices.notice import Notice
from retrieval.sanitize import sanitize

MOST_QUOTES = 3
MAX_TOKENS = 72
"""Forty-five words have fewer."""
CANDIDATES = 4
"""The greedy line, and others drawn beside it: on a processor four in the same steps take twice as long as one."""
MAX_CHARS = 2_000


def direct_line(
    model: LanguageModel, question: str, quotes: Sequence[Citation], check: DirectCheck
) -> Generator[Event, None, Direct | None]:
    """Have the model say what the first quotes answer; None where nothing that it writes may be shown.

    Yields a `Status` now and then, so that it can be closed, which stops the model. Raises whatever the model raises.
    """
    given = [quote for quote in quotes if not quote.gloss][:MOST_QUOTES]
    if not given:
        return None
    lines = yield from _candidates(model, question, given)
    best = check.best(question, [one for line in lines for one in said_lines(question, line)], given)
    return Direct(best.text, "model", best.citations) if best else None


def _candidates(model: LanguageModel, question: str, quotes: Sequence[Citation]) -> Generator[Event, None, list[str]]:
    assert model.chat is not None
    writing = Status(Notice("writing", name=model.name or ""))
    yield writing
    messages = direct_messages(question, [(quote.paper.name, quote.quote) for quote in quotes])
    options: dict[str, Any] = {"max_tokens": MAX_TOKENS, OTHERS: CANDIDATES - 1}
    # It is declared an iterator; only a generator can be closed.
    stream = cast("Generator[AIMessageChunk, None, None]", model.chat.stream(messages, **options))
    text, told = "", time.monotonic()
    others: list[str] = []
    with closing(stream) as chunks:
        for chunk in chunks:
            text += chunk.text[: MAX_CHARS - len(text)]
            others = [str(one) for one in chunk.response_metadata.get(OTHERS, others)]
            if time.monotonic() - told >= TICK_SECONDS:
                told = time.monotonic()
                waits = Silence(int(chunk.response_metadata.get(READERS_BEFORE, 0)))
                yield Status(waits.status) if waits.status else writing
    return [text, *others]


def said_lines(question: str, text: str) -> Iterator[str]:
    """The candidate as it may be shown, and without its yes or no."""
    line = without_markers(sanitize(text[:MAX_CHARS])).strip()
    if not line or SKIP in line:
        return
    plain = without_verdict(line)
    if wants_verdict(question):
        yield line
    yield plain
