"""Questions of many authors with what is known of their answers, as the reader is calibrated and measured on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.answering.question import Question, Turn, checked_question
from app.evaluation.reports import as_asked
from app.local_answerer import LocalAnswerer
from app.training.reader.sets import Twin, read_twins
from benchmarks.strangers import NEVER, StrangersQuestion, read_strangers
from retrieval.questions.labelled import read_labelled_questions
from retrieval.readers.beir import read_beir_papers
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.types import Paper

SPLITS = ("dev", "test")
PROJECT = "project"
"""The author of data/questions/."""
ELSEWHERE = "scifact:"
"""Twins of another field than the papers' are about what begins with it."""
Place = tuple[str, int, int]
"""A paper's id, and where in its abstract something stands."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question as it is asked, by whom, and what is known of it.

    `answerable` is None where it is neither quite; `gold` are the sentences that answer,
    `correction` those that deny what it takes for granted.
    """

    split: str
    author: str
    kind: str
    question: Question
    answerable: bool | None
    gold: tuple[Place, ...] = ()
    correction: tuple[Place, ...] = ()


def cases_of_papers(answerer: LocalAnswerer) -> Iterator[Case]:
    """The project's questions, the strangers', and those twins that are about its papers or about nothing in them."""
    papers = {paper.id: paper for paper in answerer.papers}
    for split in SPLITS:
        yield from _of_project(split, papers)
        for question in read_strangers(shipped_file(f"strangers/{split}.jsonl")):
            if question.label not in ("record", "chat", "task"):
                yield _of_stranger(split, question, answerer, papers)
        twins = read_twins(shipped_file(f"reading/{split}.jsonl"))
        yield from _of_twins(split, [twin for twin in twins if twin.doc is None or twin.doc in papers])


def cases_of_scifact(folder: Path) -> Iterator[Case]:
    """The twins that are about abstracts of SciFact, by the ids that these have there, and its validation claims.

    A claim is asked as it stands; it is answerable where SciFact has evidence for or against it.
    """
    for claim in map(json.loads, (folder / "claims_validation.jsonl").open(encoding="utf-8")):
        kind = "claim with evidence" if claim["evidence"] else "claim without evidence"
        yield Case("test", "claims of SciFact", kind, checked_question(claim["claim"]), bool(claim["evidence"]))
    for split in SPLITS:
        twins = read_twins(shipped_file(f"reading/{split}.jsonl"))
        about = [twin for twin in twins if twin.doc and twin.doc.startswith(ELSEWHERE)]
        yield from _of_twins(split, about, " (another field)")


def _of_project(split: str, papers: dict[str, Paper]) -> Iterator[Case]:
    for question in read_labelled_questions(default_questions_file(f"{split}.jsonl")):
        gold = tuple(_place(papers[one.paper_id], one.sentence) for one in question.gold)
        yield Case(split, PROJECT, question.type, as_asked(question), bool(question.papers), gold)


def _of_stranger(split: str, question: StrangersQuestion, answerer: LocalAnswerer, papers: dict[str, Paper]) -> Case:
    turns: list[Turn] = []
    for text in question.asked_before:
        turns += [Turn("user", text), Turn("assistant", answerer.ask(checked_question(text, tuple(turns))).answer)]
    gold = tuple(_place(papers[paper], sentence) for paper, sentences in question.gold for sentence in sentences)
    answerable = {"answered": True, **dict.fromkeys(NEVER, False)}.get(question.label)
    correction = gold if question.label == "premise" else ()
    asked = checked_question(question.text, tuple(turns))
    return Case(split, question.author, question.label, asked, answerable, gold, correction)


def _of_twins(split: str, twins: Sequence[Twin], where: str = "") -> Iterator[Case]:
    for twin in twins:
        author, paper = f"{twin.author}{where}", (twin.doc or "").removeprefix(ELSEWHERE)
        if twin.question:
            gold = tuple((paper, start, end) for start, end in twin.answers)
            yield Case(split, author, "answered", checked_question(twin.question), True, gold)
        correction = tuple((paper, start, end) for start, end in twin.correction)
        yield Case(split, author, twin.kind, checked_question(twin.near), False, (), correction)


def _place(paper: Paper, sentence: str) -> Place:
    start = paper.abstract.index(sentence)
    return paper.id, start, start + len(sentence)


def scifact_papers(folder: Path, most: int) -> tuple[Paper, ...]:
    """Those of SciFact's abstracts that twins and claims are about, and others beside them up to `most`."""
    papers = read_beir_papers(folder)
    about = {place[0] for case in cases_of_scifact(folder) for place in (*case.gold, *case.correction)}
    for claim in map(json.loads, (folder / "claims_validation.jsonl").open(encoding="utf-8")):
        about |= {str(document) for document in claim["cited_doc_ids"]}
    return tuple(sorted(papers, key=lambda paper: paper.id not in about)[:most])
