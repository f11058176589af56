"""How exactly a made paper was read: which of its sentences, and which of their boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.full_text import FullText
from tests.support.made_papers import MadePaper, sentences_of
from tests.support.read_back import drawn_pages, holds, letters, pieces_of
from tests.support.typesetting import Placed, Set

_NEAR = 5_000
"""Captions, footnotes and a few sentences that were missed may stand between two sentences."""


@dataclass(frozen=True)
class Told:
    """A sentence of a paragraph, and where in the read text it was found after the one before it."""

    sentence: str
    paragraph: Set
    start: int | None

    @property
    def end(self) -> int:
        assert self.start is not None
        return self.start + len(self.sentence)


def told_sentences(made: MadePaper, text: FullText) -> list[Told]:
    """All sentences of the paper, each looked for letter for letter behind the one before."""
    found: list[Told] = []
    place = 0
    for paragraph in made.prose:
        for sentence in sentences_of([paragraph]):
            # No farther on: a long paper says some sentences twice.
            start = text.text.find(sentence, place, place + _NEAR)
            place = start + len(sentence) if start >= 0 else place
            found.append(Told(sentence, paragraph, start if start >= 0 else None))
    return found


def exact_boxes(made: MadePaper, text: FullText) -> Iterator[tuple[Told, bool]]:
    """For each sentence that was found whether its boxes hold its words and no others.

    Told twice: by the characters that the page itself has in them, and by where the words were drawn.
    """
    others: list[Set] = [*made.prose, *made.notes, *made.references, *(told for _, told in made.captions)]
    drawn: dict[int, list[Placed]] = {}
    for piece in (piece for told in others for piece in told.pieces):
        drawn.setdefault(piece.page, []).append(piece)
    with drawn_pages(made.pdf) as pages:
        for told in told_sentences(made, text):
            if told.start is None:
                continue
            boxes = text.boxes(told.start, told.end)
            own = {id(piece) for piece in pieces_of(told.paragraph, told.sentence)}
            near = [piece for page in {box.page for box in boxes} for piece in drawn.get(page, ())]
            lit = {id(piece) for piece in near if holds(boxes, piece)}
            yield told, letters(pages.inside(boxes)) == letters(told.sentence) and lit == own
