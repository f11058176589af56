"""BEIR folders: documents, queries and judgements, as papers, texts and grades (Thakur et al. 2021)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from retrieval.errors import InputError
from retrieval.json_lines import bad_line, numbered_lines, read_records
from retrieval.readers.jsonl import ID_PATTERN, parse_paper
from retrieval.types import Paper

HEADER = ("query-id", "corpus-id", "score")
LABEL_CHARS = 60
_CODED = "coded:"
T = TypeVar("T")


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
    for part in ("corpus.jsonl", "queries.jsonl"):
        if not (folder / part).is_file():
            raise InputError(f"{folder} has no {part}: give a BEIR folder with corpus.jsonl, queries.jsonl and qrels/.")
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


def read_beir_papers(folder: Path) -> tuple[Paper, ...]:
    """The folder's corpus alone. Raises `InputError` as `read_beir` does."""
    return tuple(_papers(folder / "corpus.jsonl").values())


def _split_file(folder: Path, split: str) -> Path:
    splits = sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))
    if not splits:
        raise InputError(f"{folder} has no judgements: put them into qrels/SPLIT.tsv.")
    if split not in splits:
        raise InputError(f"{folder} has no split {split!r}: choose from {', '.join(splits)}.")
    return folder / "qrels" / f"{split}.tsv"


def _papers(path: Path) -> dict[str, Paper]:
    def parsed(record: Mapping[str, Any]) -> tuple[str, Paper]:
        document = _string(record, "_id")
        return document, _paper(document, _string(record, "title", ""), _string(record, "text", ""))

    return _by_id(path, parsed, "document", "documents")


def _paper(document: str, title: str, text: str) -> Paper:
    # A document without a title is called by its first words, which disturb its vector least.
    label = None if title.strip() else " ".join(text.split())[:LABEL_CHARS] or document
    record = {"id": paper_id(document), "title": title or None, "label": label, "abstract": text, "source": "beir"}
    # Through the door by which the index reads it back.
    return parse_paper(record)


def _queries(path: Path) -> dict[str, str]:
    return _by_id(path, lambda record: (_string(record, "_id"), _string(record, "text")), "query", "queries")


def _by_id(path: Path, parse: Callable[[dict[str, Any]], tuple[str, T]], one: str, several: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for number, (identifier, parsed) in read_records(path, parse, what="BEIR", kind=InputError):
        if identifier in found:
            raise bad_line(path, number, f"the {one} {identifier!r} stands on an earlier line too", InputError)
        found[identifier] = parsed
    if not found:
        raise InputError(f"{path} holds no {several}: give a file with one JSON object a line.")
    return found


def _judgements(path: Path) -> dict[str, tuple[int, dict[str, tuple[int, int]]]]:
    """By query, its first line and its documents, each with line and grade."""
    judged: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {}
    for number, line in numbered_lines(path, what="BEIR", kind=InputError):
        columns = tuple(line.split("\t"))
        if number == 1 and columns == HEADER:
            continue
        try:
            query, document, grade = _judgement(columns)
        except ValueError as error:
            raise bad_line(path, number, error, InputError) from error
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


def _string(record: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = record.get(name, default)
    # Some sets write null where there is no title.
    value = default if value is None else value
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ValueError(f"{name} must be a string{'' if default is not None else ' that is not empty'}")
    value.encode()  # Half a surrogate pair raises here, a `ValueError` too, rather than in a tokenizer.
    return value
