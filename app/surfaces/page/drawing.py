"""What the page draws after each event of an answer, as plain values: only what has changed, and not too often."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields, replace

from app.answering.answerer import Answerer
from app.answering.events import Failed, SentenceChecked, Token
from app.answering.question import Question
from app.notices.notice import Notice
from app.surfaces.page import render
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.kept_conversation import kept_conversation
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import PaperbackedError

_FRAME_SECONDS = 0.05
"""Tokens that come faster than this are drawn together: the eye sees no difference, the wire does."""
_CHARS_A_SECOND = 100_000
"""Of HTML, while an answer grows."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageUpdate:
    """One drawing of the page; a field left at None stays as it is on the screen.

    `conversation` and `evidence_pane` are the last exchange and its evidence, `earlier` and
    `earlier_evidence_pane` those before it, which stay while the last is answered. `announced` is what a
    screen reader is told, `kept` what the browser keeps, `editing` the number of the question that
    the next one replaces, 0 for none.
    """

    exchanges: tuple[Exchange, ...] | None = None
    conversation: str | None = None
    evidence_pane: str | None = None
    notice: str | None = None
    box: str | None = None
    announced: str | None = None
    kept: str | None = None
    editing: int | None = None
    earlier: str | None = None
    earlier_evidence_pane: str | None = None


def drawn(exchanges: Sequence[Exchange], words: UiStrings) -> PageUpdate:
    """The whole conversation."""
    before = render.earlier(exchanges, words), render.earlier_evidence_pane(exchanges, words)
    return replace(latest(exchanges, words), earlier=before[0], earlier_evidence_pane=before[1])


def latest(exchanges: Sequence[Exchange], words: UiStrings) -> PageUpdate:
    """The last exchange as it now stands; what the browser keeps only once its answer is there."""
    exchanges = tuple(exchanges)
    return PageUpdate(
        exchanges,
        render.conversation(exchanges, words),
        render.evidence_pane(exchanges, words),
        announced=render.announced(exchanges, words),
        kept=None if exchanges[-1].running else kept_conversation(exchanges),
    )


def answer_frames(
    answerer: Answerer, question: Question, earlier: tuple[Exchange, ...], asked: Exchange, words: UiStrings
) -> Generator[PageUpdate]:
    """A frame for each step that the reader should see; what comes fast shares one, the last step is always drawn."""
    steps = _steps(answerer, question, asked)
    next_at, shown, pending = 0.0, PageUpdate(), None
    try:
        for exchange, important in steps:
            if not important and time.monotonic() < next_at:
                pending = exchange
                continue
            whole = latest((*earlier, exchange), words)
            pending, next_at = None, time.monotonic() + _pause(whole)
            yield _difference(whole, shown)
            shown = whole
        if pending is not None:
            yield _difference(latest((*earlier, pending), words), shown)
    finally:
        steps.close()


def _pause(frame: PageUpdate) -> float:
    """Seconds until the answer is drawn again as it grows: a long one goes over the wire less often."""
    return max(_FRAME_SECONDS, len(frame.conversation or "") / _CHARS_A_SECOND)


def _difference(frame: PageUpdate, shown: PageUpdate) -> PageUpdate:
    """The frame without what is on the screen already: the evidence beside it is the larger part and changes twice."""
    same = {
        field.name: None for field in fields(PageUpdate) if getattr(frame, field.name) == getattr(shown, field.name)
    }
    return replace(frame, **same)


def _steps(answerer: Answerer, question: Question, exchange: Exchange) -> Generator[tuple[Exchange, bool]]:
    """The exchange after each event, and whether the event was more than further text."""
    stream = answerer.stream(question)
    try:
        for event in stream:
            exchange = exchange.after(event)
            yield exchange, not isinstance(event, Token | SentenceChecked)
    except PaperbackedError as error:
        exchange = exchange.after(Failed(error.message))
        yield exchange, True
    except Exception:
        _log.exception("The page's answer failed")
        exchange = exchange.after(Failed(Notice("broken")))
        yield exchange, True
    finally:
        # Reached also when the reader stops or leaves: Gradio closes the handler, this closes the chain.
        stream.close()
    if exchange.running:
        yield exchange.after(Failed(Notice("broken"))), True
