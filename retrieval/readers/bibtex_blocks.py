"""A BibTeX file cut into its blocks, `@kind{…}`, without holding more than one: each can be parsed by itself.

What stands between blocks is a comment. A block that is not closed ends where the next one begins on a line of its own,
so that one broken entry takes no other with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

PIECE_CHARS = 1 << 18
MAX_BLOCK_CHARS = 5_000_000
_OPENING = re.compile(r"@[ \t]*(\w{1,40})[ \t]*(?:\r?\n[ \t]*)?([{(])")
_MARK = re.compile(r"(?<!\\)[{})]|\n[ \t]*@[ \t]*\w{1,40}[ \t]*[{(]")
_MOST_OPENING_CHARS = 200
"""So much of what was read is kept, as a block may begin in it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its kind in small letters, its whole text, the line where it begins, and why it cannot be used."""

    kind: str
    text: str
    line: int
    problem: str = ""


def blocks_in(file: TextIO) -> Iterator[Block]:
    """The blocks of a file in its order, comments too."""
    text, place, line, ended = "", 0, 1, False
    while True:
        opening = _OPENING.search(text, place)
        if opening is None:
            if ended:
                return
            kept = max(place, len(text) - _MOST_OPENING_CHARS)
            line += text.count("\n", place, kept)
            piece = file.read(PIECE_CHARS)
            text, place, ended = text[kept:] + piece, 0, not piece
            continue
        start, inside = opening.start(), opening.end()
        line += text.count("\n", place, start)
        end, whole = _end_of_block(text, inside)
        while end is None and not ended and len(text) - start <= MAX_BLOCK_CHARS:
            piece = file.read(max(PIECE_CHARS, len(text) - start))
            text, inside, start, ended = text[start:] + piece, inside - start, 0, not piece
            end, whole = _end_of_block(text, inside)
        place = len(text) if end is None else end
        yield _block(opening[1].casefold(), text[start:place], line, whole)
        line += text.count("\n", start, place)


def _block(kind: str, text: str, line: int, whole: bool) -> Block:
    if len(text) > MAX_BLOCK_CHARS:
        return Block(kind, text[:_MOST_OPENING_CHARS], line, f"longer than {MAX_BLOCK_CHARS:,} characters")
    return Block(kind, text, line, "" if whole else "its closing bracket is missing")


def _end_of_block(text: str, start: int) -> tuple[int | None, bool]:
    """Where a block ends whose bracket opens just before `start`, and whether it is closed; None where the text is
    not enough to know."""
    closing = "}" if text[start - 1] == "{" else ")"
    depth = 0
    for mark in _MARK.finditer(text, start):
        sign = mark[0]
        if sign == "{":
            depth += 1
        elif depth == 0 and sign == closing:
            return mark.end(), True
        elif sign == "}":
            depth = max(0, depth - 1)
        elif sign[0] == "\n":
            # The line's end stays with the block before it.
            return mark.start() + 1, False
    return None, False
