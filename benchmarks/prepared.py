"""Fit when a prepared answer is what was asked: `python -m benchmarks.prepared [--fit] [--write docs/results.md]`.

data/prepared.labels.jsonl has questions, each with answers that came near it and what a reader thought of giving them
for it, from 0 (not what was asked) to 3. With --fit data/models/prepared.json is written anew.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# scikit-learn has no whole types.

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.evidence.calibration import MODEL_FILE as READING_FILE
from app.answering.evidence.calibration import read_calibration
from app.answering.evidence.prepared import FILE, read_prepared
from app.answering.evidence.prepared_answers import (
    FEATURES,
    MODEL_FILE,
    NEAR_FROM,
    UNQUOTED_FROM,
    PreparedAnswers,
    read_prepared_calibration,
    ways_of,
)
from app.answering.evidence.read_evidence import ReadEvidence
from app.answering.reading.opening import open_matcher, open_reader
from app.build import build_retriever
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import provenance, write_between_marks
from retrieval.errors import InputError
from retrieval.evaluation.metrics import auroc
from retrieval.json_lines import read_records
from retrieval.shipped import shipped_file

LABELS_FILE = "prepared.labels.jsonl"
MARKS = "<!-- prepared: begin -->", "<!-- prepared: end -->"
COMMAND = "python -m benchmarks.prepared"
RIGHT_FROM = 2
"""An answer with this label is right to give."""
MOST_RIGHT = 0.76
"""So many of those given must be right on the questions of other people than the project's own."""
OWN = "train"
"""The author of the project's own questions, which stand in the index too."""
RIDGE = 0.3
STEPS = (0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question of some author, an answer by its first way, and what a reader thought of it, from 0 to 3."""

    question: str
    author: str
    way: str
    label: int


Unquoted = Sequence[tuple[Labelled, float]]
"""Labels of answers that quote no paper, each with how near a way comes."""


def read_labels(file: Path) -> list[Labelled]:
    """The labels of a file. Raises `InputError`."""
    return [one for _, one in read_records(file, _parsed, what="labels", kind=InputError)]


def _parsed(record: dict[str, Any]) -> Labelled:
    return Labelled(str(record["question"]), str(record["author"]), str(record["way"]), int(record["label"]))


def rows_of(labels: Sequence[Labelled], home: Path) -> tuple[list[Labelled], np.ndarray, Unquoted]:
    """The labels of answers that quote papers and come near, with their features, [labels, features]; and of those
    that quote none, of which nothing is read, so that they go by nearness alone."""
    retriever = build_retriever(read_settings(home=home, llm="none"))
    reader = open_reader()
    assert reader is not None
    evidence = ReadEvidence(retriever, reader, read_calibration(shipped_file(READING_FILE)))
    answers = read_prepared(shipped_file(FILE), retriever.papers, retriever.papers)
    vectors = retriever.embedder.embed(ways_of(answers, retriever.in_english))
    calibration = read_prepared_calibration(shipped_file(MODEL_FILE))
    prepared = PreparedAnswers(answers, vectors, retriever, reader, open_matcher(), calibration)
    places = {answer.asked[0]: place for place, answer in enumerate(answers)}
    kept: list[Labelled] = []
    rows: list[list[float]] = []
    unquoted: list[tuple[Labelled, float]] = []
    for question in dict.fromkeys(one.question for one in labels):
        passages = retriever.passages(question)
        written = retriever.questions(question, {passage.paper.id: passage.paper for passage in passages}.values())
        # A question of the index would find itself there.
        others = [(one, near) for one, near in written if one.text != question]
        read = evidence.find(question, question, passages, others).read
        for one in (one for one in labels if one.question == question and one.way in places):
            place = places[one.way]
            near = prepared.nearness(question, place)
            if not answers[place].quotes:
                unquoted.append((one, near))
            elif near >= NEAR_FROM:
                given = prepared.features(question, place, near, passages, read)
                kept.append(one)
                rows.append([given[name] for name in FEATURES])
    return kept, np.array(rows), unquoted


def fitted(labels: Sequence[Labelled], rows: np.ndarray) -> tuple[np.ndarray, float]:
    """The weights and the bias of the logistic regression that tells what is right to give."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    right = np.array([one.label >= RIGHT_FROM for one in labels])
    model = LogisticRegression(C=RIDGE, max_iter=3000).fit((rows - mean) / spread, right)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - (weights * mean).sum())


def held_out(labels: Sequence[Labelled], rows: np.ndarray) -> np.ndarray:
    """The chance of each by weights fitted without its author."""
    authors = np.array([one.author for one in labels])
    chances = np.zeros(len(labels))
    for author in sorted(set(authors)):
        without = authors != author
        weights, bias = fitted([one for one, kept in zip(labels, without, strict=True) if kept], rows[without])
        chances[~without] = 1 / (1 + np.exp(-(rows[~without] @ weights + bias)))
    return chances


