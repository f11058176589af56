"""By what a work is known wherever it is named: its DOI, its arXiv id, its title."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from retrieval.types import Paper

# What writing puts around a DOI does not belong to it. The last form is of the 1990s:
# 10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O.
_DOI = re.compile(
    r"(?<![0-9.])10\.[0-9]{4,9}(?:/|%2F)"
    # Where several are listed the next one is not the end of this.
    r"(?:(?![,;]+(?:https?:|doi:|10\.[0-9]{4,9}/))[^\s\"'<>{}|\\^`，。；、）】」”’]|<[0-9]{1,9}:[^\s<>]{1,40}>){1,300}",
    re.IGNORECASE,
)
_AFTER_A_DOI = ".,;:!?*"
_CLOSING = {")": "(", "]": "["}
_BEHIND_A_DOI = re.compile(
    r"(?:/(?:full|abstract|pdf|epdf|meta|html|fulltext|references)|\.pdf|\.html?)+$", re.IGNORECASE
)
"""What publishers' addresses have behind the DOI that is in them."""
_BEHIND_AN_ADDRESS = re.compile("[?#&]")
_OPEN_ADDRESS = re.compile(r"://\S*$")
_ADDRESS_CHARS = 200
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)
"""What ids from before April 2007 begin with; one of a subject class, as in cs.LG/0601001, is the same without it."""
_MONTH = "(?:0[1-9]|1[0-2])"
# Four figures until the end of 2014, five since.
_ARXIV = re.compile(
    rf"(?:(?<![a-z0-9.])|(?<=arxiv[.:]))"
    rf"(?:(?P<new>(?:0[7-9]|1[0-4]){_MONTH}\.[0-9]{{4}}|(?:1[5-9]|[2-9][0-9]){_MONTH}\.[0-9]{{5}})"
    rf"|(?P<archive>{_ARCHIVES})(?:\.[a-z]{{2}})?/(?P<old>[0-9]{{2}}{_MONTH}[0-9]{{3}}))"
    rf"(?:v[0-9]{{1,3}})?(?![a-z0-9]|\.[0-9])",
    re.IGNORECASE,
)
ARXIV_DOI = "10.48550/arxiv."
"""With what, in small letters, the DOI begins that arXiv has registered for each of its works."""
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._:/-]")
LEAST_TITLE_CHARS = 12
"""A shorter title, such as "Introduction", is that of many works."""
MOST_ID_CHARS = 200
_SLUG_CHARS = 60


@dataclass(frozen=True, slots=True)
class WantedId:
    """A work of which only this is known: its arXiv id, without version, or its DOI, in small letters.

    `place` says where it was named, as in `readers.base.Entry`.
    """

    kind: Literal["arxiv", "doi"]
    id: str
    place: str = ""


def doi_in(text: str | None) -> str | None:
    """The DOI that a text has, in small letters and without an address before it; None where it has none."""
    doi = doi_as_written(text)
    return doi.casefold() if doi else None


def doi_as_written(text: str | None) -> str | None:
    """The DOI that a text has, in the letters that it has there; None where it has none."""
    return next((doi for doi, _, _ in _dois(text or "")), None)


def arxiv_id_in(text: str | None) -> str | None:
    """The arXiv id that a text has, without its version and subject class; None where it has none."""
    return next((arxiv for arxiv, _ in _arxiv_ids(text or "")), None)


def naming_arxiv(texts: Iterable[str]) -> str | None:
    """The first of the texts that has an arXiv id and names arXiv: a number alone may only look like one."""
    return next((text for text in texts if "arxiv" in text.casefold() and arxiv_id_in(text)), None)


