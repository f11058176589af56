"""Ask what strangers asked: `python -m benchmarks.strangers [--write docs/results.md]`.

The questions of data/strangers/ were written by people who knew the titles alone, and
labelled by others who had read the abstracts. Labels are in data/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answering.answer import Answer
from app.answering.question import Turn, checked_question
from app.build import build_answerer
from app.local_answerer import LocalAnswerer
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import share, split_table, write_between_marks
from retrieval.errors import InputError
from retrieval.evaluation.metrics import auroc
from retrieval.json_lines import read_records
from retrieval.shipped import shipped_file

MARKS = "<!-- strangers: begin -->", "<!-- strangers: end -->"
COMMAND = "python -m benchmarks.strangers"
SPLITS = ("dev", "test")
LABELS = ("answered", "partly", "unanswered", "premise", "record", "task", "chat", "off_topic")
NEVER = ("unanswered", "off_topic", "task")
"""What no paper answers."""


@dataclass(frozen=True, slots=True)
class StrangersQuestion:
    """`asked_before` are the questions before it; `gold` are ids of papers, each with the sentences that answer."""

    id: str
    author: str
    text: str
    asked_before: tuple[str, ...]
    label: str
    gold: tuple[tuple[str, tuple[str, ...]], ...]


def read_strangers(file: Path) -> list[StrangersQuestion]:
    """The questions of a file of data/strangers/. Raises `InputError`."""
    return [question for _, question in read_records(file, _parsed, what="questions", kind=InputError)]


def _parsed(record: dict[str, Any]) -> StrangersQuestion:
    if record["label"] not in LABELS:
        raise ValueError(f"there is no label {record['label']!r}")
    gold = tuple((str(one["paper"]), tuple(map(str, one["sentences"]))) for one in record["gold"])
    before = tuple(map(str, record["history"]))
    return StrangersQuestion(
        str(record["id"]), str(record["author"]), str(record["question"]), before, record["label"], gold
    )


def answer_to(answerer: LocalAnswerer, question: StrangersQuestion) -> Answer:
    """The answer at the end of the conversation, each earlier question asked in its turn."""
    turns: list[Turn] = []
    for text in question.asked_before:
        earlier = answerer.ask(checked_question(text, tuple(turns)))
        turns += [Turn("user", text), Turn("assistant", earlier.answer)]
    return answerer.ask(checked_question(question.text, tuple(turns)))


def quotes_gold(question: StrangersQuestion, answer: Answer) -> bool:
    """Whether a quote overlaps a sentence that answers."""
    for citation in answer.citations:
        for paper, sentences in question.gold:
            starts = [citation.paper.abstract.find(sentence) for sentence in sentences if paper == citation.paper.id]
            ends = [start + len(sentence) for start, sentence in zip(starts, sentences, strict=False)]
            if any(citation.start < end and start < citation.end for start, end in zip(starts, ends, strict=True)):
                return True
    return False


def rows_of(asked: Sequence[tuple[StrangersQuestion, Answer]]) -> list[tuple[str, str]]:
    """The figures of a split, each with its name."""
    answered = [pair for pair in asked if pair[0].label == "answered"]
    never = [pair for pair in asked if pair[0].label in NEVER]
    first = [bool(answer.sources) and answer.sources[0].paper.id in dict(one.gold) for one, answer in answered]
    rows = [
        ("answerable refused", share([answer.status == "abstained" for _, answer in answered])),
        ("answerable told as partly", share([answer.status == "partly" for _, answer in answered])),
        ("unanswerable answered", share([answer.status == "answered" for _, answer in never])),
        ("unanswerable told as partly", share([answer.status == "partly" for _, answer in never])),
        ("AUROC of the confidence", f"{auroc(_sure(answered), _sure(never)):.3f}"),
        ("right paper first", share(first)),
        ("right sentence quoted", share([quotes_gold(*pair) for pair in answered])),
    ]
    for label in LABELS:
        own = [answer.status for one, answer in asked if one.label == label]
        counts = f"{own.count('answered')}, {own.count('partly')} of {len(own)}"
        rows.append((f"answered, partly of `{label}`", counts))
    return rows


def _sure(asked: Sequence[tuple[StrangersQuestion, Answer]]) -> list[float]:
    return [answer.confidence for _, answer in asked]


def main() -> None:
    """Print the table, and with --write put it into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    page = arguments.parse_args().write
    with tempfile.TemporaryDirectory() as home:
        answerer = build_answerer(read_settings(home=Path(home), llm="none"))
        columns: list[list[tuple[str, str]]] = []
        for split in SPLITS:
            questions = read_strangers(shipped_file(f"strangers/{split}.jsonl"))
            columns.append(rows_of([(question, answer_to(answerer, question)) for question in questions]))
    table = split_table(COMMAND, SPLITS, columns)
    print(table)
    if page:
        write_between_marks(page, table, MARKS)


if __name__ == "__main__":
    main()
