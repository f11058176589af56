"""Questions to ask next that were written for the papers, each with the sentences that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.answering.evidence.written_for import written_for
from retrieval.papers.papers import Papers
from retrieval.types import ExpansionQuery

FILE = "suggestions.jsonl"
LANGUAGE = "en"
Suggestions = Mapping[str, tuple[ExpansionQuery, ...]]
"""The questions by their papers' ids, in the order in which they were written."""


def read_suggestions(file: Path, papers: Papers) -> Suggestions:
    """The questions for those papers in whose abstracts their sentences stand. Raises `InputError`."""
    found: dict[str, list[ExpansionQuery]] = {}
    for paper_id, text, places in written_for(file, papers, "question", "suggestions"):
        found.setdefault(paper_id, []).append(ExpansionQuery(paper_id, text, text, LANGUAGE, places))
    return {paper_id: tuple(questions) for paper_id, questions in found.items()}
