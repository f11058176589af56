"""The character that a code of a PDF stands for, as a text has it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from retrieval.sanitize import sanitize

_HYPHENS = frozenset("\u0002\ufffe\u00ad\u2010\u2011")
"""PDFium says that a hyphen ends a line by the first two; the others are hyphens by their nature."""
_LIGATURES = range(0xFB00, 0xFB07)
_PRIVATE = "Co"
_BULLETS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "▸", 0xF076: "❖", 0xF02D: "-"}
"""What fonts of symbols have at places of their own."""


@lru_cache(maxsize=8192)
def sign_of(code: int) -> str:
    """What stands in the text: ligatures as letters, all hyphens as "-", any space as " ", nothing for no character."""
    if not 0 < code < 0x110000:
        return ""
    sign = chr(code)
    if sign in _HYPHENS:
        return "-"
    if code in _LIGATURES:
        return unicodedata.normalize("NFKC", sign)
    if code in _BULLETS:
        return _BULLETS[code]
    category = unicodedata.category(sign)
    if category in (_PRIVATE, "Cn") or code == 0xFFFD:
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    return sanitize(sign).strip()
