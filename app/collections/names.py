"""Names of collections that readers make, from their titles, and whose they are."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Collection

from app.surfaces.collections import MAX_TITLE_CHARS
from app.surfaces.visitors import VISITOR_CHARS
from retrieval.errors import InputError
from retrieval.sanitize import sanitize

_VISITORS = re.compile(rf"v-([0-9a-f]{{{VISITOR_CHARS}}})-[a-z0-9-]+")
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_RANDOM_LETTERS = 4
_SLUG_CHARS, _VISITORS_SLUG_CHARS = 29, 14
"""So that a name, what stands before and behind it too, has at most 40 characters."""
_WITHOUT_LETTERS = "papers"


def clean_title(title: str) -> str:
    """The title on one line and without what readers cannot see. Raises `InputError` where nothing is left of it."""
    cleaned = " ".join(sanitize(title[: 4 * MAX_TITLE_CHARS]).split())[:MAX_TITLE_CHARS].strip()
    if not cleaned:
        raise InputError("A collection needs a title: give it one of up to 80 characters.")
    return cleaned


def new_name(title: str, taken: Collection[str], visitor: str | None = None) -> str:
    """A name that none of `taken` is: of the title's letters, with random ones behind, so that nobody guesses it.

    >>> new_name("Sleep & memory", ())  # doctest: +SKIP
    'sleep-memory-k3xw'
    """
    slug = _slug(title, _VISITORS_SLUG_CHARS if visitor else _SLUG_CHARS)
    if not visitor and slug.startswith("v-"):
        slug = f"c{slug}"  # No title makes a collection look like a visitor's own.
    while True:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM_LETTERS))
        name = f"{beginning(visitor)}{slug}-{letters}"
        if name not in taken:
            return name


def beginning(visitor: str | None) -> str:
    """How the names of all collections of a visitor begin; empty for nobody's."""
    return f"v-{visitor}-" if visitor else ""


def owner_of(name: str) -> str | None:
    """The visitor to whom a collection of that name belongs, None for one that is nobody's own."""
    found = _VISITORS.fullmatch(name)
    return found[1] if found else None


def belongs_to(name: str, visitor: str | None) -> bool:
    """Whether it is this visitor's; compared in constant time, as names are guessed at."""
    owner = owner_of(name)
    return owner is not None and visitor is not None and hmac.compare_digest(owner, visitor)


def _slug(title: str, chars: int) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:chars].strip("-") or _WITHOUT_LETTERS
