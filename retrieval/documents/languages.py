"""In which language a document is written."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# py3langid has no types of its own; what is used of it is said here.

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import cast

from retrieval.lexical.tokens import FUNCTION_WORDS

_READ_CHARS = 3_000
_ENGLISH_SHARE = 0.25
"""As many of the words of an English text are among the usual ones, at least."""
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh"}
_LOADING = threading.Lock()


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language that most of the text's beginning is in; "en" where nothing tells."""
    beginning = text[:_READ_CHARS]
    scripts = Counter(_script(letter) for letter in beginning if letter.isalpha() and not letter.isascii())
    letters = sum(letter.isalpha() for letter in beginning)
    if scripts["ja"] > 0.1 * letters:
        return "ja"
    found = next((code for code in ("zh", "ko") if scripts[code] > 0.3 * letters), None)
    words = _WORD.findall(beginning.casefold())
    if found or not words:
        return found or "en"
    if sum(word in FUNCTION_WORDS for word in words) >= _ENGLISH_SHARE * len(words):
        return "en"
    with _LOADING:
        return _classifier()(beginning)[0] if len(words) >= 20 else "en"


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return cast(
        "Callable[[str], tuple[str, float]]", LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).classify
    )


def _script(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], "")
