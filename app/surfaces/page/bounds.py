"""How much of a conversation is drawn: numbers in bytes of HTML, and the choice of what fits.

What a page sends is small and what is drawn of it is large: a citation is four numbers in a
request and a card with a whole abstract on the page, a marker three characters and a link of
two hundred. So it is the drawing that is measured, whatever it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

MAX_TURNS = 50
"""Questions of a conversation; of a longer one the last."""
MAX_TURN_BYTES = 250_000
"""One question with its answer: 20,000 characters of which each has to be escaped still fit."""
MAX_EARLIER_BYTES = 400_000
"""All questions and answers before the last; the longest fifty over the shipped collection take 296,000."""
MAX_EVIDENCE_BYTES = 250_000
"""The papers beside one answer; ten of the shipped collection take up to 50,000."""
MAX_EARLIER_EVIDENCE_BYTES = 700_000
"""The papers beside all answers before the last."""
MAX_KEPT_BYTES = 450_000
"""What the browser is given to keep; it must fit into a request when it comes back."""
MAX_ANNOUNCED_CHARS = 10_000
"""What is read out of one answer."""
MAX_LINKS = 200
"""Markers and titles of one answer that lead to their quote or paper; what follows stays text."""

_WHOLE_SHARE = 0.75
"""How much of the room is for what is drawn whole; the rest is for what is drawn in short."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something to be drawn, whole or in short; without `short` it is whole or not there."""

    whole: Callable[[], str]
    short: Callable[[], str] | None = None


def byte_size(html: str) -> int:
    """Its length on the wire."""
    return len(html.encode(errors="replace"))


def fitting(drawings: Iterable[Drawing], room: int) -> Iterator[str]:
    """The drawings that fit into `room` bytes, the first of them whole, those after them in short.

    Once one does not fit whole, none of the others is tried whole, and at the first that does
    not fit at all it ends: what nobody will see is not drawn.
    """
    used, whole, html = 0, True, ""
    for drawing in drawings:
        if whole:
            html = drawing.whole()
            whole = used + byte_size(html) <= (_WHOLE_SHARE if drawing.short else 1) * room
        if not whole:
            if drawing.short is None:
                return
            html = drawing.short()
            if used + byte_size(html) > room:
                return
        used += byte_size(html)
        yield html
