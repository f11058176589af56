"""BEIR folders: documents, queries and judgements, as papers, texts and grades (Thakur et al. 2021)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.readers.jsonl import ID_PATTERN, parse_paper
from retrieval.types import Paper

HEADER = ("query-id", "corpus-id", "score")
LABEL_CHARS = 60
_CODED = "coded:"


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A collection with its queries, and how relevant which paper is to each (above 0: relevant).

    `queries` and `qrels` have the same ids; papers are named by `paper_id`.
    """

    papers: tuple[Paper, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


def paper_id(document: str) -> str:
    """The id of the paper made of that document: the same, or coded where a paper's id cannot be so."""
    if ID_PATTERN.fullmatch(document) and not document.startswith(_CODED):
        return document
    return _CODED + base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def document_id(paper: str) -> str:
    """The document's id, from that of its paper; undoes `paper_id`."""
    if not paper.startswith(_CODED):
        return paper
    coded = paper.removeprefix(_CODED)
    return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()


def read_beir(folder: Path, split: str) -> BeirSet:
    """The folder's whole corpus, and the queries that `qrels/SPLIT.tsv` judges.

    Raises `InputError` with one sentence where a part is missing, empty or has
    a line that cannot be used, or where judgements name what is not there.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: give one with corpus.jsonl, queries.jsonl and qrels/.")
    judged = _judgements(_split_file(folder, split))
    queries = _queries(folder / "queries.jsonl")
    papers = _papers(folder / "corpus.jsonl")
    for query, (line, grades) in judged.items():
        where = f"{folder / 'qrels' / split}.tsv"
        if query not in queries:
            raise InputError(f"{where}, line {line}: there is no query {query!r} in queries.jsonl; mend either file.")
        for document, (place, _) in grades.items():
            if document not in papers:
                raise InputError(
                    f"{where}, line {place}: there is no document {document!r} in corpus.jsonl; mend either file."
                )
    return BeirSet(
        tuple(papers.values()),
        {query: queries[query] for query in judged},
        {
            query: {paper_id(document): grade for document, (_, grade) in grades.items()}
            for query, (_, grades) in judged.items()
        },
    )


def _split_file(folder: Path, split: str) -> Path:
    splits = sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))
    if not splits:
        raise InputError(f"{folder} has no judgements: put them into qrels/SPLIT.tsv.")
    if split not in splits:
        raise InputError(f"{folder} has no split {split!r}: choose from {', '.join(splits)}.")
    return folder / "qrels" / f"{split}.tsv"


def _papers(path: Path) -> dict[str, Paper]:
    papers: dict[str, Paper] = {}
    for number, record in _records(path):
        try:
            document = _string(record, "_id")
            if document in papers:
                raise ValueError(f"the document {document!r} stands on an earlier line too")
            papers[document] = _paper(document, _string(record, "title", ""), _string(record, "text", ""))
        except ValueError as error:
            raise _bad_line(path, number, error) from error
    if not papers:
        raise InputError(f"{path} holds no documents: give a file with one JSON object a line.")
    return papers


def _paper(document: str, title: str, text: str) -> Paper:
    # A document without a title is called by its first words, which disturb its vector least.
    label = None if title.strip() else " ".join(text.split())[:LABEL_CHARS] or document
    record = {"id": paper_id(document), "title": title or None, "label": label, "abstract": text, "source": "beir"}
    # Through the door by which the index reads it back.
    return parse_paper(json.dumps(record))


def _queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for number, record in _records(path):
        try:
            query, text = _string(record, "_id"), _string(record, "text")
            if query in queries:
                raise ValueError(f"the query {query!r} stands on an earlier line too")
            queries[query] = text
        except ValueError as error:
            raise _bad_line(path, number, error) from error
    if not queries:
        raise InputError(f"{path} holds no queries: give a file with one JSON object a line.")
    return queries


def _judgements(path: Path) -> dict[str, tuple[int, dict[str, tuple[int, int]]]]:
    """By query, its first line and its documents, each with line and grade."""
    judged: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {}
    for number, line in _lines(path):
        columns = tuple(line.rstrip("\r").split("\t"))
        if number == 1 and columns == HEADER:
            continue
        try:
            query, document, grade = _judgement(columns)
        except ValueError as error:
            raise _bad_line(path, number, error) from error
        judged.setdefault(query, (number, {}))[1][document] = (number, grade)
    if not judged:
        raise InputError(f"{path} holds no judgements: give a file with the columns {', '.join(HEADER)}.")
    return judged


def _judgement(columns: tuple[str, ...]) -> tuple[str, str, int]:
    if len(columns) != len(HEADER):
        raise ValueError(f"{len(columns)} columns instead of {', '.join(HEADER)} with tabs between")
    query, document, grade = columns
    if not re.fullmatch(r"-?\d{1,9}", grade.strip()):
        raise ValueError(f"the score {grade!r} is no whole number")
    return query, document, int(grade)


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("not a JSON object")
        except (ValueError, RecursionError) as error:
            raise _bad_line(path, number, error) from error
        yield number, record


def _string(record: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = record.get(name, default)
    # Some sets write null where there is no title.
    value = default if value is None else value
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ValueError(f"{name} must be a string{'' if default is not None else ' that is not empty'}")
    value.encode()  # Half a surrogate pair raises here, a `ValueError` too, rather than in a tokenizer.
    return value


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise InputError(
            f"{path} cannot be read ({reason}): give a BEIR folder with corpus.jsonl, queries.jsonl and qrels/."
        ) from error


def _bad_line(path: Path, number: int, reason: object) -> InputError:
    return InputError(f"{path}, line {number}: {reason}; mend the line and try again.")
