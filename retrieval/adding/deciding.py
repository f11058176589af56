"""What an entry becomes beside what is there: one record of both, and what is told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from retrieval.adding.report import Outcome
from retrieval.adding.there import Found
from retrieval.adding.works import anew, has_made_id, is_from_document, merged
from retrieval.types import Paper

_TOLD = {
    "title": "title",
    "abstract": "abstract",
    "authors": "authors",
    "published": "date",
    "doi": "DOI",
    "arxiv_id": "arXiv id",
    "url": "address",
    "other_urls": "address",
    "retracted": "retraction",
}
"""What the reader is told of when it changed; a full text besides."""
ONLY_ITS_TITLE = "there is only its title to find it by"
TEXT_OF_ANOTHER_FILE = "its full text is there from another file"


@dataclass(frozen=True, slots=True)
class Decided:
    """The paper as it is to be in the collection, and what the entry became; see `retrieval.adding.report.Became`."""

    paper: Paper
    outcome: Outcome
    reason: str = ""
    of: str | None = None


def as_new(paper: Paper, paper_id: str) -> Decided:
    """A paper that was not there."""
    new = replace(paper, id=paper_id)
    return Decided(new, "added") if new.readable else Decided(new, "no_abstract", ONLY_ITS_TITLE)


def beside(found: Found, paper: Paper) -> Decided:
    """A paper of which there is a record already."""
    there = found.paper
    paper_now = _one_record(found, paper)
    if told := _changes(there, paper_now):
        return Decided(paper_now, "updated", f"new: {', '.join(told)}")
    if paper_now != there:
        return Decided(paper_now, "updated")
    if paper.text and there.text:
        if paper.text.digest == there.text.digest:
            return Decided(paper_now, "same")
        return Decided(paper_now, "duplicate", TEXT_OF_ANOTHER_FILE, there.id)
    if found.now or not (_has_id(there, paper.id) or _is_of_its_source(there, paper)):
        return Decided(paper_now, "duplicate", of=there.id)
    return Decided(paper_now, "same", "" if there.readable else ONLY_ITS_TITLE)


def _one_record(found: Found, paper: Paper) -> Paper:
    """What is there stays, and is filled in. But what a source has said before it may say anew, and references know
    better than a document what it is."""
    there = found.paper
    if is_from_document(there) and not is_from_document(paper):
        return merged(replace(paper, id=there.id), there)
    if found.now:
        return merged(there, paper)
    own_id = _has_id(there, paper.id) and not has_made_id(paper)
    return anew(there, paper) if _is_of_its_source(there, paper) or own_id else merged(there, paper)


def _is_of_its_source(there: Paper, paper: Paper) -> bool:
    return bool(paper.source) and paper.source == there.source


def _has_id(there: Paper, wanted: str) -> bool:
    """Whether a paper has the id that was wanted for it, or, where another had it, the same with a number behind."""
    return there.id == wanted or bool(re.fullmatch(rf"{re.escape(wanted)}-\d{{1,4}}", there.id))


def _changes(before: Paper, now: Paper) -> list[str]:
    """What a reader would want to know of it."""
    changed = [told for name, told in _TOLD.items() if getattr(before, name) != getattr(now, name)]
    digests = (before.text.digest if before.text else None, now.text.digest if now.text else None)
    if digests[0] != digests[1]:
        changed.append("full text")
    return list(dict.fromkeys(changed))
