"""By what a work is known wherever it is named: its DOI, its arXiv id, its title."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from retrieval.types import Paper

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE)
_ARXIV_DOI = "10.48550/arxiv."
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._:/-]")
LEAST_TITLE_CHARS = 12
"""A shorter title, such as "Introduction", is that of many works."""
MOST_ID_CHARS = 200
_SLUG_CHARS = 60


def doi_in(text: str | None) -> str | None:
    """The DOI that a text has, in small letters and without an address before it; None where it has none."""
    found = _DOI.search(text or "")
    return found[0].rstrip(".,;:)]}>\"'").casefold() if found else None


def arxiv_id_in(text: str | None) -> str | None:
    """The arXiv id that a text has, without its version; None where it has none."""
    found = _ARXIV.search(text or "")
    return re.sub(r"v\d+$", "", found[0].casefold()) if found else None


def title_key(title: str | None) -> str:
    """A title's letters and digits alone, so that signs, accents and cases do not matter; empty for a short one."""
    plain = unicodedata.normalize("NFKD", title or "").casefold()
    key = "".join(sign for sign in plain if sign.isalnum())
    return key if len(key) >= LEAST_TITLE_CHARS else ""


def keys_of(paper: Paper) -> tuple[str, ...]:
    """By what else the same work may be known: "doi:…", "arxiv:…", "title:…"; the surest first."""
    doi, arxiv = doi_in(paper.doi), arxiv_id_in(paper.arxiv_id)
    if doi and doi.startswith(_ARXIV_DOI):
        arxiv, doi = arxiv or arxiv_id_in(doi.removeprefix(_ARXIV_DOI)), None
    title = title_key(paper.title)
    named = (("doi", doi), ("arxiv", arxiv), ("title", title))
    return tuple(f"{name}:{value}" for name, value in named if value)


def paper_id_for(
    doi: str | None = None, arxiv_id: str | None = None, title: str | None = None, year: int | None = None
) -> str:
    """An id for a work that has none of its own: of its arXiv id, else its DOI, else its title and year.

    It matches `readers.jsonl.ID_PATTERN`, and is the same whenever the work is read.
    """
    doi, arxiv = doi_in(doi), arxiv_id_in(arxiv_id)
    if doi and doi.startswith(_ARXIV_DOI):
        arxiv = arxiv or arxiv_id_in(doi.removeprefix(_ARXIV_DOI))
    if arxiv:
        return f"arxiv:{arxiv}"
    if doi:
        return _as_id(f"doi:{doi}")
    named = f"{title_key(title) or (title or '').casefold()}|{year or ''}"
    plain = unicodedata.normalize("NFKD", title or "").encode("ascii", "ignore").decode().casefold()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:_SLUG_CHARS].strip("-")
    return "-".join(filter(None, (slug or "work", str(year or ""), _short_hash(named))))


def _as_id(text: str) -> str:
    """The text, where it can be an id as it is; else with a hash in place of what cannot stand there."""
    if not _NOT_IN_AN_ID.search(text) and len(text) <= MOST_ID_CHARS:
        return text
    return f"{_NOT_IN_AN_ID.sub('_', text)[: MOST_ID_CHARS - 10]}-{_short_hash(text)}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
