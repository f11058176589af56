"""What the collection has already, with what this run has given it so far."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.adding.documents import alike
from retrieval.adding.works import has_made_id, same_short_title, same_work
from retrieval.errors import CorpusError
from retrieval.full_text import FullText, PaperText
from retrieval.identity import MOST_ID_CHARS, keys_of
from retrieval.types import Paper

if TYPE_CHECKING:
    from retrieval.papers.known import Known

REMEMBERED = 4_096
"""Papers of this run that are kept: more than wait for the database at once."""
MOST_SAME_IDS = 1_000
"""Works that may share an id but for the number behind it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A paper that is there; `now` says whether this run has given it, or given something to it."""

    paper: Paper
    now: bool


class There:
    """Finds papers by what else they are known by.

    Of the papers that it is told of the last few thousand are kept, as the database knows of them a while later; their
    texts are not held in memory.
    """

    def __init__(self, known: Known, remembered: int = REMEMBERED) -> None:
        self._known = known
        self._most = remembered
        self._now: OrderedDict[str, Paper] = OrderedDict()
        self._by_key: dict[str, str] = {}
        self._by_file: dict[str, str] = {}

    def by_file(self, sha256: str) -> Found | None:
        """The paper whose text was read from the file of that SHA-256."""
        if (paper_id := self._by_file.get(sha256)) and (found := self.by_id(paper_id)):
            return found
        paper = self._known.by_file(sha256)
        return self._newest(paper) if paper else None

    def by_key(self, key: str) -> Found | None:
        """The paper that has the key, such as "arxiv:2301.00001"."""
        if (paper_id := self._by_key.get(key)) and (found := self.by_id(paper_id)):
            return found
        paper = self._known.by_keys([key]).get(key)
        return self._newest(paper) if paper else None

    def find(self, paper: Paper) -> Found | None:
        """The record of the same work."""
        for found in self._candidates(paper):
            if same_work(found.paper, paper) and self._one_text(found.paper, paper):
                return found
        for found in self._of_id(paper.id):
            if self._is(found, paper):
                return found
        return None

    def free_id(self, wanted: str) -> str:
        """The id, or where another work has it the next free one of id-2, id-3 …"""
        for numbered in _numbered(wanted):
            if self.by_id(numbered) is None:
                return numbered
        raise CorpusError(
            f"More than {MOST_SAME_IDS:,} papers have the id {wanted[:80]!r}: give them ids of their own."
        )

    def remember(self, paper: Paper, just_read: bool = True) -> None:
        """Keep in mind that the next generation has this paper. A text that was just read is not kept in memory."""
        text = paper.text
        if text and text.file:
            self._by_file[text.file] = paper.id
        if text and just_read:
            paper = replace(paper, text=_held_loosely(text, paper.id, self._known))
        self._now[paper.id] = paper
        self._now.move_to_end(paper.id)
        for key in keys_of(paper):
            self._by_key[key] = paper.id
        while len(self._now) > self._most:
            self._forget(self._now.popitem(last=False)[1])

    def _forget(self, paper: Paper) -> None:
        if paper.text and paper.text.file:
            self._by_file.pop(paper.text.file, None)
        for key in keys_of(paper):
            if self._by_key.get(key) == paper.id:
                del self._by_key[key]

    def _candidates(self, paper: Paper) -> Iterator[Found]:
        """What is known by one of the paper's keys, the surest first."""
        keys = keys_of(paper)
        known = self._known.by_keys(keys) if keys else {}
        for key in keys:
            if (paper_id := self._by_key.get(key)) and (found := self.by_id(paper_id)):
                yield found
            if key in known:
                yield self._newest(known[key])

    def _of_id(self, wanted: str) -> Iterator[Found]:
        for numbered in _numbered(wanted):
            found = self.by_id(numbered)
            if found is None:
                return
            yield found

    def _is(self, found: Found, paper: Paper) -> bool:
        """Whether what has the paper's id, or one with a number behind it, is the paper, which no key has told."""
        there = found.paper
        if same_work(there, paper) or same_short_title(there, paper):
            return self._one_text(there, paper)
        if there.text and paper.text and there.text.digest == paper.text.digest:
            return True
        # A source that gave the id itself, or has but a file's name to make one of, says the same one anew.
        told_anew = there.id == paper.id and there.source == paper.source and not found.now
        return told_anew and (not has_made_id(paper) or not (there.title or paper.title))

    def _one_text(self, there: Paper, paper: Paper) -> bool:
        """Whether texts of two documents, of which only title and author are the same, are of one work: notes for each
        week of a course are not, and a title may be read wrongly."""
        if there.text is None or paper.text is None or there.text.digest == paper.text.digest:
            return True
        if {key for key in keys_of(there) if not key.startswith("title:")} & set(keys_of(paper)):
            return True
        return alike(there.text.load().text, paper.text.load().text)

    def _newest(self, paper: Paper) -> Found:
        now = self._now.get(paper.id)
        return Found(now or paper, now is not None)

    def by_id(self, paper_id: str) -> Found | None:
        """The paper of that id."""
        if now := self._now.get(paper_id):
            return Found(now, True)
        paper = self._known.by_id(paper_id)
        return Found(paper, False) if paper else None


def _numbered(wanted: str) -> Iterator[str]:
    yield wanted
    for number in range(2, MOST_SAME_IDS):
        behind = f"-{number}"
        yield wanted[: MOST_ID_CHARS - len(behind)] + behind


def _held_loosely(text: PaperText, paper_id: str, known: Known) -> PaperText:
    """The text, which is in memory only while somebody else needs it there, and then in the database."""
    held: weakref.ref[FullText] = weakref.ref(text.load())

    def load() -> FullText:
        if full := held():
            return full
        paper = known.by_id(paper_id)
        if paper is None or paper.text is None or paper.text.digest != text.digest:
            raise CorpusError("The text of a paper that was just added is gone: add it again.")
        return paper.text.load()

    return replace(text, load=load)
