"""Which lines are headings."""

from __future__ import annotations

import re

from retrieval.documents.pdf.lines import Line
from retrieval.documents.pdf.measures import Measures, is_capitals
from retrieval.documents.pdf.names import NUMBERED, Names, names, plain_name
from retrieval.documents.pdf.titles import reads_as_title

_MOST_CHARS, _MOST_WORDS = 140, 18
_LEADERS = re.compile(r"(?:\.\s?){4,}")
_ENDS_IN_NUMBER = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,6})$")
_LETTERS = 0.6
_ALL_BOLD = 0.9


def is_known_heading(line: Line, measures: Measures) -> bool:
    """Whether the line is one of the names that sections bear, and looks like a heading."""
    name = plain_name(line.text)
    if name not in names().known or line.text[0].islower():
        return False
    if is_distinct(line, measures):
        return True
    return not line.text.endswith(".") and (bool(NUMBERED.match(line.text)) or _stands_alone(line))


def is_named(line: Line, kind: str) -> bool:
    """Whether the line is a heading of that kind: the name of a field of `Names`."""
    known: frozenset[str] = getattr(names(), kind)
    name = plain_name(line.text)
    return name in known or any(name.startswith(f"{each} ") for each in known if kind == "appendix")


def is_numbered_heading(line: Line, measures: Measures) -> bool:
    """Whether the line has a heading's number before it, and looks like one."""
    if not _can_be_heading(line) or not (found := NUMBERED.match(line.text)):
        return False
    rest = line.text[found.end() :]
    if not (rest[0].isupper() or rest[0].lower() == rest[0].upper()) or rest.endswith((".", ",", ";")):
        return False
    # Capitals and slanted letters are those of constants and variables, too.
    return is_set_apart(line, measures) or (is_distinct(line, measures, slanted=True) and reads_as_title(rest))


def is_plain_heading(line: Line, below: Line | None, measures: Measures, goes_on: bool = False) -> bool:
    """Whether a line without a known name is a heading: it reads as a title, or has a number or `goes_on` a heading
    before it, is larger or bold, and stands above usual text."""
    if not (goes_on or NUMBERED.match(line.text) or reads_as_title(line.text)):
        return False
    if not _can_be_heading(line) or not is_distinct(line, measures) or measures.is_smaller(line.size):
        return False
    if line.text.endswith((".", ",", ";", ":", "-")) or line.x1 > line.right - 0.04 * (line.right - line.left):
        return False
    if below is None:
        return False
    usual = measures.is_usual(below.size) and (measures.bold or below.bold < 0.5)
    near = 0 < below.base - line.base < 4 * measures.pitch(line.size)
    return usual and near and (below.width > 0.5 * (below.right - below.left) or len(below.text) > 60)


def is_distinct(line: Line, measures: Measures, slanted: bool = False) -> bool:
    """Whether the line is set in larger, bold or capital letters; `slanted` counts as well."""
    if is_set_apart(line, measures):
        return True
    return is_capitals(line.text) or (slanted and line.main.italic)


def is_set_apart(line: Line, measures: Measures) -> bool:
    """Whether the line is set in larger or bold letters."""
    return measures.is_larger(line.size) or (line.bold >= _ALL_BOLD and not measures.bold)


def is_contents_line(line: Line) -> bool:
    """Whether the line is one of a table of contents."""
    ends = _ENDS_IN_NUMBER.search(line.text) and line.x1 > line.right - 1.5 * line.size
    return bool(_LEADERS.search(line.text) or ends)


def has_leaders(line: Line) -> bool:
    """Whether dots lead to a number at the line's end."""
    return bool(_LEADERS.search(line.text) and _ENDS_IN_NUMBER.search(line.text))


def caption_of(line: Line, measures: Measures, known: Names) -> str | None:
    """What a paragraph that begins with the line is the caption of, such as "Figure 3"."""
    found = known.caption(line.text)
    if not found:
        return None
    name, marked = found
    label = line.words[0].style
    others = [word.style for word in line.words if word.style != label]
    bold_label = label.bold and not measures.bold and (not others or not all(style.bold for style in others))
    return name if marked or bold_label or measures.is_smaller(line.size) else None


def _can_be_heading(line: Line) -> bool:
    text = line.text
    if len(text) > _MOST_CHARS or len(text.split()) > _MOST_WORDS:
        return False
    signs = [sign for sign in text if not sign.isspace()]
    return sum(sign.isalpha() for sign in signs) >= max(2, _LETTERS * len(signs))


def _stands_alone(line: Line) -> bool:
    """Whether much of its column is empty beside it."""
    return line.width < 0.6 * (line.right - line.left)
