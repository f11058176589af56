"""A page's picture, as PNG."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# PDFium's functions have no types of their own in Python; what is used of them is said in the signatures here.

from __future__ import annotations

import ctypes
import struct
import zlib

import pypdfium2.raw as pdfium

from retrieval.documents.faults import Fault
from retrieval.documents.pdf.pdfium import FaultyPdfError, Page, opened, opened_page

MOST_WIDTH, MOST_HEIGHT = 2_000, 4_000
_WHITE = 0xFFFFFFFF
_LEVEL = 4
"""Of compression: higher ones take several times as long for a few percent."""


def page_picture(path: str, page: int, width: int) -> bytes:
    """Page `page` (from 1) of the PDF, `width` pixels wide, at most `MOST_WIDTH` by `MOST_HEIGHT`.

    Raises `FaultyPdfError` where there is no such page or the file cannot be read.
    """
    with opened(path) as pdf:
        if not 1 <= page <= pdf.pages:
            raise FaultyPdfError(Fault.NO_PAGE)
        with opened_page(pdf, page - 1) as shown:
            return _drawn(shown, width)


def _drawn(page: Page, width: int) -> bytes:
    wide, high = page.size
    if wide <= 0 or high <= 0:
        raise FaultyPdfError(Fault.BROKEN)
    width = max(1, min(width, MOST_WIDTH))
    height = max(1, round(width * high / wide))
    if height > MOST_HEIGHT:
        width, height = max(1, round(MOST_HEIGHT * wide / high)), MOST_HEIGHT
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, None, 0)
    if not bitmap:
        raise FaultyPdfError(Fault.TOO_LARGE)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        how = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
        pdfium.FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, width, height, 0, how)
        stride = int(pdfium.FPDFBitmap_GetStride(bitmap))
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return png(width, height, stride, pixels)


def png(width: int, height: int, stride: int, pixels: bytes) -> bytes:
    """A picture of rows of `stride` bytes, which begin with three bytes a pixel: red, green, blue."""
    rows = b"".join(b"\0" + pixels[row * stride : row * stride + 3 * width] for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, _LEVEL)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
