"""Files that the reader learns from: public sets of questions and claims, and the twins of data/reading/."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.training.reader.examples import LABELS, ReadingExample, SupportExample
from retrieval.chunking import split_sentences
from retrieval.errors import InputError
from retrieval.json_lines import is_strings, read_records

QUESTIONS = "answer_selection.jsonl"
CLAIMS = "support.jsonl"
COMPOSED = 0.5
"""How much an example counts whose label nobody gave: it follows from how the row was put together."""
LIGHTLY = {"breaking_nli": 0.2, "factcheck_gpt": 0.6}
"""Sets whose claims give their labels away, or whose labels are loose."""
UNTURNED = 0.4
"""How much a question counts whose premise nothing corrects: there are many more of them."""
OFTEN = {"scifact": 1.5, "check_covid": 1.5}
"""Sets of the kind that the reader will read."""
_PLACEHOLDER = re.compile(
    r"\s*[(\[]?\b(?:BIBREF|FIGREF|TABREF|SECREF|EQREF|INLINEFORM|DISPLAYFORM)\d+\b(?:[,;]\s*\w+REF\d+)*[)\]]?"
)


def read_question_set(folder: Path, split: str) -> list[ReadingExample]:
    """The English questions of a split of `folder`'s answer selection. Raises `InputError`."""
    rows = read_records(folder / QUESTIONS, _question_of, what="reading", kind=InputError)
    return [row[1] for _, row in rows if row is not None and row[0] == split]


def _question_of(record: dict[str, Any]) -> tuple[str, ReadingExample] | None:
    if record.get("lang", "en") != "en":
        return None
    if not is_strings(record["sentences"]):
        raise ValueError("sentences must be a list of texts")
    sentences = tuple(_cleaned(sentence) for sentence in record["sentences"])
    answers = tuple(int(number) for number in record["answers"]) if record["answerable"] else ()
    weight = COMPOSED if record.get("built") or record.get("multihop") else 1.0
    kind = "composed" if record.get("built") else ""
    example = ReadingExample(
        str(record["question"]), str(record.get("context") or ""), sentences, answers, str(record["set"]), kind, weight
    )
    return str(record["split"]), example


def read_claim_set(folder: Path, split: str) -> list[SupportExample]:
    """The claims of a split of `folder`. Raises `InputError`."""
    return [
        example
        for _, (of, example) in read_records(folder / CLAIMS, _claim_of, what="reading", kind=InputError)
        if of == split
    ]


def _claim_of(record: dict[str, Any]) -> tuple[str, SupportExample]:
    if record["label"] not in LABELS:
        raise ValueError(f"label must be one of {', '.join(LABELS)}")
    name = str(record["set"])
    weight = LIGHTLY.get(name, 1.0) * OFTEN.get(name, 1.0) * (0.7 if record.get("built") else 1.0)
    return str(record["split"]), SupportExample(
        str(record["claim"]), _cleaned(record["evidence"]), record["label"], name, weight
    )


def _cleaned(text: str) -> str:
    """Without the marks that a set put in the place of citations, figures and formulas."""
    return " ".join(_PLACEHOLDER.sub("", text).split())


@dataclass(frozen=True, slots=True)
class Twin:
    """A question that a text answers and its neighbour that it does not; `doc` is None where only `near` is given.

    `answers` and `correction` are places of sentences in the text, as (start, end);
    what is corrected is the premise of `near`.
    """

    id: str
    author: str
    doc: str | None
    kind: str
    near: str
    question: str = ""
    answers: tuple[tuple[int, int], ...] = ()
    correction: tuple[tuple[int, int], ...] = ()


def read_twins(file: Path) -> list[Twin]:
    """The twins of a file of data/reading/. Raises `InputError` naming file, line and reason."""
    return [twin for _, twin in read_records(file, _twin_of, what="reading", kind=InputError)]


def _twin_of(record: dict[str, Any]) -> Twin:
    answers, correction = (
        tuple((int(start), int(end)) for start, end in record.get(name, ())) for name in ("answers", "correction")
    )
    doc = record["doc"]
    return Twin(
        str(record["id"]),
        str(record["author"]),
        None if doc is None else str(doc),
        str(record["kind"]),
        str(record["near"]),
        str(record.get("question", "")),
        answers,
        correction,
    )


@dataclass(frozen=True, slots=True)
class Text:
    """What twins are about: a title and an abstract."""

    title: str
    abstract: str


def examples_of_twins(twins: list[Twin], texts: Mapping[str, Text], weight: float) -> Iterator[ReadingExample]:
    """Two examples a twin, of those whose text is here."""
    for twin in twins:
        if twin.doc is None or twin.doc not in texts:
            continue
        text = texts[twin.doc]
        sentences, places = _cut(text.abstract)
        answers = numbers_of(twin.answers, places)
        source = f"twins {twin.author}"
        yield ReadingExample(twin.question, text.title, sentences, answers, source, twin.kind, weight)
        yield ReadingExample(twin.near, text.title, sentences, (), source, twin.kind, weight)


PREMISES = "premises"


def premises_of_twins(twins: list[Twin], texts: Mapping[str, Text], weight: float) -> Iterator[SupportExample]:
    """What a sentence says of what a question takes for granted, the question standing for the claim.

    A sentence that answers supports it, one that corrects it contradicts it, and one that
    only its twin asks for does neither.
    """
    for twin in twins:
        if twin.doc is None or twin.doc not in texts:
            continue
        abstract = texts[twin.doc].abstract
        answer = _said(abstract, twin.answers)
        if answer:
            yield SupportExample(twin.question, answer, "supported", PREMISES, weight * UNTURNED)
        if twin.correction:
            yield SupportExample(twin.near, _said(abstract, twin.correction), "contradicted", PREMISES, weight)
        elif answer and twin.kind != "premise":
            yield SupportExample(twin.near, answer, "not_enough", PREMISES, weight * UNTURNED)


def _said(abstract: str, places: tuple[tuple[int, int], ...]) -> str:
    sentences, spans = _cut(abstract)
    return " ".join(sentences[number] for number in numbers_of(places, spans))


def _cut(abstract: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    spans = split_sentences(abstract)
    return tuple(abstract[span.start : span.end] for span in spans), [(span.start, span.end) for span in spans]


def numbers_of(places: tuple[tuple[int, int], ...], sentences: list[tuple[int, int]]) -> tuple[int, ...]:
    """The numbers of the sentences that overlap one of the places."""
    return tuple(
        number
        for number, (start, end) in enumerate(sentences)
        if any(first < end and start < last for first, last in places)
    )
