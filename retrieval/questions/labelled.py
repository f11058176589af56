"""Questions files: who asks what, and which papers and sentences answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.json_lines import bad_line, is_strings, read_records
from retrieval.types import Paper

TYPES = ("single", "multi", "followup", "chinese", "typo", "keyword", "unanswerable")


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence that answers: verbatim in the abstract of the paper."""

    paper_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with the ids of the papers that answer it; none where the papers do not.

    `asked_before` are the reader's earlier questions, oldest first.
    """

    id: str
    type: str
    language: str
    text: str
    papers: tuple[str, ...]
    gold: tuple[Gold, ...] = ()
    asked_before: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        """The question after those before it."""
        return " ".join((*self.asked_before, self.text))


def read_labelled_questions(path: Path) -> tuple[LabelledQuestion, ...]:
    """All questions of a JSON-lines file; its schema is in data/README.md.

    Raises `InputError` naming file, line and reason.
    """
    questions: dict[str, LabelledQuestion] = {}
    for number, question in read_records(path, _parsed, what="questions", kind=InputError):
        if question.id in questions:
            raise bad_line(path, number, f"the id {question.id!r} stands on an earlier line too", InputError)
        questions[question.id] = question
    if not questions:
        raise InputError(f"{path} holds no questions: give a file with one JSON object a line.")
    return tuple(questions.values())


def check_papers(questions: Iterable[LabelledQuestion], papers: Iterable[Paper]) -> None:
    """Raise `InputError` where a question is answered by a paper that is not among these."""
    known = {paper.id for paper in papers}
    for question in questions:
        for name in question.papers:
            if name not in known:
                raise InputError(
                    f"The question {question.id!r} names a paper {name!r} that the collection does not have: "
                    "choose the collection that the questions are about."
                )


def _parsed(record: dict[str, Any]) -> LabelledQuestion:
    if not isinstance(record["question"], str) or not record["question"].strip():
        raise ValueError("question must be a string that is not empty")
    record["question"].encode()  # Half a surrogate pair raises here, a `ValueError` too, rather than in a tokenizer.
    if not is_strings(record["papers"]):
        raise ValueError("papers must be a list of ids")
    kind = record.get("type", "single" if record["papers"] else "unanswerable")
    if kind not in TYPES:
        raise ValueError(f"type {kind!r} is none of {', '.join(TYPES)}")
    if (kind == "unanswerable") == bool(record["papers"]):
        raise ValueError("a question names papers unless its type is unanswerable")
    return LabelledQuestion(
        id=str(record["id"]),
        type=kind,
        language=str(record.get("language", "en")),
        text=record["question"],
        papers=tuple(record["papers"]),
        gold=tuple(Gold(str(gold["paper"]), str(gold["sentence"])) for gold in record.get("gold") or ()),
        asked_before=tuple(str(turn["content"]) for turn in record.get("history") or () if turn["role"] == "user"),
    )
