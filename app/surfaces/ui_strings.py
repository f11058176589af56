"""The interface's own words, in English and Chinese: page/words/*.LANGUAGE.json, one copy of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent / "page" / "words"


class UiStrings:
    """Looked up by key: `words("found", count=3)` fills the places in braces. Raises `KeyError` for an unknown key."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values) if values else self._texts[key]

    def __iter__(self):
        return iter(self._texts)


@lru_cache(maxsize=len(LANGUAGES))
def ui_strings(language: str = "en") -> UiStrings:
    """The words in a language of `LANGUAGES`."""
    texts: dict[str, str] = {}
    for file in sorted(_FOLDER.glob(f"*.{language}.json")):
        texts |= json.loads(file.read_text(encoding="utf-8"))
    return UiStrings(language, texts)


def interface_language(accepted: str | None) -> str:
    """The language of `LANGUAGES` that an Accept-Language header asks for first; English where it asks for none."""
    wanted: list[tuple[float, str]] = []
    for part in (accepted or "")[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for weight, tag in sorted(wanted, key=lambda one: one[0]) if weight and tag in LANGUAGES), "en")
