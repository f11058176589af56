"""Papers from the web, as a user asks for them: by their ids, and what is missing of those that are there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from retrieval.errors import OnlineError
from retrieval.identity import arxiv_id_in, doi_in, publication_doi
from retrieval.online.addresses import PUBLIC, Addresses
from retrieval.online.arxiv import BATCH, Arxiv
from retrieval.online.cache import Cache
from retrieval.online.completing import Completion, any_doi, filled, gained, lacks, same_work
from retrieval.online.fetch import Fetch
from retrieval.online.openalex import openalex_paper
from retrieval.online.registered import RefusedError, crossref_paper, registered_paper
from retrieval.readers.base import Entry
from retrieval.sanitize import sanitize
from retrieval.types import Paper

_WANTS_A_KEY = frozenset({401, 403})
MOST_PLACE_CHARS = 200


class Online:
    """Servers of papers: arXiv, Crossref, doi.org and OpenAlex. Made only where a user said --online.

    `cache` is the folder in which their answers are kept, `contact` the user's e-mail address, which is sent along.
    `pause` waits for so many seconds. Nothing is asked before a method is called. Raises `InputError` for a contact
    that is no e-mail address.
    """

    def __init__(
        self,
        cache: Path,
        contact: str | None = None,
        addresses: Addresses = PUBLIC,
        *,
        pause: Callable[[float], None] = time.sleep,
        fetch: Fetch | None = None,
    ) -> None:
        self._fetch = fetch or Fetch(addresses, contact, pause=pause)
        self._cache = Cache(cache)
        self._arxiv = Arxiv(self._fetch, self._cache, pause)
        self._openalex_says_no = False

    def arxiv(self, ids: Sequence[str]) -> Iterator[Entry]:
        """An entry for each arXiv id, in their order; one that cannot be had has a problem and no paper.

        A paper that its authors have withdrawn has both.
        """
        return self._arxiv.entries(ids)

    def doi(self, doi: str) -> Entry:
        """The work of a DOI, of Crossref, else of doi.org, completed where OpenAlex has what these lack.

        One that cannot be had has a problem and no paper; one of which Crossref did not say whether it was retracted
        has both.
        """
        place = f"DOI {sanitize(doi[:MOST_PLACE_CHARS]).strip()}"
        name = doi_in(doi)
        if name is None:
            return Entry(place, problem="not a DOI")
        if arxiv_id_in(name):
            return replace(next(self.arxiv([name])), place=place)
        problem = ""
        try:
            try:
                paper = crossref_paper(name, self._fetch, self._cache)
            except OnlineError as error:
                paper, problem = None, f"whether it was retracted is not known: {error.message}"
            paper = paper or registered_paper(name, self._fetch, self._cache)
        except (OnlineError, ValueError) as error:
            return Entry(place, problem=str(error))
        if paper is None:
            return Entry(place, problem="no work is registered under this DOI")
        return Entry(place, self.completed(paper) if lacks(paper) else paper, problem)

    def completed(self, paper: Paper) -> Paper:
        """The paper with what it lacks and whether it was retracted; as it was where nobody knows more."""
        return self.completion(paper).paper

    def all_completed(self, papers: Iterable[Paper]) -> Iterator[Completion]:
        """What `completion` gives for each paper, in their order; arXiv is asked for `BATCH` of them at once."""
        left = iter(papers)
        while batch := list(islice(left, BATCH)):
            problems: tuple[str, ...] = ()
            try:
                self._arxiv.records([paper.arxiv_id for paper in batch if paper.arxiv_id and _arxiv_may_help(paper)])
            except OnlineError as error:
                problems = (error.message,)
            for paper in batch:
                completion = self.completion(paper, ask_arxiv=not problems)
                told = problems if paper.arxiv_id and _arxiv_may_help(paper) else ()
                yield replace(completion, problems=tuple(dict.fromkeys((*told, *completion.problems))))

    def completion(self, paper: Paper, ask_arxiv: bool = True) -> Completion:
        """The paper with what it lacks, and who was asked for it, by the fewest requests.

        arXiv is asked first, then Crossref, which alone says what was retracted, doi.org for what Crossref does not
        have, and OpenAlex for an abstract, authors or a date that are missing still. What is there is not replaced.
        """
        run = _Run(paper)
        if ask_arxiv and paper.arxiv_id and _arxiv_may_help(paper):
            run.ask("arXiv", self._from_arxiv)
        if publication_doi(run.paper):
            run.ask("Crossref", self._from_crossref)
            if lacks(run.paper) and not run.known_to_crossref:
                run.ask("doi.org", self._from_registry)
        if lacks(run.paper) and any_doi(run.paper) and not self._openalex_says_no:
            run.ask("OpenAlex", self._from_openalex)
        return Completion(run.paper, tuple(run.asked), gained(paper, run.paper), tuple(run.problems))

    def _from_arxiv(self, run: _Run) -> Paper | None:
        records = self._arxiv.records([run.paper.arxiv_id or ""])
        record = next(iter(records.values()), None)
        return record.paper if record else None

    def _from_crossref(self, run: _Run) -> Paper | None:
        paper = crossref_paper(publication_doi(run.paper) or "", self._fetch, self._cache)
        run.known_to_crossref = paper is not None
        return paper

    def _from_registry(self, run: _Run) -> Paper | None:
        return registered_paper(publication_doi(run.paper) or "", self._fetch, self._cache)

    def _from_openalex(self, run: _Run) -> Paper | None:
        try:
            return openalex_paper(any_doi(run.paper) or "", self._fetch, self._cache)
        except OnlineError as error:
            # It wants a key, or has had enough for today: the others go on without it.
            self._openalex_says_no = not isinstance(error, RefusedError) or error.status in _WANTS_A_KEY
            raise

    def pdf(self, paper: Paper) -> Path | None:
        """The paper's PDF from arXiv, in the cache; None for a paper that is not of arXiv. Raises `OnlineError`."""
        arxiv_id = arxiv_id_in(paper.arxiv_id)
        return self._arxiv.pdf(arxiv_id) if arxiv_id else None


class _Run:
    """One paper's way from server to server."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.asked: list[str] = []
        self.problems: list[str] = []
        self.known_to_crossref = False

    def ask(self, name: str, source: Callable[[_Run], Paper | None]) -> None:
        """Take over what the source says; a source that fails is a problem, and the next may be asked."""
        self.asked.append(name)
        try:
            other = source(self)
        except OnlineError as error:
            if error.message not in self.problems:
                self.problems.append(error.message)
            return
        except ValueError as error:
            self.problems.append(f"{name} has no usable record ({error}).")
            return
        if other is None:
            return
        if not same_work(self.paper, other):
            self.problems.append(
                f"{name} has another work under this id, {(other.title or '')[:100]!r}: it was not used."
            )
            return
        self.paper = replace(filled(self.paper, other), retracted=self.paper.retracted or other.retracted)


def _arxiv_may_help(paper: Paper) -> bool:
    return lacks(paper) or publication_doi(paper) is None
