"""Which papers are compared in what, checked at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.collection.aspects import ASPECTS, Aspect
from app.answering.question import Question, checked_question, clean
from app.answering.side_by_side.table import ANSWER, Column
from app.notices.notice import Notice
from retrieval.errors import InputError
from retrieval.json_lines import is_object, is_strings
from retrieval.papers.papers import Papers
from retrieval.types import Paper

MIN_COMPARED, MAX_COMPARED = 2, 12
"""With a question each paper is read by itself, so that many would take long."""
_MAX_ID_CHARS = 80


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """Which papers, by their ids, and in what, as somebody asks; nothing of it is checked but its form."""

    paper_ids: tuple[str, ...]
    question: str | None = None
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToCompare:
    """The papers of the collection, the question where there is one, and the columns; made by `checked_request`."""

    papers: tuple[Paper, ...]
    columns: tuple[Column, ...]
    question: Question | None = None

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        return tuple(aspect for aspect in ASPECTS if aspect in self.columns)


def compare_request_from_json(record: object) -> CompareRequest:
    """The request of `{"paper_ids", "question"?, "aspects"?}`. Raises `InputError` where it is not of that form."""
    if not is_object(record) or not is_strings(record.get("paper_ids")):
        raise InputError('A comparison must be an object with "paper_ids", a list of the ids of papers.')
    question, aspects = record.get("question"), record.get("aspects")
    if question is not None and not isinstance(question, str):
        raise InputError('The "question" of a comparison must be a text; leave it out to compare without one.')
    if aspects is not None and not is_strings(aspects):
        raise InputError(f'The "aspects" of a comparison must be a list of some of {", ".join(ASPECTS)}.')
    return CompareRequest(tuple(record["paper_ids"]), question, tuple(aspects or ()))


def checked_request(asked: CompareRequest, papers: Papers) -> ToCompare:
    """The request, held against the papers of the collection.

    Without aspects the columns are the answer to the question or, where nothing is asked, all aspects.

    Raises `InputError` for fewer papers than `MIN_COMPARED` or more than `MAX_COMPARED`, for one that is chosen twice,
    is not there or, with all others, has no abstract, and for a question or an aspect that cannot be.
    """
    question = None if asked.question is None else checked_question(asked.question)
    chosen = _chosen(asked.paper_ids, papers)
    aspects = _aspects(asked.aspects)
    if question is None:
        return ToCompare(chosen, aspects or ASPECTS)
    return ToCompare(chosen, (*aspects, ANSWER), question)


def _chosen(ids: Sequence[str], papers: Papers) -> tuple[Paper, ...]:
    if len(ids) > MAX_COMPARED:
        raise InputError(Notice("papers_many", count=len(ids), limit=MAX_COMPARED))
    known = papers.of(ids)
    for place, paper_id in enumerate(ids):
        if paper_id not in known:
            raise InputError(Notice("paper_unknown", id=_shown(paper_id)))
        if paper_id in ids[:place]:
            raise InputError(Notice("paper_twice", id=_shown(paper_id)))
    if len(ids) < MIN_COMPARED:
        raise InputError(Notice("papers_few"))
    chosen = tuple(known[paper_id] for paper_id in ids)
    if not any(paper.readable for paper in chosen):
        raise InputError(Notice("papers_unquotable"))
    return chosen


def _aspects(names: Sequence[str]) -> tuple[Aspect, ...]:
    if unknown := [name for name in names if name not in ASPECTS]:
        raise InputError(f"There is no aspect {_shown(unknown[0])!r}: choose from {', '.join(ASPECTS)}.")
    return tuple(aspect for aspect in ASPECTS if aspect in names)


def _shown(name: str) -> str:
    """A name as somebody sent it, on one line and not endless."""
    return clean(name[: 2 * _MAX_ID_CHARS])[:_MAX_ID_CHARS]