def ids_in(text: str) -> list[WantedId]:
    """The arXiv ids and DOIs that a text names, addresses among them: each once, in its order, with its line.

    What is arXiv's own DOI of a work is its arXiv id.
    """
    wanted: dict[tuple[str, str], WantedId] = {}
    for number, line in enumerate(text.splitlines(), 1):
        dois = [(start, "doi", doi.casefold()) for doi, start, _ in _dois(line) if not _is_arxiv_doi(doi)]
        arxiv = [(start, "arxiv", found) for found, start in _arxiv_ids(line)]
        for _, kind, found in sorted(dois + arxiv):
            wanted.setdefault((kind, found), WantedId("doi" if kind == "doi" else "arxiv", found, f"line {number}"))
    return list(wanted.values())


def _dois(text: str) -> Iterator[tuple[str, int, int]]:
    """The DOIs of a text, each with where in the text it starts and ends."""
    for found in _DOI.finditer(text):
        before = text[max(0, found.start() - _ADDRESS_CHARS) : found.start()]
        if doi := _bare_doi(found[0], in_address=_OPEN_ADDRESS.search(before) is not None):
            yield doi, found.start(), found.end()


def _bare_doi(doi: str, in_address: bool) -> str | None:
    """What was found, without what stands behind a DOI in writing or in an address; None where nothing is left."""
    if in_address:
        doi = unquote(_BEHIND_AN_ADDRESS.split(doi, maxsplit=1)[0])
    doi = re.sub("%2f", "/", doi, count=1, flags=re.IGNORECASE)
    while doi and (doi[-1] in _AFTER_A_DOI or doi.count(doi[-1]) > doi.count(_CLOSING.get(doi[-1], doi[-1]))):
        doi = doi[:-1]
    if in_address:
        doi = _BEHIND_A_DOI.sub("", doi)
    return doi if any(sign.isalnum() for sign in doi.partition("/")[2]) else None


def _is_arxiv_doi(doi: str) -> bool:
    return doi.casefold().startswith(ARXIV_DOI)


def _arxiv_ids(text: str) -> Iterator[tuple[str, int]]:
    """The arXiv ids of a text, each with where it starts; figures of a DOI that is not arXiv's are none."""
    dois = [(start, end) for doi, start, end in _dois(text) if not _is_arxiv_doi(doi)]
    for found in _ARXIV.finditer(text):
        before = bisect_right(dois, found.start(), key=lambda place: place[0]) - 1
        if before >= 0 and found.start() < dois[before][1]:
            continue
        archive, old = found["archive"], found["old"]
        yield (f"{archive}/{old}" if old else found["new"]).casefold(), found.start()


def title_key(title: str | None) -> str:
    """A title's letters and digits alone, so that signs, accents and cases do not matter; empty for a short one."""
    plain = unicodedata.normalize("NFKD", title or "").casefold()
    key = "".join(sign for sign in plain if sign.isalnum())
    return key if len(key) >= LEAST_TITLE_CHARS else ""


def publication_doi(paper: Paper) -> str | None:
    """The DOI under which a publication is registered, in small letters; None for none, and for arXiv's own."""
    doi = doi_in(paper.doi)
    return None if doi is None or _is_arxiv_doi(doi) else doi


def arxiv_id_of(paper: Paper) -> str | None:
    """The arXiv id of a paper, which its DOI may tell too."""
    return arxiv_id_in(paper.arxiv_id) or arxiv_id_in(doi_in(paper.doi))


def keys_of(paper: Paper) -> tuple[str, ...]:
    """By what else the same work may be known: "doi:…", "arxiv:…", "title:…"; the surest first."""
    named = (("doi", publication_doi(paper)), ("arxiv", arxiv_id_of(paper)), ("title", title_key(paper.title)))
    return tuple(f"{name}:{value}" for name, value in named if value)


def paper_id_for(
    doi: str | None = None, arxiv_id: str | None = None, title: str | None = None, year: int | None = None
) -> str:
    """An id for a work that has none of its own: of its arXiv id, else its DOI, else its title and year.

    It matches `readers.jsonl.ID_PATTERN`, and is the same whenever the work is read.
    """
    doi = doi_in(doi)
    if arxiv := arxiv_id_in(arxiv_id) or arxiv_id_in(doi):
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
