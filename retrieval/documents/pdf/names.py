"""The names that parts of papers bear, in several languages: of sections, figures and what is no author."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,4}|[A-Z](?:\.\d{1,2}){1,4}|[A-Z]|[IVX]{1,5})"
NUMBERED = re.compile(rf"({_NUMBER})(?:[.:)]|\s)\s*(?=[^\W\d_])")
"""A number before a heading, such as in "3.2 Results", "IV. RESULTS" or "A Proofs"."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names in small letters; `captions` are patterns of what a caption begins with, by the name it is told by."""

    abstract: frozenset[str]
    references: frozenset[str]
    appendix: frozenset[str]
    contents: frozenset[str]
    keywords: frozenset[str]
    known: frozenset[str]
    captions: tuple[tuple[str, re.Pattern[str]], ...]
    not_names: re.Pattern[str]
    abstract_before: re.Pattern[str]
    keywords_before: re.Pattern[str]

    def caption(self, text: str) -> tuple[str, bool] | None:
        """What a paragraph is the caption of, such as "Figure 3", and whether a colon or the like follows it."""
        for name, pattern in self.captions:
            if found := pattern.match(text):
                return f"{name} {found[1]}", bool(found[2])
        return None


@cache
def names() -> Names:
    """The names of `names.json`, read once."""
    told = json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8"))
    sets = {name: frozenset(told[name]) for name in ("abstract", "references", "appendix", "contents", "keywords")}
    number = r"\s{0,3}((?:[A-Z]{1,2}[.\-]?)?\d{1,3}(?:[.\-]\d{1,3})?|[IVX]{1,6})(?![\w])\s{0,2}([:.|—–-])?"
    captions = tuple(
        (name, re.compile(f"(?:{_any_of(words)}){number}", re.IGNORECASE)) for name, words in told["captions"].items()
    )
    return Names(
        **sets,
        known=frozenset(told["known"]).union(*sets.values()),
        captions=captions,
        not_names=re.compile(rf"\b(?:{_any_of(w for w in told['not_names'] if w.isascii())})\b|"
                             + _any_of(w for w in told["not_names"] if not w.isascii()), re.IGNORECASE),
        abstract_before=_before(told["abstract"]),
        keywords_before=_before(told["keywords"]),
    )  # fmt: skip


def _before(words: list[str]) -> re.Pattern[str]:
    """Where a paragraph begins with its own heading: "Abstract—We show", "Keywords: language"."""
    return re.compile(rf"(?:{_any_of(words)})\s{{0,2}}(?:[—–:.\uff1a\u3011\]-]\s{{0,2}})+", re.IGNORECASE)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def plain_name(text: str) -> str:
    """A heading without its number and marks, in small letters."""
    text = NUMBERED.sub("", text.strip(), count=1)
    return " ".join(text.strip(" .:—–-").casefold().split())
