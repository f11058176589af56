"""Answer a file of questions in one process."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from app.answering.events import Answer
from app.answering.query.request import question_from_json
from app.answering.question import Question
from retrieval.errors import InputError
from retrieval.files import writing
from retrieval.types import Filters, Progress

MAX_LINE_CHARS = 1_000_000


class _Asks(Protocol):
    def ask(self, question: Question) -> Answer: ...


def answer_file(answerer: _Asks, asked: list[tuple[Any, Question]], answers: Path, progress: Progress) -> None:
    """One answer a line for every question, with its id, in its order.

    The file appears only when it is complete. Raises `InputError` where it cannot be written.
    """
    if not answers.name:
        raise InputError(f"{answers} is a folder: choose another with --out.")
    draft = answers.with_name(f".{answers.name}.{os.getpid()}")
    try:
        with writing(f"The file {answers}", InputError, "choose another with --out"):
            # A lone surrogate in an id cannot be UTF-8; its backslash form is what JSON calls it anyway.
            with draft.open("w", encoding="utf-8", errors="backslashreplace") as file:
                for done, (identifier, question) in enumerate(asked):
                    progress("Answering", done, len(asked))
                    record = answerer.ask(question).as_json() | {"id": identifier}
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
            draft.replace(answers)
    finally:
        if draft.exists():
            draft.unlink()
    progress("Answering", len(asked), len(asked))


def read_batch(path: Path, filters: Filters = Filters()) -> list[tuple[Any, Question]]:
    """The file's ids and questions, all checked; a question without filters of its own gets `filters`.

    Raises `InputError` naming file and line.
    """
    return list(_questions(path, filters))


def _questions(path: Path, filters: Filters) -> Iterator[tuple[Any, Question]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The questions file {path} cannot be read: give a UTF-8 file of JSON lines.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _parsed(line, filters)
        except InputError as error:
            raise InputError(f"{path}, line {number}: {error}") from error


def _parsed(line: str, filters: Filters) -> tuple[Any, Question]:
    if len(line) > MAX_LINE_CHARS:
        raise InputError(f"longer than {MAX_LINE_CHARS:,} characters.")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON ({error}).") from error
    if not isinstance(record, dict) or "id" not in record:
        raise InputError('not an object with an "id".')
    return record["id"], question_from_json(record, filters)
