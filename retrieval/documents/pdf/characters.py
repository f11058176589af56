"""The characters of one page, with their places and styles, as PDFium finds them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# PDFium's functions have no types of their own in Python; what is used of them is said in the signatures here.

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pypdfium2.raw as pdfium

from retrieval.documents.pdf.backdrop import Backdrop
from retrieval.documents.pdf.glyphs import SLANTED, Glyph, Style
from retrieval.documents.pdf.pdfium import Page, paint_of
from retrieval.documents.pdf.signs import sign_of

MOST_ON_A_PAGE = 100_000
"""Characters after these on one page are left out; a dense page of a newspaper has 30,000."""
_INVISIBLE_MODES = (3, 7)
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_BOLD = re.compile(r"bold|black|heavy|demi|medi(?!ator)|cmbx|cmssbx|sfbx|lmbx|-bd|nimb.*medi", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|cmti|cmsl|sfti|regul?ita|-it$", re.IGNORECASE)
_FORCE_BOLD, _ITALIC_FLAG = 1 << 18, 1 << 6
_BEARING = 0.5
"""Of what is turned, a gap below this share of the size is a character's own, where there is no space."""
_TURNED = 0.1
"""A run is along an axis where its other part is below this share of its length."""
_ODD_HEIGHTS = (0.3, 3.0)
"""Where a font's own height is outside these shares of its size, the size says nothing (fonts drawn by programs)."""

_text_object: Callable[[object, int], int | None] = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
"""As PDFium has it, but gives the address alone, which can be compared."""


def page_glyphs(page: Page) -> list[Glyph]:
    """The characters that the page shows, in the order in which they are drawn; at most `MOST_ON_A_PAGE`.

    Left out is what nobody sees: outside the page, transparent, or white without anything behind it; text that is drawn
    invisibly is told by its style, since a scanned page has its text so.
    """
    with _text_page(page) as text:
        return _Reader(page, text).glyphs()


@contextmanager
def _text_page(page: Page) -> Generator[object, None, None]:
    text = pdfium.FPDFText_LoadPage(page.handle)
    if not text:
        yield None
        return
    try:
        yield text
    finally:
        pdfium.FPDFText_ClosePage(text)


