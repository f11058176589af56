"""OpenAlex, asked for single works; these cost nothing and need no key, and where it wants one it is passed over."""

from __future__ import annotations

from urllib.parse import quote

from retrieval.online.cache import Cache
from retrieval.online.fetch import Fetch
from retrieval.online.registered import json_of
from retrieval.online.request import Wanted
from retrieval.readers.openalex import entry_of_work
from retrieval.types import Paper


def openalex_paper(doi: str, fetch: Fetch, cache: Cache) -> Paper | None:
    """What OpenAlex says of a work; None where it has none.

    Raises `OnlineError`, and `ValueError` with the reason where its record is no paper's.
    """
    address = f"{fetch.addresses.openalex}/doi:{quote(doi, safe='')}"
    record = json_of(Wanted(address, "application/json"), "OpenAlex", fetch, cache)
    if record is None:
        return None
    entry = entry_of_work(record, "OpenAlex")
    if entry.paper is None:
        raise ValueError(entry.problem)
    return entry.paper
