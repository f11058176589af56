"""In which encoding a text file is written, told by reading it, and the file opened in it."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TextIO

from retrieval.errors import CorpusError

PIECE_BYTES = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEAD_BYTES = 4096
_NULLS = 0.3
"""UTF-16 of Latin letters is half zeros; a text of one byte a sign has none."""


def open_text(path: Path, newline: str | None = None) -> TextIO:
    """The file opened as text, whatever its encoding; signs that it does not have become U+FFFD.

    Raises `CorpusError` where it cannot be read.
    """
    try:
        return path.open(encoding=encoding_of(path), errors="replace", newline=newline)
    except OSError as error:
        raise cannot_be_read(path, error) from error


def encoding_of(path: Path) -> str:
    """UTF-8 where all of the file is; else UTF-16 where it looks like it, else Windows' western one. Reads all of it,
    in pieces. Raises `OSError`."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if told := encoding_of_head(head):
            return told
        try:
            piece = head
            while piece:
                decoder.decode(piece)
                piece = file.read(PIECE_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def encoding_of_head(head: bytes) -> str | None:
    """What a file's first bytes alone tell of its encoding: a mark, or the zeros of UTF-16; else None."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > _NULLS * len(head) / 2 and min(even, odd) * 10 <= max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def text_of_head(head: bytes) -> str:
    """A file's first bytes as text, to see what it is: what is not UTF-8 there reads as Windows' western signs."""
    if told := encoding_of_head(head):
        return head.decode(told, "ignore").lstrip("\ufeff")
    # A sign of several bytes may be cut at the end.
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return head.decode("cp1252", "replace")


def cannot_be_read(path: Path, error: OSError) -> CorpusError:
    """The error for a file that cannot be opened or read."""
    return CorpusError(f"{path} cannot be read ({error.strerror}): give the path of a file of papers.")
