"""Text from outside as a reader should see it: nothing that moves a terminal, turns a line round or hides."""

from __future__ import annotations

import json
import unicodedata

_SPACED = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Signs without a look of their own: marks that turn the direction of writing, tags, a space of no width.
_DROPPED = "Cf"
# Two of them are spelling, in Persian and in Hindi.
_SPELLING = frozenset("\u200c\u200d")


def sanitize(text: str, kept: str = "") -> str:
    """The text with control characters, line breaks and lone surrogates as spaces, and without invisible signs.

    Characters of `kept`, such as a newline, stay. Goes character by character, so
    that a text may also come in pieces.
    """
    if text.isprintable():
        return text
    return "".join(character if character in kept else _shown(character) for character in text)


def sanitize_json(text: str) -> str:
    """JSON of one line in which what `sanitize` would change stands as an escape such as \\u009b: the same value."""
    if text.isprintable():
        return text
    return "".join(character if _shown(character) == character else _escape(character) for character in text)


def _escape(character: str) -> str:
    # The one sign of ASCII that JSON need not escape is the last, delete.
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == _DROPPED and character not in _SPELLING:
        return ""
    return " " if category in _SPACED else character
