"""Answer a file of questions in one process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from app.answering.answer import Answer
from app.answering.query.request import question_from_json
from app.answering.question import Question
from retrieval.errors import InputError
from retrieval.facets import Facets, Filters
from retrieval.files import replacing, writing
from retrieval.json_lines import read_records
from retrieval.types import Progress


class _Asks(Protocol):
    def ask(self, question: Question) -> Answer: ...


def answer_file(answerer: _Asks, asked: list[tuple[Any, Question]], answers: Path, progress: Progress) -> None:
    """One answer a line for every question, with its id, in its order.

    The file appears only when it is complete. Raises `InputError` where it cannot be written.
    """
    if not answers.name:
        raise InputError(f"{answers} is a folder: choose another with --out.")
    with (
        writing(f"The file {answers}", InputError, "choose another with --out"),
        replacing(answers) as draft,
        # A lone surrogate in an id cannot be UTF-8; its backslash form is what JSON calls it anyway.
        draft.open("w", encoding="utf-8", errors="backslashreplace") as file,
    ):
        for done, (identifier, question) in enumerate(asked):
            progress("Answering", done, len(asked))
            record = answerer.ask(question).as_json() | {"id": identifier}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    progress("Answering", len(asked), len(asked))


def read_batch(path: Path, filters: Filters = Filters(), facets: Facets | None = None) -> list[tuple[Any, Question]]:
    """The file's ids and questions, all checked; a question without filters of its own gets `filters`.

    `facets` are those of the collection that is asked. Raises `InputError` naming file and line.
    """

    def parsed(record: dict[str, Any]) -> tuple[Any, Question]:
        if "id" not in record:
            raise ValueError('not an object with an "id"')
        return record["id"], question_from_json(record, filters, facets)

    return [asked for _, asked in read_records(path, parsed, what="questions", kind=InputError)]
