"""Lessons: a question, the quotes that it was given, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answering.evidence.prepared import ENGLISH, PreparedAnswer
from retrieval.errors import InputError
from retrieval.json_lines import read_records

Quote = tuple[str, str]
"""The name of its paper, and its text."""


@dataclass(frozen=True, slots=True)
class SftExample:
    """`answer` says directly what the quotes answer; None where they do not."""

    id: str
    form: str
    question: str
    quotes: tuple[Quote, ...]
    answer: str | None


def read_sft_examples(path: Path, names: Mapping[str, str]) -> tuple[SftExample, ...]:
    """All lessons of a JSON-lines file over this project's papers, whose `names` go by id (data/README.md).

    Raises `InputError` naming file, line and reason.
    """

    def quotes(record: dict[str, Any]) -> list[Quote]:
        return [(names[str(one["paper"])], str(one["text"])) for one in record["quotes"]]

    return _read(path, quotes)


def read_other_examples(path: Path, abstracts: Path) -> tuple[SftExample, ...]:
    """All lessons over papers of other fields, of which the file names the sentences alone.

    `abstracts` is SciFact's corpus, as `read_abstracts` takes it. Raises `InputError` naming file, line and reason.
    """
    papers = read_abstracts(abstracts)

    def quotes(record: dict[str, Any]) -> list[Quote]:
        document = str(record["doc"])
        if document not in papers:
            raise InputError(f"{abstracts} has no document {document}: give SciFact's whole corpus.")
        title, sentences = papers[document]
        places = [int(place) for place in record["sentences"]]
        if not all(0 <= place < len(sentences) for place in places):
            raise ValueError(f"the document {document} has {len(sentences)} sentences, and no other places")
        return [(title, sentences[place]) for place in places]

    return _read(path, quotes)


def read_abstracts(path: Path) -> Mapping[str, tuple[str, Sequence[str]]]:
    """Title and sentences of each document, by its id, of JSON lines with `_id`, `title` and `sentences`.

    Raises `InputError` naming file, line and reason.
    """
    return {
        identifier: (title, sentences)
        for _, (identifier, title, sentences) in read_records(path, _abstract, what="abstracts", kind=InputError)
    }


def examples_of(prepared: Iterable[PreparedAnswer]) -> tuple[SftExample, ...]:
    """A lesson for each English answer that was prepared and is proved by quotes, asked in the first of its ways."""
    lessons: list[SftExample] = []
    for number, answer in enumerate(prepared, 1):
        asked = next((way for way in answer.asked if way.isascii()), None)
        direct = answer.direct(asked, ENGLISH) if asked and answer.proved else None
        if asked and direct:
            quotes = tuple((quote.paper.name, quote.quote) for quote in answer.quotes)
            lessons.append(SftExample(f"prepared-{number}", "prepared", asked, quotes, direct.text))
    return tuple(lessons)


def _abstract(record: dict[str, Any]) -> tuple[str, str, list[str]]:
    return str(record["_id"]), str(record["title"]), [str(sentence) for sentence in record["sentences"]]


def _read(path: Path, quotes_of: Callable[[dict[str, Any]], list[Quote]]) -> tuple[SftExample, ...]:
    def parsed(record: dict[str, Any]) -> SftExample:
        question, answer, quotes = str(record["question"]), record["answer"], tuple(quotes_of(record))
        if not question.strip() or not quotes or any(not text.strip() for _, text in quotes):
            raise ValueError("a lesson needs a question and quotes")
        return SftExample(
            str(record["id"]), str(record["form"]), question, quotes, None if answer is None else str(answer)
        )

    lessons = [lesson for _, lesson in read_records(path, parsed, what="lessons", kind=InputError)]
    if not lessons:
        raise InputError(f"{path} holds no lessons: give a file with one JSON object a line.")
    return tuple(lessons)
