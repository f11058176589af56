"""What the page draws after each event of an answer, as plain values: only what has changed, and not too often."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields, replace

from app.answering.answerer import Answerer
from app.answering.events import Failed, Token
from app.answering.question import Question
from app.surfaces.page import render
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.kept_conversation import kept_conversation
from app.surfaces.words import Words
from retrieval.errors import PaperbackedError

BROKEN = "Something went wrong while answering: the server's log says what, and Retry asks again."

_FRAME_SECONDS = 0.05
"""Tokens that come faster than this are drawn together: the eye sees no difference, the wire does."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """One drawing of the page; a field left at None stays as it is on the screen.

    `announced` is what a screen reader is told, `kept` what the browser keeps, `editing` the
    number of the question that the next one replaces, 0 for none.
    """

    exchanges: tuple[Exchange, ...] | None = None
    conversation: str | None = None
    margin: str | None = None
    notice: str | None = None
    box: str | None = None
    announced: str | None = None
    kept: str | None = None
    editing: int | None = None


def drawn(exchanges: Sequence[Exchange], words: Words) -> Frame:
    """The whole conversation; what the browser keeps only once the last answer is there."""
    exchanges = tuple(exchanges)
    settled = not (exchanges and exchanges[-1].running)
    return Frame(
        exchanges,
        render.conversation(exchanges, words),
        render.margin(exchanges, words),
        announced=render.announced(exchanges, words),
        kept=kept_conversation(exchanges) if settled else None,
    )


def answer_frames(
    answerer: Answerer, question: Question, earlier: tuple[Exchange, ...], asked: Exchange, words: Words
) -> Generator[Frame]:
    """A frame for each step that the reader should see; fast tokens share one, the last step is always drawn."""
    steps = _steps(answerer, question, asked)
    drawn_at, shown, pending = 0.0, Frame(), None
    try:
        for exchange, important in steps:
            if not important and time.monotonic() - drawn_at < _FRAME_SECONDS:
                pending = exchange
                continue
            pending, drawn_at = None, time.monotonic()
            whole = drawn((*earlier, exchange), words)
            yield _difference(whole, shown)
            shown = whole
        if pending is not None:
            yield _difference(drawn((*earlier, pending), words), shown)
    finally:
        steps.close()


def _difference(frame: Frame, shown: Frame) -> Frame:
    """The frame without what is on the screen already: the margin is the larger part and changes twice."""
    same = {field.name: None for field in fields(Frame) if getattr(frame, field.name) == getattr(shown, field.name)}
    return replace(frame, **same)


def _steps(answerer: Answerer, question: Question, exchange: Exchange) -> Generator[tuple[Exchange, bool]]:
    """The exchange after each event, and whether the event was more than a further token."""
    stream = answerer.stream(question)
    try:
        for event in stream:
            exchange = exchange.after(event)
            yield exchange, not isinstance(event, Token)
    except PaperbackedError as error:
        exchange = exchange.after(Failed(str(error)))
        yield exchange, True
    except Exception:
        _log.exception("The page's answer failed")
        exchange = exchange.after(Failed(BROKEN))
        yield exchange, True
    finally:
        # Reached also when the reader stops or leaves: Gradio closes the handler, this closes the chain.
        stream.close()
    if exchange.running:
        yield exchange.after(Failed(BROKEN)), True
