"""A read PDF as a message to the program."""

from __future__ import annotations

import sys
from array import array

from retrieval.documents.messages import Json, Message
from retrieval.documents.pdf.reading import PdfText


def packed(read: PdfText) -> Message:
    """The message of what was read: numbers are little-endian."""
    text, about = read.text, read.about
    said = text.text.encode("utf-8")
    layout = text.layout
    head: Json = {
        "title": about.title,
        "authors": list(about.authors),
        "published": about.published.isoformat() if about.published else None,
        "doi": about.doi,
        "arxiv_id": about.arxiv_id,
        "read": read.pages,
        "all": read.all_pages,
        "cut": read.cut,
        "sections": [[each.title, each.start, each.end, each.kind] for each in text.sections],
        "sizes": [[size.width, size.height] for size in text.pages],
        "bytes": len(said),
        "pieces": len(layout),
    }
    numbers = (layout.starts, layout.ends, layout.pages, layout.sides)
    return Message(head, said + b"".join(_little(each) for each in numbers))


def _little(numbers: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()
