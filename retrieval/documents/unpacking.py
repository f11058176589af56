"""What the child process says that it read, checked like anything from outside: it reads hostile files."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Sequence
from datetime import date
from typing import cast, get_args

from retrieval.documents.document import ReadDocument
from retrieval.documents.messages import BrokenMessageError, Message
from retrieval.full_text import MOST_CHARS, FullText, Layout, PageSize, Section, SectionKind
from retrieval.identity import arxiv_id_in, doi_in
from retrieval.readers.jsonl import MAX_TEXT_CHARS
from retrieval.sanitize import sanitize

MOST_SECTIONS = 50_000
MOST_PAGES = 65_535
_MOST_SHORT_CHARS = 2_000
_MOST_AUTHORS = 1_000
_FARTHEST = 1_000_000.0
_KINDS = get_args(SectionKind)


def unpacked(message: Message, file: str) -> ReadDocument:
    """The document of a message; `file` is the SHA-256 of the PDF. Raises `BrokenMessageError` for what is none."""
    try:
        return _document(message, file)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BrokenMessageError(f"a document that is none: {error}") from error


def _document(message: Message, file: str) -> ReadDocument:
    head = message.head
    length = _whole(head["bytes"], len(message.body))
    text = message.body[:length].decode("utf-8")
    _demand(len(text) <= MOST_CHARS + 1_000_000 and sanitize(text, kept="\n") == text, "its text")
    sizes = tuple(PageSize(*_pair(size)) for size in _list(head["sizes"], MOST_PAGES))
    layout = _layout(message.body[length:], _whole(head["pieces"], len(text)), len(text), sizes)
    sections = tuple(_section(each) for each in _list(head["sections"], MOST_SECTIONS))
    _demand(_in_order(sections, len(text)), "its sections")
    _demand(
        all(each.end - each.start <= MAX_TEXT_CHARS for each in sections if each.kind == "abstract"), "its abstract"
    )
    abstract = next((text[each.start : each.end] for each in sections if each.kind == "abstract"), "")
    told = head["published"]
    _demand(told is None or isinstance(told, str), "its date")
    return ReadDocument(
        text=FullText(text, sections, sizes, layout, file),
        abstract=abstract,
        title=_short(head["title"]),
        authors=tuple(filter(None, (_short(name) for name in _list(head["authors"], _MOST_AUTHORS)))),
        published=date.fromisoformat(told) if isinstance(told, str) else None,
        doi=doi_in(_short(head["doi"])),
        arxiv_id=arxiv_id_in(_short(head["arxiv_id"])),
        notes=_notes(_whole(head["read"], MOST_PAGES), _whole(head["all"], 1 << 31), head["cut"] is True),
    )


def _notes(read: int, of: int, cut: bool) -> tuple[str, ...]:
    notes: list[str] = []
    if read < of:
        notes.append(f"Only the first {read:,} of {of:,} pages were read.")
    if cut:
        notes.append(f"Only the first {MOST_CHARS:,} characters were read.")
    return tuple(notes)


def _layout(numbers: bytes, count: int, length: int, sizes: Sequence[PageSize]) -> Layout:
    starts, ends, pages, sides = array("i"), array("i"), array("H"), array("f")
    for each, wanted in ((starts, count), (ends, count), (pages, count), (sides, 4 * count)):
        width = each.itemsize * wanted
        _demand(len(numbers) >= width, "its places")
        each.frombytes(numbers[:width])
        if sys.byteorder == "big":
            each.byteswap()
        numbers = numbers[width:]
    _demand(not numbers, "what is after its places")
    before = 0
    for start, end, page in zip(starts, ends, pages, strict=True):
        _demand(before <= start < end <= length and 1 <= page <= len(sizes), "a place")
        before = end
    _demand(all(math.isfinite(side) and 0 <= side <= _FARTHEST for side in sides), "a box")
    return Layout(starts, ends, pages, sides)


def _section(told: object) -> Section:
    title, start, end, kind = cast("Sequence[object]", told)
    _demand(isinstance(title, str) and kind in _KINDS and isinstance(start, int) and isinstance(end, int), "a section")
    clean = sanitize(cast("str", title))[:_MOST_SHORT_CHARS].strip()
    return Section(clean, cast("int", start), cast("int", end), cast("SectionKind", kind))


def _in_order(sections: Sequence[Section], length: int) -> bool:
    ends = [0, *(each.end for each in sections)]
    return all(before <= each.start < each.end <= length for before, each in zip(ends, sections, strict=False))


def _short(told: object) -> str | None:
    _demand(told is None or isinstance(told, str), "a name")
    return sanitize(cast("str", told))[:_MOST_SHORT_CHARS].strip() or None if told else None


def _list(told: object, most: int) -> list[object]:
    _demand(isinstance(told, list), "a list")
    listed = cast("list[object]", told)
    _demand(len(listed) <= most, "a list that is too long")
    return listed


def _whole(told: object, most: int) -> int:
    _demand(isinstance(told, int) and 0 <= told <= most, "a number")
    return cast("int", told)


def _pair(told: object) -> tuple[float, float]:
    width, height = _list(told, 2)
    for side in (width, height):
        _demand(isinstance(side, int | float) and 0 <= side <= _FARTHEST, "a page's size")
    return float(cast("float", width)), float(cast("float", height))


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
