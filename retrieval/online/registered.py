"""Works by their DOI: at Crossref, who says too what was retracted, and at whoever else registers DOIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from retrieval.errors import OnlineError
from retrieval.json_lines import is_list, is_object
from retrieval.online.cache import Cache
from retrieval.online.fetch import Fetch
from retrieval.online.request import Answer, Wanted
from retrieval.readers.csl_json import work_of_item
from retrieval.types import Paper

_JSON = "application/json"
_CSL = "application/vnd.citationstyles.csl+json"
_NONE = frozenset({404, 406, 410})
"""There is no such work, or none that is described in this form."""
_RETRACTIONS = frozenset({"retraction", "withdrawal", "removal"})
"""Kinds of updates that take a work back, of https://www.crossref.org/documentation/crossmark/."""
_NOT_CROSSREF = ("10.48550/",)
"""Prefixes of those who certainly register elsewhere: arXiv's own DOIs are DataCite's."""


def crossref_paper(doi: str, fetch: Fetch, cache: Cache) -> Paper | None:
    """What Crossref says of a work, and whether it was retracted; None where it has none.

    Raises `OnlineError`, and `ValueError` with the reason where its record is no paper's.
    """
    if doi.startswith(_NOT_CROSSREF):
        return None
    answered = json_of(Wanted(f"{fetch.addresses.crossref}/{quote(doi, safe='')}", _JSON), "Crossref", fetch, cache)
    work = answered.get("message") if answered else None
    if not is_object(work):
        return None
    return replace(work_of_item(work), source="crossref", retracted=is_retracted(work)).paper()


def registered_paper(doi: str, fetch: Fetch, cache: Cache) -> Paper | None:
    """What a work's registration agency says of it by way of doi.org; None where there is no such work.

    That is content negotiation, which Crossref, DataCite, mEDRA and JaLC speak: https://citation.doi.org/docs.html.
    Raises as `crossref_paper`.
    """
    record = json_of(Wanted(f"{fetch.addresses.doi}/{quote(doi, safe='/')}", _CSL), "doi.org", fetch, cache)
    return replace(work_of_item(record), source="doi.org").paper() if record else None


def is_retracted(work: Mapping[str, Any]) -> bool:
    """Whether Crossref's record of a work names a notice that retracts it, by the publisher or by Retraction Watch.

    The notice itself has `update-to`, which says nothing of the notice.
    """
    updates = work.get("updated-by")
    kinds = [each.get("type") for each in updates if is_object(each)] if is_list(updates) else []
    return any(isinstance(kind, str) and kind.casefold().replace(" ", "_") in _RETRACTIONS for kind in kinds)


def json_of(wanted: Wanted, name: str, fetch: Fetch, cache: Cache) -> Mapping[str, Any] | None:
    """The object that a server gives, from the cache or asked for; None where it has none. Raises `OnlineError`."""
    asked = f"{wanted.accept} {wanted.address}"
    if kept := cache.get(asked):
        return None if kept.text is None else _object(kept.text, name)
    answer = fetch.get(wanted)
    if answer.status in _NONE:
        cache.keep(asked, None)
        return None
    if answer.status != 200:
        raise RefusedError(name, answer)
    text = answer.body.decode("utf-8", "replace")
    found = _object(text, name)
    cache.keep(asked, text)
    return found


class RefusedError(OnlineError):
    """A server that says no; `status` is how."""

    def __init__(self, name: str, answer: Answer) -> None:
        super().__init__(f"{name} does not answer as it should (status {answer.status}): try again later.")
        self.status = answer.status


def _object(text: str, name: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OnlineError(f"{name} sent something that is no record of a work: try again later.") from error
    if not is_object(value):
        raise OnlineError(f"{name} sent something that is no record of a work: try again later.")
    return value
