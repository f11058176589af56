"""PDF files and their pages, opened with PDFium, which is not safe to use from threads: it has its own process."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# PDFium's functions have no types of their own in Python; what is used of them is said in the signatures here.

from __future__ import annotations

import ctypes
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

import pypdfium2.raw as pdfium

from retrieval.documents.faults import Fault
from retrieval.documents.pdf.glyphs import PageBox

MOST_META_BYTES = 20_000
_WHITE = 250
_NAMES = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate")


class FaultyPdfError(Exception):
    """A PDF that cannot be read, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Pdf:
    """An open PDF."""

    def __init__(self, handle: object) -> None:
        self.handle = handle

    @property
    def pages(self) -> int:
        """How many pages it says that it has."""
        return max(0, int(pdfium.FPDF_GetPageCount(self.handle)))

    def about(self) -> dict[str, str]:
        """What the file says of itself, by its own names, such as "Title"; never longer than `MOST_META_BYTES`."""
        return {name: text for name in _NAMES if (text := self._meta(name).strip())}

    def _meta(self, name: str) -> str:
        length = int(pdfium.FPDF_GetMetaText(self.handle, name.encode(), None, 0))
        if not 2 < length <= MOST_META_BYTES:
            return ""
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDF_GetMetaText(self.handle, name.encode(), buffer, length)
        return buffer.raw[: length - 2].decode("utf-16-le", "replace")


class Page:
    """One page of an open PDF: what is shown of it, and by how many quarters it is turned clockwise for that."""

    def __init__(self, handle: object) -> None:
        self.handle = handle
        box = pdfium.FS_RECTF()
        found = pdfium.FPDF_GetPageBoundingBox(handle, ctypes.byref(box))
        self.box = PageBox(box.left, box.bottom, box.right, box.top) if found else PageBox(0.0, 0.0, 0.0, 0.0)
        self.turn = int(pdfium.FPDFPage_GetRotation(handle)) % 4

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points, as it is shown."""
        return self.box.size(self.turn)


def paint_of(item: object) -> tuple[bool, bool] | None:
    """Whether what is drawn on a page is filled with any colour, and whether that is white; None where none is told."""
    colour = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(item, *colour):
        return None
    red, green, blue, alpha = (int(part.value) for part in colour)
    return alpha > 0, min(red, green, blue) >= _WHITE


@contextmanager
def opened(path: str) -> Generator[Pdf, None, None]:
    """The PDF at `path`. Raises `FaultyPdfError` where it needs a password or is none."""
    _start()
    handle = pdfium.FPDF_LoadDocument(path.encode("utf-8", "surrogateescape"), None)
    if not handle:
        wrong = pdfium.FPDF_GetLastError()
        locked = wrong in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise FaultyPdfError(Fault.ENCRYPTED if locked else Fault.BROKEN)
    try:
        yield Pdf(handle)
    finally:
        pdfium.FPDF_CloseDocument(handle)


@contextmanager
def opened_page(pdf: Pdf, number: int) -> Generator[Page, None, None]:
    """Page `number`, from 0. Raises `FaultyPdfError` where it cannot be loaded or shows nothing."""
    handle = pdfium.FPDF_LoadPage(pdf.handle, number)
    if not handle:
        raise FaultyPdfError(Fault.BROKEN)
    try:
        yield Page(handle)
    finally:
        pdfium.FPDF_ClosePage(handle)


@cache
def _start() -> None:
    pdfium.FPDF_InitLibrary()
