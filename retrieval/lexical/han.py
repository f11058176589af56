"""Chinese characters (Han), which are written without spaces: the one definition of their range."""

from __future__ import annotations

import re

FIRST_HAN, LAST_HAN = "\u3400", "\u9fff"
HAN = f"{FIRST_HAN}-{LAST_HAN}"
"""The range as it stands within the square brackets of a pattern: `rf"[{HAN}]"`."""
BEFORE_HAN = "\u3040-\u33ff"
"""Kana and the signs between it and Han, written in the same way."""
_CHARACTER = re.compile(f"[{HAN}]")


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return _CHARACTER.search(text) is not None
