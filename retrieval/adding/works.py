"""When two records are of one work, and what is known of it by both together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval.adding.sources import DOCUMENTS
from retrieval.identity import arxiv_id_of, keys_of, paper_id_for, publication_doi, title_key
from retrieval.types import Paper

YEARS_APART = 2
"""A preprint and its publication lie no further apart."""
MOST_URLS = 20
_SUPPLEMENT = re.compile(
    r"\b(?:supplement(?:ary|al)?\s+(?:materials?|information|notes?|text|file|data|appendix)|supporting\s+information"
    r"|(?:online|technical)\s+appendix)\b"
    r"|^\W*(?:supplement(?:ary|al)?|appendix|appendices)\b(?=\s*(?:$|[:.–—-]|[a-z0-9]\b|to\b|for\b))",
    re.IGNORECASE,
)
_SUPPLEMENT_FILE = re.compile(r"(?:^|[^a-z])(?:suppl?|supplement(?:ary|al)?|appendix|appendices)(?:[^a-z]|$)", re.I)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def is_supplement(title: str | None, file_name: str = "") -> bool:
    """Whether a document is what belongs to a paper, not the paper: by its title, or by what its file is called."""
    return bool(_SUPPLEMENT.search(title or "") or _SUPPLEMENT_FILE.search(file_name.replace("_", " ")))


def is_from_document(paper: Paper) -> bool:
    """Whether what is known of a paper was read from its document, which references know better."""
    return paper.source.casefold().endswith(DOCUMENTS)


def same_work(one: Paper, other: Paper) -> bool:
    """Whether both are records of one work.

    They are with the same DOI or arXiv id, and with the same title where their years are at most two apart and, where
    authors are known of both, one has the same family name. What supplements a paper is a work of its own.
    """
    if is_supplement(one.name) != is_supplement(other.name):
        return False
    arxiv, its_arxiv = arxiv_id_of(one), arxiv_id_of(other)
    if arxiv and its_arxiv:
        return arxiv == its_arxiv
    doi, its_doi = publication_doi(one), publication_doi(other)
    if doi and doi == its_doi:
        return True
    if doi and its_doi and doi.partition("/")[0] == its_doi.partition("/")[0]:
        return False  # One publisher gives two works two DOIs; a preprint and its publication have them of two.
    title = title_key(one.title)
    return bool(title) and title == title_key(other.title) and _near(one, other) and _an_author_in_common(one, other)


def same_short_title(one: Paper, other: Paper) -> bool:
    """Whether both have a title that is too short to be known by, and nothing says that they are two works."""
    title, its = _title(one), _title(other)
    if not title or title != its or keys_of(one) or keys_of(other):
        return False
    return _near(one, other) and _an_author_in_common(one, other)


def _title(paper: Paper) -> str:
    return (paper.title or "").strip().casefold()


def has_made_id(paper: Paper) -> bool:
    """Whether its id was made of what is known of it, rather than given by its source."""
    year = paper.published.year if paper.published else None
    name = paper.title or paper.label
    return paper.id in {paper_id_for(paper.doi, paper.arxiv_id, name, of) for of in (year, None)}


def _near(one: Paper, other: Paper) -> bool:
    if one.published is None or other.published is None or is_from_document(one) or is_from_document(other):
        return True  # A document is dated by when its file was made, which may be years later.
    return abs(one.published.year - other.published.year) <= YEARS_APART


def _an_author_in_common(one: Paper, other: Paper) -> bool:
    if not one.authors or not other.authors:
        return True
    return bool(set(map(family_name, one.authors)) & set(map(family_name, other.authors)))


def family_name(author: str) -> str:
    """The family name of an author, written "Family, Given" or "Given Family", as one would look for it."""
    family, comma, _ = author.partition(",")
    words = re.findall(r"[^\W\d_]+", family.casefold())
    if not words:
        return author.casefold()
    if comma:
        return words[-1]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return words[-1]


def merged(first: Paper, second: Paper) -> Paper:
    """One record of a work by both: what the first says stays, and what it lacks the second fills in.

    The longer list of authors wins. Of an abstract its language comes along. A publication's DOI stands beside an arXiv
    id; further addresses go to `other_urls`. To merge the same record again changes nothing.
    """
    abstract_from = first if first.abstract else second
    published_doi, further_doi = _dois(first, second)
    url = first.url or second.url
    further = (*first.other_urls, *filter(None, (second.url,)), *second.other_urls, *further_doi)
    return replace(
        first,
        title=first.title or second.title,
        label=first.label or (second.label if not (first.title or second.title) else None),
        abstract=abstract_from.abstract,
        language=abstract_from.language if abstract_from.abstract else first.language,
        authors=second.authors if len(second.authors) > len(first.authors) else first.authors,
        organisation=first.organisation or second.organisation,
        published=first.published or second.published,
        category=first.category or second.category,
        url=url,
        other_urls=_addresses(further, url),
        arxiv_id=first.arxiv_id or second.arxiv_id,
        doi=published_doi,
        summary=first.summary or second.summary,
        translations={**second.translations, **first.translations},
        source=first.source or second.source,
        retracted=first.retracted or second.retracted,
        text=first.text or second.text,
    )


def anew(there: Paper, said: Paper) -> Paper:
    """The record that is there, as the source that it came from says it now: what the source says replaces it."""
    newer = merged(replace(said, id=there.id), there)
    return replace(newer, authors=said.authors or there.authors, kind=said.kind, text=said.text or there.text)


def _dois(first: Paper, second: Paper) -> tuple[str | None, tuple[str, ...]]:
    """The DOI to keep, a publication's before arXiv's own, and the address of another one."""
    if first.doi and publication_doi(first) is None and publication_doi(second):
        return second.doi, ()
    its, other = publication_doi(first), publication_doi(second)
    return first.doi or second.doi, ((f"https://doi.org/{other}",) if its and other and its != other else ())


def _addresses(urls: Iterable[str], but: str | None) -> tuple[str, ...]:
    """The addresses, each once, without the one that has a field of its own."""
    kept: dict[str, str] = {}
    for url in urls:
        kept.setdefault(_bare(url), url)
    if but:
        kept.pop(_bare(but), None)
    return tuple(kept.values())[:MOST_URLS]


def _bare(url: str) -> str:
    """An address without what does not tell one page from another."""
    bare = re.sub(r"^https?://(?:www\.|dx\.)?", "", url.casefold()).rstrip("/")
    return re.sub(r"(?<=arxiv\.org/abs/)(\d{4}\.\d{4,5})v\d+$", r"\1", bare)
