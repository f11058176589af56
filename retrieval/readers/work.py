"""What a source says of a work, before it is a paper: the same for all forms of references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from retrieval.identity import arxiv_id_in, doi_as_written, paper_id_for
from retrieval.readers.base import NEEDS_ONLINE, Entry, WantedId
from retrieval.readers.exact import with_exact
from retrieval.readers.jsonl import ID_PATTERN, MAX_SHORT_CHARS, is_web_address, parse_paper
from retrieval.readers.languages import language_code
from retrieval.readers.markup import without_markup
from retrieval.readers.names import MOST_AUTHORS
from retrieval.types import Paper


@dataclass(frozen=True, slots=True)
class Work:
    """A work as a source tells of it; nothing of it is checked.

    `title` and `abstract` may have the tags of web pages. `doi` and `arxiv` are texts that have one, such as an
    address. `urls` are addresses, the best first. `id` is the source's own name for it where that is one for
    everybody, else it is called by what it is known by. `exact` is what `exact.exact_of` wrote into the source.
    """

    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None
    doi: str | None = None
    arxiv: str | None = None
    urls: tuple[str, ...] = ()
    language: str | None = None
    kind: str = "paper"
    organisation: str | None = None
    category: str | None = None
    source: str = ""
    id: str | None = None
    retracted: bool = False
    exact: str | None = None

    def as_record(self) -> dict[str, object]:
        """The work as `parse_paper` reads it, with its links and ids checked; without what `exact` says."""
        title, abstract = without_markup(self.title), without_markup(self.abstract)
        doi, arxiv = doi_as_written(self.doi), arxiv_id_in(self.arxiv)
        own = self.id if self.id and ID_PATTERN.fullmatch(self.id) else None
        urls = [url for url in dict.fromkeys(map(str.strip, self.urls)) if is_web_address(url)]
        year = self.published.year if self.published else None
        return {
            "id": own or paper_id_for(doi, arxiv, title, year),
            "title": title or None,
            "abstract": abstract,
            "authors": [author for author in map(without_markup, self.authors[:MOST_AUTHORS]) if author],
            "published": self.published.isoformat() if self.published else None,
            "doi": doi,
            "arxiv_id": arxiv,
            "url": urls[0] if urls else None,
            "other_urls": urls[1:],
            "language": language_code(self.language, abstract),
            "kind": self.kind,
            "organisation": without_markup(self.organisation or "")[:MAX_SHORT_CHARS] or None,
            "category": self.category,
            "source": self.source,
            "retracted": self.retracted,
        }

    def paper(self) -> Paper:
        """The work as a paper. Raises `ValueError` with the reason where it is none."""
        return parse_paper(self._record())

    def entry(self, place: str, attached: tuple[Path, ...] = ()) -> Entry:
        """The work as an entry of its source: a paper, or what is wrong with it, or the id by which it can be had."""
        record = self._record()
        if not (record.get("title") or record.get("label")):
            if wanted := _wanted(record, place):
                return Entry(place, problem=NEEDS_ONLINE, attached=attached, wanted=wanted)
            return Entry(place, problem="no title", attached=attached)
        try:
            return Entry(place, parse_paper(record), attached=attached)
        except ValueError as error:
            return Entry(place, problem=str(error), attached=attached)

    def _record(self) -> dict[str, object]:
        return with_exact(self.as_record(), self.exact)


def _wanted(record: Mapping[str, object], place: str) -> WantedId | None:
    arxiv, doi = record["arxiv_id"], record["doi"]
    if isinstance(doi, str) and (of_doi := arxiv_id_in(doi)):
        arxiv = arxiv or of_doi
    if isinstance(arxiv, str):
        return WantedId("arxiv", arxiv, place)
    return WantedId("doi", doi.casefold(), place) if isinstance(doi, str) else None
