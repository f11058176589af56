"""Paragraphs in the order in which they are told: whole again across columns, with what interrupts them after them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from retrieval.documents.pdf.lines import is_unspaced
from retrieval.documents.pdf.paragraphs import Paragraph, split_notes

_ENDS = tuple(".!?\u3002\uff01\uff1f")
_CLOSING = "\u201d\u2019\"')]\u300d\u300f"
_FULL = 2.0
"""A line is full where it ends within so many sizes of its column's right edge."""


@dataclass(eq=False)
class Told:
    """A paragraph, and the captions, figures and footnotes that are told after it."""

    paragraph: Paragraph
    after: list[Paragraph] = field(default_factory=list[Paragraph])


def in_order(paragraphs: Iterable[Paragraph]) -> list[Told]:
    """Joins paragraphs that go on in the next column or on the next page, over what stands between.

    What is written in a figure or table goes to the caption beside it.
    """
    told: list[Told] = []
    for paragraph in _with_captions(paragraphs):
        last = told[-1] if told else None
        if paragraph.kind in ("caption", "figure", "note"):
            if last is None:
                told.append(Told(paragraph))
            else:
                last.after += split_notes(paragraph) if paragraph.kind == "note" else [paragraph]
        elif last and _goes_on(last, paragraph):
            last.paragraph.lines += paragraph.lines
        else:
            told.append(Told(paragraph))
    return told


def _with_captions(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The same, where what is written in a figure comes after its caption when that stands below it."""
    held: list[Paragraph] = []
    for paragraph in paragraphs:
        if paragraph.kind == "figure":
            held.append(paragraph)
            continue
        if paragraph.kind == "caption":
            yield paragraph
        yield from held
        held = []
        if paragraph.kind != "caption":
            yield paragraph
    yield from held


def _goes_on(told: Told, paragraph: Paragraph) -> bool:
    """Whether a text is the rest of the one told last."""
    before = told.paragraph
    if before.kind != "text" or paragraph.kind != "text":
        return False
    last, first = before.lines[-1], paragraph.lines[0]
    if abs(last.size - first.size) > 0.06 * last.size:
        return False
    elsewhere = (last.page, last.left) != (first.page, first.left)
    if not elsewhere and not told.after:
        return False
    end, start = last.text.rstrip(_CLOSING), first.text[0]
    if last.text.endswith("-") or is_unspaced(last.text, start):
        return not end.endswith(_ENDS)
    if not end or end.endswith(_ENDS):
        return False
    full = last.x1 > last.right - _FULL * last.size and first.indent < 0.8
    return start.islower() or (full and elsewhere)
