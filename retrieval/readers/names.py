"""Names of authors as sources list them, each as it is said: "Ada King of Lovelace", not "King of Lovelace, Ada"."""

from __future__ import annotations

import re

_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|v|esq|m\.?d|ph\.?d)\.?", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|AND|&)\s+|\s*;\s*and\s+")
_NUMBERED = re.compile(r"\s*\(\d{5,}\)")
"""Scopus writes its number of an author behind the name."""
_AND_OTHERS = re.compile(r"[ ,;](?:et al\.?|and others)$", re.IGNORECASE)
_OTHERS = frozenset({"others", "et al", "et al.", "and others", "…", "..."})
MOST_AUTHORS = 10_000


def in_order(name: str) -> str:
    """A name with the given name first: of "Family, Given" or "Family, Jr, Given"; any other stays as it is."""
    parts = [part for part in (" ".join(part.split()) for part in name.split(",")) if part]
    if len(parts) == 2:
        family, given = parts
        return f"{family}, {given}" if _SUFFIX.fullmatch(given) else f"{given} {family}"
    if len(parts) == 3:
        first = next((place for place in (1, 2) if _SUFFIX.fullmatch(parts[place])), None)
        if first is not None:
            return f"{parts[3 - first]} {parts[0]}, {parts[first]}"
    return ", ".join(parts)


def names_in(text: str) -> tuple[str, ...]:
    """The names of a list in one text, in which ";", "and", "|" or commas stand between them."""
    # Of each white space one sign, as patterns that look for some would try a long run anew from each of its places.
    text = _AND_OTHERS.sub("", _NUMBERED.sub("", " ".join(text.split())))
    if ";" in text:
        parts = text.split(";")
    elif _AND.search(text):
        parts = _AND.split(text)
        # "A. One, B. Two and C. Three": what is before the last "and" is a list with commas.
        parts = [*_by_commas(parts[0]), *parts[1:]] if len(parts) == 2 else parts
    elif "|" in text:
        parts = text.split("|")
    else:
        parts = _by_commas(text)
    return told(tuple(in_order(part) for part in parts))


def told(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, without empty ones and without "and others"."""
    return tuple(name for name in names if name and name.casefold() not in _OTHERS)


def _by_commas(text: str) -> list[str]:
    """The names of a list with commas; one comma within a name, as in "Smith, John", parts none."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    whole = all(" " in part for part in parts)
    return parts if len(parts) > 1 and whole else [text]
