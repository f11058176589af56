"""A paper with a full text whose words have their places on pages: ten points a letter, a word after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.full_text import Box, FullText, PageSize, Section, layout_of, text_at_hand
from retrieval.types import Paper

WIDTH, HEIGHT = 600.0, 800.0
_LETTER, _LINE = 10.0, 20.0


def paged(pages: Sequence[str], titles: Sequence[str] = (), file: str | None = "a" * 64) -> FullText:
    """A text of these pages, each a section of its own; every line of a page is a line on it."""
    text, sections, pieces = "", list[Section](), list[tuple[int, int, Box]]()
    for number, page in enumerate(pages, start=1):
        begins = len(text)
        for row, line in enumerate(page.split("\n")):
            start, top = len(text), row * _LINE
            for word in re.finditer(r"\S+", line):
                left, right = word.start() * _LETTER, word.end() * _LETTER
                pieces.append((start + word.start(), start + word.end(), Box(number, left, top, right, top + _LINE)))
            text += f"{line}\n"
        text += "\n"
        sections.append(Section(titles[number - 1] if titles else "", begins, len(text)))
    return FullText(text, tuple(sections), (PageSize(WIDTH, HEIGHT),) * len(pages), layout_of(pieces), file)


def paper_with(text: FullText, abstract: str = "", paper_id: str = "p", **more: object) -> Paper:
    """A paper that has this full text."""
    return Paper(paper_id, f"The paper {paper_id}", abstract, "en", text=text_at_hand(text), **more)  # type: ignore[arg-type]
