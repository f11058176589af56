"""A full text as two blobs of the database, and back: what it says, and where its words stand.

What it says is JSON, compressed: the text, its sections and the sizes of its pages. Where its words stand is seven
columns of whole numbers of 32 bits, compressed: how far each piece starts behind the one before, its length, its page,
and its box in hundredths of a point, as steps from the piece before, which are small.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from retrieval.errors import CorpusError
from retrieval.full_text import MOST_CHARS, NO_LAYOUT, FullText, Layout, PageSize, Section, SectionKind

UNREADABLE = "The full text of a paper cannot be read: add its file again."
MOST_PAGES = (1 << 16) - 1
_KINDS = frozenset[str](get_args(SectionKind))
_MOST_BYTES = 32 * MOST_CHARS
"""A damaged or made-up blob does not fill the memory."""
_COLUMNS = 7
_PIECE_BYTES = 4 * _COLUMNS
_HUNDREDTHS = 100.0
_FARTHEST = 80_000.0
"""No side of a box is farther out, in points: five times the largest page that a PDF can have."""


def packed_body(full: FullText) -> bytes:
    """What it says. Raises `ValueError` for what could not be read back."""
    said = {
        "text": full.text,
        "sections": [[one.title, one.start, one.end, one.kind] for one in full.sections],
        "pages": [[size.width, size.height] for size in full.pages],
    }
    body = json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    _check(full.text, full.sections, full.pages)
    return zlib.compress(body)


def packed_layout(layout: Layout) -> bytes:
    """Where its words stand, to a hundredth of a point."""
    starts, ends = np.asarray(layout.starts, dtype=np.int64), np.asarray(layout.ends, dtype=np.int64)
    sides = np.nan_to_num(np.asarray(layout.sides, dtype=np.float64).reshape(-1, 4))
    x0, y0, x1, y1 = np.rint(np.clip(sides, -_FARTHEST, _FARTHEST) * _HUNDREDTHS).astype(np.int64).T
    pages = np.asarray(layout.pages, dtype=np.int64)
    columns = [_steps(starts), ends - starts, _steps(pages), _steps(x0), _steps(y0), x1 - x0, y1 - y0]
    return zlib.compress(np.stack(columns).astype("<i4").tobytes())


def unpacked(body: bytes, layout: bytes, file: str | None = None) -> FullText:
    """The full text of two blobs, checked. Raises `CorpusError` where they are damaged."""
    try:
        said: Any = json.loads(_decompressed(body))
        text = said["text"]
        sections = tuple(Section(*one) for one in said["sections"])
        pages = tuple(PageSize(*size) for size in said["pages"])
        _check(text, sections, pages)
        return FullText(text, sections, pages, _layout(_decompressed(layout), len(text), len(pages)), file)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, zlib.error) as error:
        raise CorpusError(UNREADABLE) from error


def _decompressed(blob: bytes) -> bytes:
    reading = zlib.decompressobj()
    data = reading.decompress(blob, _MOST_BYTES)
    if not reading.eof or reading.unused_data:
        raise ValueError("the blob is cut short, or too long")
    return data


def _check(text: object, sections: Sequence[Section], pages: Sequence[PageSize]) -> None:
    """Raises `ValueError` where the text is too long, or sections or pages are none of it."""
    if not isinstance(text, str) or len(text) > MOST_CHARS or len(pages) > MOST_PAGES:
        raise ValueError("no text, or one that is too long")
    end = 0
    for section in sections:
        if type(section.title) is not str or section.kind not in _KINDS:
            raise ValueError("no section")
        if type(section.start) is not int or type(section.end) is not int:
            raise ValueError("no places of a section")
        if not end <= section.start <= section.end <= len(text):
            raise ValueError("sections out of order")
        end = section.end
    for side in (side for size in pages for side in (size.width, size.height)):
        # numpy's numbers would be read back as others than they were written, by which a text counts as changed.
        if type(side) not in (int, float):
            raise ValueError("no size of a page")


def _layout(data: bytes, characters: int, pages: int) -> Layout:
    if not data:
        return NO_LAYOUT
    columns = np.frombuffer(data, dtype="<i4").reshape(_COLUMNS, -1).astype(np.int64)
    starts, page = np.cumsum(columns[0]), np.cumsum(columns[2])
    ends = starts + columns[1]
    within = starts[0] >= 0 and ends[-1] <= characters and (columns[1] > 0).all() and (starts[1:] >= ends[:-1]).all()
    if not (within and (page >= 1).all() and (page <= pages).all()):
        raise ValueError("words that are none of the text")
    x0, y0 = np.cumsum(columns[3]), np.cumsum(columns[4])
    sides = np.stack([x0, y0, x0 + columns[5], y0 + columns[6]], axis=1) / _HUNDREDTHS
    return Layout(
        array("i", starts.astype(np.intc).tobytes()),
        array("i", ends.astype(np.intc).tobytes()),
        array("H", page.astype(np.ushort).tobytes()),
        array("f", sides.astype(np.float32).tobytes()),
    )


def _steps(column: np.ndarray) -> np.ndarray:
    """How far each number is from the one before, the first from 0."""
    return np.diff(column, prepend=0)
