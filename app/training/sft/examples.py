"""Lessons: a question, the groups of sentences it was given, and what is to be said of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.json_lines import read_records


@dataclass(frozen=True, slots=True)
class QuoteGroup:
    """Neighbouring sentences of one paper, and the sentence that says what they answer; None where they do not."""

    paper_id: str
    evidence: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class SftExample:
    """`question` is as asked, `standalone` as the chain understands it after what was asked before."""

    id: str
    kind: str
    question: str
    standalone: str
    groups: tuple[QuoteGroup, ...]
    asked: str | None = None
    """The id of the question in data/questions that this is; None for one written for the lesson."""


def read_sft_examples(path: Path) -> tuple[SftExample, ...]:
    """All lessons of a JSON-lines file; its schema is in data/README.md.

    Raises `InputError` naming file, line and reason.
    """
    lessons = [lesson for _, lesson in read_records(path, _parsed, what="lessons", kind=InputError)]
    if not lessons:
        raise InputError(f"{path} holds no lessons: give a file with one JSON object a line.")
    return tuple(lessons)


def _parsed(record: dict[str, Any]) -> SftExample:
    groups = tuple(
        QuoteGroup(
            str(group["paper"]), str(group["evidence"]), None if group["answer"] is None else str(group["answer"])
        )
        for group in record["groups"]
    )
    question = str(record["question"])
    if not question.strip() or not groups or any(not group.evidence.strip() for group in groups):
        raise ValueError("a lesson needs a question and groups with evidence")
    return SftExample(
        id=str(record["id"]),
        kind=str(record["kind"]),
        question=question,
        standalone=str(record.get("standalone", question)),
        groups=groups,
        asked=record.get("asked"),
    )
