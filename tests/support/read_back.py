"""What stands in boxes of a page: read from the page itself, and held against where words were drawn."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from retrieval.full_text import Box
from tests.support.typesetting import Placed, Set

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}


def letters(text: str) -> str:
    """The letters and digits of a text alone: hyphens at a line's end and spaces are no part of what was drawn."""
    return re.sub(r"[\W_]", "", text)


class DrawnPages:
    """The characters of a PDF as they stand on its pages as they are shown, by PDFium's own measure."""

    def __init__(self, pdf: bytes) -> None:
        pdfium.FPDF_InitLibrary()
        self._bytes = ctypes.create_string_buffer(pdf, len(pdf))
        self._pdf = pdfium.FPDF_LoadMemDocument64(self._bytes, len(pdf), None)
        self._pages: dict[int, list[tuple[str, float, float]]] = {}

    def close(self) -> None:
        pdfium.FPDF_CloseDocument(self._pdf)

    def inside(self, boxes: Sequence[Box]) -> str:
        """What stands in the boxes, one after the other: characters whose middle is in them, from left to right."""
        return "".join(sign for box in boxes for sign, x, _ in sorted(self._in(box), key=lambda each: each[1]))

    def _in(self, box: Box) -> Iterator[tuple[str, float, float]]:
        for sign, x, y in self._signs(box.page):
            if box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1:
                yield sign, x, y

    def _signs(self, number: int) -> list[tuple[str, float, float]]:
        if number not in self._pages:
            page = pdfium.FPDF_LoadPage(self._pdf, number - 1)
            self._pages[number] = list(_signs(page))
            pdfium.FPDF_ClosePage(page)
        return self._pages[number]


def _signs(page: Any) -> Iterator[tuple[str, float, float]]:
    text = pdfium.FPDFText_LoadPage(page)
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    sides = [ctypes.c_double() for _ in range(4)]
    across, down = ctypes.c_int(), ctypes.c_int()
    fine = 20
    for index in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        pdfium.FPDFText_GetCharBox(text, index, *sides)
        left, right, bottom, top = (side.value for side in sides)
        # PDFium itself says where on the page as it is shown a point of the page's own space is.
        size = int(width * fine), int(height * fine)
        pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, (left + right) / 2, (bottom + top) / 2, across, down)
        sign = _LIGATURES.get(code) or chr(code)
        yield sign, across.value / fine, down.value / fine
    pdfium.FPDFText_ClosePage(text)


@contextmanager
def drawn_pages(pdf: bytes) -> Iterator[DrawnPages]:
    pages = DrawnPages(pdf)
    try:
        yield pages
    finally:
        pages.close()


def pieces_of(told: Set, sentence: str) -> list[Placed]:
    """The pieces of a paragraph's words that are of one of its sentences."""
    start = told.text.index(sentence)
    end = start + len(sentence)
    found: list[Placed] = []
    place = 0
    for piece in told.pieces:
        place = told.text.index(piece.text, place)
        if start <= place < end:
            found.append(piece)
        place += len(piece.text)
    return found


def holds(boxes: Sequence[Box], piece: Placed) -> bool:
    """Whether the middle of the piece is in one of the boxes."""
    x, y = (piece.x0 + piece.x1) / 2, piece.base - 0.25 * piece.size
    return any(box.page == piece.page and box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for box in boxes)
