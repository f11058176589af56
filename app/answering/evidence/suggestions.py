"""Questions to ask next that were written for the papers, each with the sentences that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.types import ExpansionQuery, Paper, Span

FILE = "suggestions.jsonl"
LANGUAGE = "en"
Suggestions = Mapping[str, tuple[ExpansionQuery, ...]]
"""The questions by their papers' ids, in the order in which they were written."""


def read_suggestions(file: Path, papers: Iterable[Paper]) -> Suggestions:
    """The questions for those papers in whose abstracts their sentences stand. Raises `InputError`."""
    known = {paper.id: paper for paper in papers}
    found: dict[str, list[ExpansionQuery]] = {}
    for _, (paper_id, text, sentences) in read_records(file, _parsed, what="suggestions", kind=InputError):
        places = places_of(known[paper_id], sentences) if paper_id in known else ()
        if places:
            found.setdefault(paper_id, []).append(ExpansionQuery(paper_id, text, text, LANGUAGE, places))
    return {paper_id: tuple(questions) for paper_id, questions in found.items()}


def _parsed(record: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    return str(record["paper"]), str(record["question"]), tuple(map(str, record["sentences"]))


def places_of(paper: Paper, sentences: Sequence[str]) -> tuple[Span, ...]:
    """Where the sentences stand in the abstract; none where one is missing, as the text is another then.

    Those of an abstract that is read in its English translation have no places of their own: the whole answers.
    """
    text = paper.abstract
    if not sentences:
        return ()
    if "en" in paper.translations and all(sentence in paper.translations["en"] for sentence in sentences):
        return (Span(0, len(text)),)
    starts = [(text.find(sentence), len(sentence)) for sentence in sentences]
    return tuple(Span(start, start + length) for start, length in starts) if min(starts)[0] >= 0 else ()
