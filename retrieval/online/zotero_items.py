"""Items of a Zotero library, as both of its interfaces give them, made papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from retrieval.identity import arxiv_id_in, doi_as_written
from retrieval.json_lines import is_list, is_object, text_of
from retrieval.readers.dates import date_in
from retrieval.readers.work import Work
from retrieval.types import Paper

_TITLES = ("title", "caseName", "nameOfAct", "subject")
_CREATORS = ("author", "artist", "inventor", "presenter", "programmer", "director", "editor")
"""Whose names are taken as authors': the first kind that an item has."""
_REPORTS = frozenset({"report", "standard"})
_CHILDREN = frozenset({"attachment", "note", "annotation"})
_ARXIV_ADDRESS = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/", re.IGNORECASE)


def is_work(item: Mapping[str, Any]) -> bool:
    """Whether the item is a work, and not a note, a file or what was marked in one."""
    return item.get("itemType") not in _CHILDREN


def zotero_paper(item: Mapping[str, Any], parsed_date: str | None = None) -> Paper:
    """The paper of an item's `data`; `parsed_date` is the date as Zotero understands it.

    Raises `ValueError` with the reason where it is none.
    """
    report = item.get("itemType") in _REPORTS
    return Work(
        title=next(filter(None, (text_of(item, name) for name in _TITLES)), ""),
        abstract=text_of(item, "abstractNote"),
        authors=_authors(item.get("creators")),
        published=date_in(parsed_date) or date_in(text_of(item, "date")),
        doi=_doi(item),
        arxiv=_arxiv_id(item),
        urls=(text_of(item, "url"),),
        language=text_of(item, "language"),
        kind="report" if report else "paper",
        organisation=(text_of(item, "institution") or text_of(item, "publisher")) if report else None,
        source="zotero",
    ).paper()


def _doi(item: Mapping[str, Any]) -> str | None:
    """The DOI of its field, of the address, or of the lines beyond the fields ("DOI: 10.…")."""
    return (
        doi_as_written(text_of(item, "DOI"))
        or doi_as_written(_extra(item, "doi"))
        or doi_as_written(text_of(item, "url"))
    )


def _arxiv_id(item: Mapping[str, Any]) -> str | None:
    url, archived = text_of(item, "url"), text_of(item, "archiveID")
    named = (
        _extra(item, "arxiv"),
        archived if "arxiv" in archived.casefold() else "",
        url if _ARXIV_ADDRESS.match(url) else "",
        _doi(item),
    )
    return next(filter(None, map(arxiv_id_in, named)), None)


def _extra(item: Mapping[str, Any], name: str) -> str:
    """What the line "NAME: …" of the field `extra` says."""
    for line in text_of(item, "extra").splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip().casefold() == name:
            return value.strip()
    return ""


def _authors(creators: object) -> tuple[str, ...]:
    if not is_list(creators):
        return ()
    people = [each for each in creators if is_object(each)]
    for kind in _CREATORS:
        if names := [name for each in people if each.get("creatorType") == kind and (name := _name(each))]:
            return tuple(names)
    return ()


def _name(creator: Mapping[str, Any]) -> str:
    return (text_of(creator, "name") or f"{text_of(creator, 'firstName')} {text_of(creator, 'lastName')}").strip()
