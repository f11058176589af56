"""Lessons: a question, the groups of sentences it was given, and what is to be said of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import InputError


@dataclass(frozen=True, slots=True)
class QuoteGroup:
    """Neighbouring sentences of one paper, and the sentence that says what they answer; None where they do not."""

    paper: str
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
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The lessons file {path} cannot be read: give a UTF-8 file of JSON lines.") from error
    lessons = []
    for number, line in enumerate(lines, start=1):
        try:
            lessons.append(_parsed(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"the key {error} is missing" if isinstance(error, KeyError) else error
            raise InputError(f"{path}, line {number}: {reason}; mend the line and try again.") from error
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
