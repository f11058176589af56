"""Marks of footnotes within a text, which are no part of what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.documents.pdf.lines import Line
from retrieval.documents.pdf.paragraphs import Paragraph, is_raised

_MARK = re.compile(r"\d{1,2}|[*†‡§¶∗]{1,2}")


def with_marks(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs of one page, with those raised marks told that a footnote of the page begins with.

    So "10²" stays as it is, unless it stands on a page with a second footnote and after a letter or a mark.
    """
    notes = [line for paragraph in paragraphs if paragraph.kind == "note" for line in paragraph.lines]
    known = {found[0] for line in notes if (found := _MARK.match(line.text))}
    if known:
        for paragraph in paragraphs:
            if paragraph.kind in ("text", "heading", "caption"):
                for line in paragraph.lines:
                    line.marks = _marks_of(line, known)
    return list(paragraphs)


def _marks_of(line: Line, known: set[str]) -> frozenset[int]:
    found: set[int] = set()
    for number, word in enumerate(line.words):
        before = line.words[number - 1].text[-1] if number else ""
        after_letters = before.isalpha() or before in "\u0021\u002c\u002e\u003b\u003f\u0022\u0029\u201d\u2019"
        if before and after_letters and word.text in known and _MARK.fullmatch(word.text) and is_raised(line, number):
            found.add(number)
    return frozenset(found)
