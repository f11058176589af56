"""The sets that peers are measured on: papers as a file, and what is asked of them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from benchmarks.full_text_papers import TextPapers, TextQuestion, read_text_papers
from retrieval.errors import InputError
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.readers.beir import read_beir
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file
from retrieval.types import Paper

Split = Literal["dev", "test"]
OWN, SCIFACT, UNSEEN = "own", "scifact", "unseen"
ANSWERS_FILE = "answer_selection.jsonl"
TITLED, GENERAL = "covidqa", "qasper"
"""Two sets whose test questions nothing was tuned to. Those of the second rarely say which paper they are about."""
LEFT_OUT = 0.25
"""The share of the first one's papers that is left out: what is asked of these has no answer."""
SEED = 19
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class PeerQuestion:
    """A question; `relevant` are the grades of the papers that answer it, none where the collection does not.

    `part` names what it is of the set. Of those that are not `is_judged` it is not asked whether they are answered.
    """

    text: str
    split: Split
    relevant: Mapping[str, int]
    part: str
    is_judged: bool = True


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Papers and questions of one kind."""

    name: str
    papers: tuple[Paper, ...]
    questions: tuple[PeerQuestion, ...]

    def cut_to(self, most: int | None) -> QuestionSet:
        """The same with at most so many questions of each split, part and kind."""
        if most is None:
            return self
        kept: list[PeerQuestion] = []
        counts: dict[tuple[str, str, bool], int] = {}
        for one in self.questions:
            kind = (one.split, one.part, bool(one.relevant))
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] <= most:
                kept.append(one)
        return replace(self, questions=tuple(kept))

    def with_papers(self, most: int) -> QuestionSet:
        """The same with at most so many papers: those that answer, and as many others as there is room for."""
        needed = {paper for question in self.questions for paper in question.relevant}
        others = [paper.id for paper in self.papers if paper.id not in needed]
        random.Random(SEED).shuffle(others)
        kept = {*needed, *others[: max(0, most - len(needed))]}
        papers = tuple(paper for paper in self.papers if paper.id in kept)
        return replace(self, papers=papers)


def own_questions() -> QuestionSet:
    """The shipped papers, and the project's dev and test questions about them."""
    splits: tuple[Split, ...] = ("dev", "test")
    questions = [
        _own(question, split)
        for split in splits
        for question in read_labelled_questions(default_questions_file(f"{split}.jsonl"))
    ]
    # Any first ones are of all kinds.
    random.Random(SEED).shuffle(questions)
    papers = tuple(read_papers(default_papers_file()))
    return QuestionSet(OWN, papers, tuple(questions))


def _own(question: LabelledQuestion, split: Split) -> PeerQuestion:
    relevant = dict.fromkeys(question.papers, 1)
    part = "English" if question.language == "en" else "Chinese"
    # A follow-up is found by the questions before it together with it; answered it cannot be without the answers.
    # Questions in a language that the base weights do not know would draw a peer's threshold down to their scores.
    is_judged = not question.asked_before and part == "English"
    return PeerQuestion(question.joined, split, relevant, part, is_judged)


def scifact_questions(folder: Path) -> QuestionSet:
    """A BEIR folder, its split test. Raises `InputError`."""
    found = read_beir(folder, "test")
    asked = tuple(
        PeerQuestion(text, "test", found.qrels[query], "claims", False) for query, text in found.queries.items()
    )
    return QuestionSet(SCIFACT, found.papers, asked)


def unseen_questions(folder: Path) -> QuestionSet:
    """Papers of passages, to whose test questions nothing was tuned. Raises `InputError` where they are not there."""
    file = folder / ANSWERS_FILE
    if not file.is_file():
        raise InputError(f"{folder} has no {ANSWERS_FILE}: give the folder with the answer-selection file.")
    titled, general = read_text_papers(file, (TITLED,)), read_text_papers(file, (GENERAL,))
    left_out = {name for split in ("dev", "test") for name in _left_out(titled, split)}
    kept = {question.paper_id for question in general.questions if question.split == "test"}
    papers = (*titled.without(left_out), *(paper for paper in general.papers if paper.id in kept))
    asked = [
        *_of_texts(titled.questions, TITLED, left_out, is_judged=True),
        *_of_texts(general.questions, GENERAL, (), is_judged=False),
    ]
    random.Random(SEED).shuffle(asked)
    return QuestionSet(UNSEEN, papers, tuple(asked))


def _left_out(data: TextPapers, split: str) -> list[str]:
    own = sorted({question.paper_id for question in data.questions if question.split == split})
    random.Random(SEED).shuffle(own)
    return own[: round(LEFT_OUT * len(own))]


def _of_texts(
    questions: Sequence[TextQuestion], part: str, left_out: Iterable[str], *, is_judged: bool
) -> Iterable[PeerQuestion]:
    gone = set(left_out)
    for one in questions:
        relevant = {} if one.paper_id in gone else {one.paper_id: 1}
        if one.split == "test":
            yield PeerQuestion(one.text, "test", relevant, part, is_judged)
        elif one.split == "dev" and is_judged:
            yield PeerQuestion(one.text, "dev", relevant, part, is_judged)


def write_papers(papers: Iterable[Paper], file: Path) -> None:
    """Papers as a file of one JSON object a line, with their full texts."""
    with file.open("w", encoding="utf-8") as lines:
        for paper in papers:
            record: dict[str, object] = {**paper.as_json()}
            record.pop("full_text", None)
            if paper.text:
                record["text"] = paper.text.load().text
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def turned_round(papers: Iterable[Paper]) -> list[Paper]:
    """The papers with their abstracts' sentences in reverse: as long and as plain, and no one has their vectors."""
    return [
        Paper(
            f"turned-{paper.id}"[:100],
            paper.title,
            " ".join(reversed(_SENTENCE_END.split(paper.abstract))),
            "en",
            paper.label,
        )
        for paper in papers
        if paper.abstract
    ]
