"""The page's filter widgets as filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from retrieval.errors import InputError
from retrieval.types import Filters


def chosen_filters(
    organisations: Sequence[str] | None,
    categories: Sequence[str] | None,
    languages: Sequence[str] | None,
    since: int | None,
    until: int | None,
) -> Filters:
    """The widgets' values as filters. Raises `InputError` where the years run backwards."""
    if since and until and since > until:
        raise InputError(f"The papers cannot be from {since} or later and from {until} or earlier: change one year.")
    return Filters(
        tuple(organisations or ()),
        tuple(categories or ()),
        tuple(languages or ()),
        date(int(since), 1, 1) if since else None,
        date(int(until), 12, 31) if until else None,
    )