class _Reader:
    """Goes over one page's characters; knows the style and the base line of the run that it is in."""

    def __init__(self, page: Page, text: object) -> None:
        self._page, self._text = page, text
        self._fonts: dict[int, tuple[str, bool, bool]] = {}
        self._styles: dict[Style, Style] = {}
        self._rect = pdfium.FS_RECTF()
        self._sides = tuple(ctypes.c_double() for _ in range(4))
        self._backdrop = Backdrop(page)
        self._white = False

    def glyphs(self) -> list[Glyph]:
        text = self._text
        if text is None:
            return []
        count = min(MOST_ON_A_PAGE, int(pdfium.FPDFText_CountChars(text)))
        address = ctypes.cast(text, ctypes.c_void_p)  # type: ignore[arg-type]
        found: list[Glyph] = []
        spaced, run, style, base, bottom = False, None, Style(0.0), 0.0, 0.0
        # Looked up once: this runs for every character of every page.
        unicode_at, object_at, box_at = pdfium.FPDFText_GetUnicode, _text_object, pdfium.FPDFText_GetLooseCharBox
        rect, box = self._rect, self._page.box
        pointer = ctypes.byref(rect)
        for index in range(count):
            sign = sign_of(unicode_at(text, index))
            if not sign or sign == " ":
                spaced = spaced or sign == " "
                continue
            at = object_at(address, index)
            box_at(text, index, pointer)
            # What is drawn twice from one form has one run, but not one place.
            if at != run or rect.bottom != bottom:
                run, style, base, bottom = at, self._style(index), self._origin(index)[1], rect.bottom
                box_at(text, index, pointer)
            left, right = rect.left, rect.right
            if style.size <= 0:
                continue
            if style.direction or right <= left or self._white:
                glyph = self._glyph(index, sign, style, spaced)
            elif box.left <= (left + right) / 2 <= box.right and box.bottom <= base <= box.top:
                glyph = Glyph(sign, left, base, right, base, style, spaced)
            else:
                glyph = None
            if glyph:
                if style.direction and found and found[-1].style is style and not spaced:
                    found[-1] = _reaching(found[-1], glyph)
                found.append(glyph)
            spaced = False
        return found

    def _glyph(self, index: int, sign: str, style: Style, spaced: bool) -> Glyph | None:
        """A character that runs in another direction, or is white; None where it is not seen."""
        x0, y0, x1, y1 = self._ends(index, style)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        hidden = self._white and not self._backdrop.is_behind(x, y + style.size / 4)
        if hidden or not self._page.box.holds(x, y):
            return None
        return Glyph(sign, x0, y0, x1, y1, style, spaced)

    def _origin(self, index: int) -> tuple[float, float]:
        x, y, _, _ = self._sides
        pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
        return float(x.value), float(y.value)

    def _ends(self, index: int, style: Style) -> tuple[float, float, float, float]:
        """Both ends of the character's advance on its base line."""
        origin_x, origin_y = self._origin(index)
        rect = self._rect
        if style.direction == 0 and rect.right > rect.left:
            return rect.left, origin_y, rect.right, origin_y
        left, bottom, right, top = self._ink(index)
        return {
            0: (left, origin_y, right, origin_y),
            1: (origin_x, origin_y, origin_x, top),
            2: (origin_x, origin_y, left, origin_y),
            3: (origin_x, origin_y, origin_x, bottom),
        }.get(style.direction, (left, bottom, right, top))

    def _ink(self, index: int) -> tuple[float, float, float, float]:
        """The box of what is drawn of the character: left, bottom, right, top."""
        left, right, bottom, top = self._sides
        pdfium.FPDFText_GetCharBox(self._text, index, left, right, bottom, top)
        return float(left.value), float(bottom.value), float(right.value), float(top.value)

    def _style(self, index: int) -> Style:
        """The style of the run that begins at the character; of size 0 where nobody sees it."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text, index, ctypes.byref(matrix))
        across, along = math.hypot(matrix.c, matrix.d), math.hypot(matrix.a, matrix.b)
        size = float(pdfium.FPDFText_GetFontSize(self._text, index)) * across
        run = pdfium.FPDFText_GetTextObject(self._text, index)
        if not run or not math.isfinite(size) or not along:
            return Style(0.0)
        mode = int(pdfium.FPDFTextObj_GetTextRenderMode(run))
        visible, self._white = paint_of(run) or (True, False)
        if not visible and mode not in _INVISIBLE_MODES:
            return Style(0.0)
        direction = _direction(matrix.a / along, matrix.b / along)
        font, bold, italic = self._font(pdfium.FPDFTextObj_GetFont(run))
        size = self._true_size(index, abs(size), direction)
        style = Style(round(size, 2), font, bold, italic, direction, mode in _INVISIBLE_MODES)
        return self._styles.setdefault(style, style)

    def _true_size(self, index: int, size: float, direction: int) -> float:
        """The size, or what the character's own height tells of it where its font's measures are its program's."""
        left, bottom, right, top = self._ink(index)
        tall = (top - bottom) if direction in (0, 2) else (right - left)
        low, high = _ODD_HEIGHTS
        if tall > 0 and (size < 2 or tall > size * high or tall < size * low / 10):
            return tall * 1.4
        return size

    def _font(self, font: object) -> tuple[str, bool, bool]:
        if not font:
            return "", False, False
        address = int(ctypes.cast(font, ctypes.c_void_p).value or 0)  # type: ignore[arg-type]
        if address not in self._fonts:
            buffer = ctypes.create_string_buffer(256)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
            name = _SUBSET.sub("", buffer.value.decode("utf-8", "replace"))
            flags = int(pdfium.FPDFFont_GetFlags(font))
            bold = bool(_BOLD.search(name)) or (flags >= 0 and bool(flags & _FORCE_BOLD))
            italic = bool(_ITALIC.search(name)) or (flags >= 0 and bool(flags & _ITALIC_FLAG))
            self._fonts[address] = name, bold, italic
        return self._fonts[address]


def _reaching(before: Glyph, glyph: Glyph) -> Glyph:
    """The character with its end where the next begins: of what is turned only the ink is known, not the advance."""
    gap = math.hypot(glyph.x0 - before.x1, glyph.y0 - before.y1)
    return before._replace(x1=glyph.x0, y1=glyph.y0) if gap < _BEARING * before.style.size else before


def _direction(along_x: float, along_y: float) -> int:
    if abs(along_y) < _TURNED:
        return 0 if along_x > 0 else 2
    if abs(along_x) < _TURNED:
        return 1 if along_y > 0 else 3
    return SLANTED
