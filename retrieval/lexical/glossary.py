"""Chinese questions in English words, by longest match in a glossary of the field.

A stand-in for a multilingual embedding model, which the offline default does not
have. What the glossary does not know is left out, English words stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.lexical.han import has_han


class Glossary:
    """Chinese terms and their English."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = dict(entries)
        self._longest = max(map(len, self._entries), default=0)

    def in_english(self, text: str) -> str:
        """The text with its Chinese replaced by the English of the terms in it; unchanged where it has none."""
        if not has_han(text):
            return text
        pieces: list[str] = []
        at = 0
        while at < len(text):
            length = self._match(text, at)
            if length:
                pieces.append(f" {self._entries[text[at : at + length]]} ")
            elif not has_han(text[at]):
                pieces.append(text[at])
            at += length or 1
        return " ".join("".join(pieces).split())

    def knows(self, text: str) -> bool:
        """Whether every Chinese character of the text belongs to a term."""
        at = 0
        while at < len(text):
            length = self._match(text, at)
            if not length and has_han(text[at]):
                return False
            at += length or 1
        return True

    def _match(self, text: str, at: int) -> int:
        """The length of the longest term that begins there, 0 where none does."""
        lengths = range(min(self._longest, len(text) - at), 0, -1)
        return next((length for length in lengths if text[at : at + length] in self._entries), 0)


@cache
def read_glossary(path: Path) -> Glossary:
    """The glossary of a file of lines "Chinese, tab, English". Raises `CorpusError` at a bad line."""
    entries: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"The glossary {path} cannot be read: reinstall the program.") from error
    for number, line in enumerate(lines, start=1):
        chinese, tab, english = line.partition("\t")
        if not (chinese and tab and english.strip()):
            raise CorpusError(f"{path}, line {number}: not a Chinese term, a tab and its English; mend the line.")
        entries[chinese] = english.strip()
    return Glossary(entries)
