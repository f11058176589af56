"""This project's summaries of papers in other languages of answers, for readers of quotes in English."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.papers.papers import Papers

FILE = "summaries.{language}.jsonl"
MAX_CHARS = 400
MAX_SUMMARIES = 10_000
Summaries = Mapping[str, str]
"""By the ids of the papers."""
NO_SUMMARIES: Summaries = MappingProxyType({})


def read_summaries(file: Path, papers: Papers) -> Summaries:
    """The summaries of those papers that have the summary which was translated; none where there is no such file.

    Raises `InputError` at a bad line.
    """
    if not file.is_file():
        return NO_SUMMARIES
    lines: list[tuple[str, str, str]] = []
    for number, line in read_records(file, _parsed, what="summaries", kind=InputError):
        if number > MAX_SUMMARIES:
            raise InputError(f"{file} has more than {MAX_SUMMARIES:,} lines: leave those out that nobody needs.")
        lines.append(line)
    known = papers.of(paper_id for paper_id, _, _ in lines)
    return MappingProxyType(
        {
            paper_id: translation
            for paper_id, summary, translation in lines
            if summary and paper_id in known and known[paper_id].summary == summary
        }
    )


def _parsed(record: dict[str, Any]) -> tuple[str, str, str]:
    paper_id, summary, translation = (record[key] for key in ("paper", "summary", "translation"))
    if not (isinstance(paper_id, str) and isinstance(summary, str) and isinstance(translation, str)):
        raise ValueError("paper, summary and translation must be strings")
    if not 0 < len(translation.strip()) <= MAX_CHARS:
        raise ValueError(f"the translation must have 1 to {MAX_CHARS} characters")
    return paper_id, summary, " ".join(translation.split())
