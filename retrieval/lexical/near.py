"""What a word that nobody has may have been meant to be: the words one typing error away from it."""

from __future__ import annotations

from collections.abc import Iterator

LEAST_CHARS = 4
"""A shorter word is near to too many others."""
MOST_CHARS = 30
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def can_be_mended(word: str) -> bool:
    """Whether the word has the length and the letters to look for those near to it."""
    return LEAST_CHARS <= len(word) <= MOST_CHARS and word.isascii() and word.isalnum()


def one_error_away(word: str) -> Iterator[str]:
    """Each word that one letter too many, too few or wrong, or two that changed places, make of it."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]
