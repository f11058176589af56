"""Whether something is drawn behind a place of a page, so that white letters can be seen there."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# PDFium's functions have no types of their own in Python; what is used of them is said in the signatures here.

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

import pypdfium2.raw as pdfium

from retrieval.documents.pdf.glyphs import PageBox
from retrieval.documents.pdf.pdfium import Page, paint_of

MOST_OBJECTS = 20_000
_DEEPEST = 4
_Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Backdrop:
    """What is drawn on a page besides text; looked for only where the page has white letters."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def is_behind(self, x: float, y: float) -> bool:
        """Whether a picture, a shading or an area that is not white lies at the point of the page's own space."""
        return any(box.holds(x, y) for box in self._boxes)

    @cached_property
    def _boxes(self) -> tuple[PageBox, ...]:
        return tuple(islice(_boxes_on(self._page.handle), MOST_OBJECTS))


def _boxes_on(page: object) -> Iterator[PageBox]:
    for index in range(min(MOST_OBJECTS, int(pdfium.FPDFPage_CountObjects(page)))):
        yield from _boxes_of(pdfium.FPDFPage_GetObject(page, index), _AS_IT_IS, _DEEPEST)


def _boxes_of(item: object, into: _Matrix, deeper: int) -> Iterator[PageBox]:
    """The box of what covers; of a form, those of all that is in it. `into` takes its space to the page's."""
    if int(pdfium.FPDFPageObj_GetType(item)) == pdfium.FPDF_PAGEOBJ_FORM:
        matrix = pdfium.FS_MATRIX()
        if deeper and pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix)):
            own = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
            for index in range(min(MOST_OBJECTS, int(pdfium.FPDFFormObj_CountObjects(item)))):
                yield from _boxes_of(pdfium.FPDFFormObj_GetObject(item, index), _product(own, into), deeper - 1)
        return
    sides = [ctypes.c_float() for _ in range(4)]
    if _covers(item) and pdfium.FPDFPageObj_GetBounds(item, *sides):
        left, bottom, right, top = (float(side.value) for side in sides)
        corners = [_moved(x, y, into) for x in (left, right) for y in (bottom, top)]
        across, up = [x for x, _ in corners], [y for _, y in corners]
        yield PageBox(min(across), min(up), max(across), max(up))


def _covers(item: object) -> bool:
    kind = int(pdfium.FPDFPageObj_GetType(item))
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, filled, stroked)
    return bool(filled.value) and paint_of(item) == (True, False)


def _product(one: _Matrix, other: _Matrix) -> _Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(x: float, y: float, by: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = by
    return a * x + c * y + e, b * x + d * y + f
