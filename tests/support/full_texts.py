"""Papers with full texts, written down in a test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from retrieval.full_text import Box, FullText, PageSize, Section, SectionKind, layout_of, text_at_hand
from retrieval.types import Paper

A4 = PageSize(595.0, 842.0)
LINE, LETTER = 12.0, 5.0


def full_text(*sections: tuple[str, str, str], pages: bool = False) -> FullText:
    """A text of sections, each of a title, its words and its kind, with the titles between them; with `pages` each
    section is on a page of its own, word after word in one line."""
    text, own, pieces = "", list[Section](), list[tuple[int, int, Box]]()
    for number, (title, words, kind) in enumerate(sections, 1):
        text += f"{title}\n\n" if title else ""
        start = len(text)
        text += words
        own.append(Section(title, start, len(text), cast("SectionKind", kind)))
        pieces += _words(text, start, number)
        text += "\n\n"
    layout = layout_of(pieces if pages else ())
    return FullText(text.rstrip(), tuple(own), (A4,) * len(sections) if pages else (), layout)


def _words(text: str, start: int, page: int) -> Iterable[tuple[int, int, Box]]:
    at = start
    for word in text[start:].split():
        at = text.index(word, at)
        x0 = LETTER * (at - start)
        yield at, at + len(word), Box(page, x0, 100.0, x0 + LETTER * len(word), 100.0 + LINE)
        at += len(word)


def paper_with(name: str, abstract: str, text: FullText | None = None, title: str | None = None) -> Paper:
    """A paper of that id."""
    return Paper(name, title or f"On {name}", abstract, "en", text=text_at_hand(text) if text else None)
