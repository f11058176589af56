"""Everyday English beside the field's terms: who writes "suck up" is searched for by "sycophancy" too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrieval.lexical.terms import Terms, read_terms
from retrieval.lexical.tokens import content_words
from retrieval.shipped import shipped_file

FILE = "everyday.tsv"
MAX_ADDED = 3
"""Terms that are added to one question."""


class EverydayWords:
    """What people say, and the terms that papers say it by; `known` tells whether any paper uses a term."""

    def __init__(self, terms: Terms, known: Callable[[str], bool]) -> None:
        self._terms = terms
        self._known = known

    def with_terms(self, text: str) -> str:
        """The text, and behind it in brackets the terms for what it says that are not in it."""
        said = set(content_words(text))
        meant = (found for found in self._terms.found_in(text) if found.kind)
        names = dict.fromkeys(one.english for one in meant if not said.issuperset(content_words(one.english)))
        added = [name for name in names if self._known(name)][:MAX_ADDED]
        return f"{text} ({', '.join(added)})" if added else text


def read_everyday_words(known: Callable[[str], bool], file: Path | None = None) -> EverydayWords:
    """The words that ship, or those of a file. Raises `CorpusError` at a bad line."""
    return EverydayWords(read_terms(file or shipped_file(FILE))["en"], known)
