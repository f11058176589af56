"""What a paper lacks, taken from another description of the same work; what is there stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from retrieval.identity import ARXIV_DOI, doi_in, publication_doi, title_key
from retrieval.types import Paper

_SAME_WORDS = 0.5
"""The share of the shorter title's words that two titles of one work have in common, at the least."""
_FIELDS = ("title", "abstract", "authors", "published", "doi", "arxiv_id", "category", "organisation")


@dataclass(frozen=True, slots=True)
class Completion:
    """A paper and how it came to be whole: the servers that were asked, what they gave, and what went wrong."""

    paper: Paper
    asked: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def lacks(paper: Paper) -> bool:
    """Whether title, abstract, authors or date are missing."""
    return not (paper.title and paper.abstract and paper.authors and paper.published)


def filled(paper: Paper, other: Paper) -> Paper:
    """The paper with what it lacks from another description of the same work."""
    changes: dict[str, Any] = {name: getattr(other, name) for name in _FIELDS if _is_missing(paper, name)}
    if "abstract" in changes:
        changes["language"] = other.language
    if not paper.url and other.url:
        changes["url"] = other.url
    elif other.url and other.url != paper.url and other.url not in paper.other_urls:
        changes["other_urls"] = (*paper.other_urls, other.url)
    return replace(paper, **{name: value for name, value in changes.items() if value})


def _is_missing(paper: Paper, name: str) -> bool:
    if name == "doi":
        # A preprint's own DOI says no more than its id; its publication's does.
        return publication_doi(paper) is None
    return not getattr(paper, name)


def gained(before: Paper, after: Paper) -> tuple[str, ...]:
    """The names of the fields that were filled."""
    names = (*_FIELDS, "retracted")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def same_work(paper: Paper, other: Paper) -> bool:
    """Whether the titles may be of one work: a DOI that was read from a page may be that of a work cited there."""
    one, two = title_key(paper.title), title_key(other.title)
    if not one or not two or one in two or two in one:
        return True
    words = [set((each.title or "").casefold().split()) for each in (paper, other)]
    return len(words[0] & words[1]) >= _SAME_WORDS * min(map(len, words))


def any_doi(paper: Paper) -> str | None:
    """The paper's DOI, else the one that arXiv registers for each of its papers."""
    return doi_in(paper.doi) or (f"{ARXIV_DOI}{paper.arxiv_id}" if paper.arxiv_id else None)