def given_from(labels: Sequence[Labelled], chances: np.ndarray, least: float) -> list[int]:
    """The labels of what other people's questions get where an answer is given from this chance on."""
    best: dict[str, tuple[float, int]] = {}
    for one, chance in zip(labels, chances, strict=True):
        if one.author != OWN:
            best[one.question] = max(best.get(one.question, (0.0, 0)), (float(chance), one.label))
    return [label for chance, label in best.values() if chance >= least]


def threshold(labels: Sequence[Labelled], chances: np.ndarray) -> float:
    """The smallest chance from which on `MOST_RIGHT` of what is given is right."""
    for least in np.arange(0.3, 0.9, 0.01):
        given = given_from(labels, chances, float(least))
        if np.mean([label >= RIGHT_FROM for label in given]) >= MOST_RIGHT:
            return round(float(least), 2)
    raise ValueError("no chance is sure enough")


def table_of(labels: Sequence[Labelled], chances: np.ndarray, asked_from: float) -> str:
    """How right is what would be given from each chance on, each author's questions by weights fitted to the others."""
    asked = {one.question for one in labels if one.author != OWN}
    rows: list[list[str]] = []
    for least in sorted({*STEPS, asked_from}):
        given = given_from(labels, chances, least)
        counts = [str(given.count(label)) for label in (3, 2, 1, 0)]
        shown = f"**{least:.2f}**" if least == asked_from else f"{least:.2f}"
        rows.append([shown, str(len(given)), *counts, f"{np.mean(given):.2f}"])
    head = f"{provenance(COMMAND)}\n\n{len(labels)} answers beside {len(asked)} questions of others; "
    columns = ["given from", "answers given", "3", "2", "1", "0", "mean"]
    lines = [columns, ["---"] * len(columns), *rows]
    drawn = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{head}right or not, AUROC {told_apart(labels, chances):.3f}.\n\n{drawn}"


def told_apart(labels: Sequence[Labelled], sure: np.ndarray) -> float:
    """The AUROC with which `sure` tells what is right to give from what is not."""
    right = np.array([one.label >= RIGHT_FROM for one in labels])
    return auroc([float(one) for one in sure[right]], [float(one) for one in sure[~right]])


def table_of_features(labels: Sequence[Labelled], rows: np.ndarray) -> str:
    """The same of some features by themselves, and of all but the matcher's."""
    of = FEATURES.index
    alone = {"nearness": "near", "the reader's view of the text": "answers", "the matcher": "asked"}
    told = [(f"{name} alone", told_apart(labels, rows[:, of(feature)])) for name, feature in alone.items()]
    without = held_out(labels, np.delete(rows, of("asked"), axis=1))
    told += [("all but the matcher", told_apart(labels, without)), ("all", told_apart(labels, held_out(labels, rows)))]
    lines = "\n".join(f"| {name} | {figure:.3f} |" for name, figure in told)
    return f"| right or not, told by | AUROC |\n|---|---|\n{lines}"


def table_of_unquoted(unquoted: Unquoted) -> str:
    """How right is what quotes no paper, from each nearness on; each question gets the nearest."""
    best: dict[str, tuple[float, int]] = {}
    for one, near in unquoted:
        best[one.question] = max(best.get(one.question, (0.0, 0)), (near, one.label))
    lines = ["| quoting no paper, given from nearness | answers given | 3 | 2 | 1 | 0 |", "|---|---|---|---|---|---|"]
    for least in (0.5, 0.55, UNQUOTED_FROM, 0.7):
        given = [label for near, label in best.values() if near >= least]
        shown = f"**{least:.2f}**" if least == UNQUOTED_FROM else f"{least:.2f}"
        lines.append(f"| {shown} | {len(given)} | {' | '.join(str(given.count(label)) for label in (3, 2, 1, 0))} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with --fit write the calibration, with --write put the table into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--fit", action="store_true", help="write data/models/prepared.json anew")
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        labels, rows, unquoted = rows_of(read_labels(shipped_file(LABELS_FILE)), Path(home))
    chances = held_out(labels, rows)
    asked_from = threshold(labels, chances)
    if given.fit:
        weights, bias = fitted(labels, rows)
        named = {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
        record = {"weights": named, "bias": round(bias, 4), "asked_from": asked_from}
        shipped_file(MODEL_FILE).write_text(json.dumps(record) + "\n", encoding="utf-8")
    tables = table_of(labels, chances, asked_from), table_of_features(labels, rows), table_of_unquoted(unquoted)
    table = "\n\n".join(tables)
    print(table)
    if given.write:
        write_between_marks(given.write, table, MARKS)


if __name__ == "__main__":
    main()
