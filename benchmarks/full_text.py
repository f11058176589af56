"""Ask papers for what stands in their full texts: `python -m benchmarks.full_text FILE [--write docs/results.md]`.

FILE is the answer-selection file that benchmarks/full_text_papers.py describes; the program needs none of it. The same
questions are asked of the same papers with their texts and with their abstracts alone, in one run: of the whole
collection, and of the one paper that each is about. Some papers are left out, and what is asked of them has no answer.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.answering.answer import Answer
from app.answering.models.language_model import LanguageModel
from app.answering.reading.opening import open_reader
from app.build import build_benchmark_retriever
from app.local_answerer import LocalAnswerer
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import share, split_table, write_between_marks
from benchmarks.full_text_papers import TextPapers, TextQuestion, read_text_papers
from retrieval.evaluation.metrics import auroc
from retrieval.types import Filters, Paper, no_progress

MARKS = "<!-- full text: begin -->", "<!-- full text: end -->"
COMMAND = "python -m benchmarks.full_text answer_selection.jsonl"
PAPERS = 300
"""Papers of the collection: those that are asked about, and others of the same subjects."""
ASKED = 150
"""Questions, and besides so many of papers that are left out."""
LEFT_OUT = 0.25
"""The share of the papers asked about that is left out."""
SEED = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, what was read for it, and the seconds that it took."""

    question: TextQuestion
    answer: Answer
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """The papers of the collection, what is asked of them, and what is asked that none of them answers."""

    papers: tuple[Paper, ...]
    asked: tuple[TextQuestion, ...]
    unanswerable: tuple[TextQuestion, ...]


def sample_of(data: TextPapers, split: str, papers: int = PAPERS, asked: int = ASKED) -> Sample:
    """A sample of a split, the same each time."""
    chance = random.Random(SEED)
    own = sorted({question.paper_id for question in data.questions if question.split == split})
    chance.shuffle(own)
    out = set(own[: round(LEFT_OUT * len(own))])
    questions = [question for question in data.questions if question.split == split]
    chance.shuffle(questions)
    known = [paper for paper in data.papers if paper.id in own and paper.id not in out]
    others = [paper for paper in data.papers if paper.id not in own]
    chance.shuffle(others)
    # What is asked by a template names its paper's very words.
    fair = [question for question in questions if question.is_asked]
    return Sample(
        (*known, *others)[:papers],
        tuple(question for question in fair if question.paper_id not in out)[:asked],
        tuple(question for question in fair if question.paper_id in out)[:asked],
    )


def ask_all(answerer: LocalAnswerer, questions: Sequence[TextQuestion], *, within: bool = False) -> list[Asked]:
    """The questions' answers, with `within` of the one paper that each is about."""
    told: list[Asked] = []
    for question in questions:
        began = time.perf_counter()
        answer = answerer.ask(question.text, filters=Filters(papers=(question.paper_id,)) if within else Filters())
        told.append(Asked(question, answer, time.perf_counter() - began))
    return told


def holds_gold(texts: Sequence[str], question: TextQuestion) -> bool:
    """Whether a text has a sentence that answers, or is of it."""
    return any(gold in text or (len(text) > 20 and text in gold) for text in texts for gold in question.gold)


def quotes_gold(asked: Asked) -> bool:
    """Whether a quote has a sentence that answers."""
    own = [quote.quote for quote in asked.answer.citations if quote.paper.id == asked.question.paper_id]
    return holds_gold(own, asked.question)


def reads_gold(asked: Asked) -> bool:
    """Whether a sentence that answers is among the passages found of its paper, of which the first ones are read."""
    own = [passage.text for passage in asked.answer.sources if passage.paper.id == asked.question.paper_id]
    abstracts = [one.paper.abstract for one in asked.answer.sources if one.paper.id == asked.question.paper_id]
    return holds_gold([*own, *abstracts], asked.question)


def _rank(asked: Asked, most: int) -> bool:
    found = list(dict.fromkeys(passage.paper.id for passage in asked.answer.sources))
    return asked.question.paper_id in found[:most]


def rows_of(whole: Sequence[Asked], within: Sequence[Asked], never: Sequence[Asked]) -> list[tuple[str, str]]:
    """The figures of one collection, each with its name."""

    def part(name: str, asked: Sequence[Asked], holds: Callable[[Asked], bool]) -> tuple[str, str]:
        return name, share([holds(one) for one in asked])

    seconds = sorted(one.seconds for one in (*whole, *never))
    sure, unsure = ([one.answer.confidence for one in some] for some in (whole, never))
    return [
        part("right paper first", whole, lambda one: _rank(one, 1)),
        part("right paper among the first 5", whole, lambda one: _rank(one, 5)),
        part("a sentence that answers among the passages found", whole, reads_gold),
        part("a sentence that answers quoted", whole, quotes_gold),
        part("answered", whole, lambda one: one.answer.status == "answered"),
        part("told as partly", whole, lambda one: one.answer.status == "partly"),
        part("unanswerable answered", never, lambda one: one.answer.status == "answered"),
        part("unanswerable told as partly", never, lambda one: one.answer.status == "partly"),
        ("AUROC of the confidence", f"{auroc(sure, unsure):.3f}"),
        part("of one paper: a sentence that answers found", within, reads_gold),
        part("of one paper: a sentence that answers quoted", within, quotes_gold),
        part("of one paper: answered", within, lambda one: one.answer.status == "answered"),
        ("seconds a question, median", f"{seconds[len(seconds) // 2]:.2f}"),
        ("seconds a question, of ten the slowest", f"{seconds[len(seconds) * 9 // 10]:.2f}"),
    ]


def measured(home: Path, sample: Sample, papers: Sequence[Paper], name: str) -> list[tuple[str, str]]:
    """The figures of the sample's questions, asked of a collection of these papers."""
    settings = read_settings(home=home, llm="none")
    retriever = build_benchmark_retriever(settings, no_progress, print, papers, name)
    answerer = LocalAnswerer(retriever, LanguageModel, reader=open_reader())
    answerer.warm_up()
    return rows_of(
        ask_all(answerer, sample.asked),
        ask_all(answerer, sample.asked, within=True),
        ask_all(answerer, sample.unanswerable),
    )


def main() -> None:
    """Print the table, and with --write put it into the page."""
    silence_libraries()
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("file", type=Path, help="the answer-selection file")
    parser.add_argument("--split", default="test", choices=("train", "dev", "test"))
    parser.add_argument("--papers", type=int, default=PAPERS)
    parser.add_argument("--asked", type=int, default=ASKED)
    parser.add_argument("--write", type=Path, help="the page to put the table into")
    arguments = parser.parse_args()
    sample = sample_of(read_text_papers(arguments.file), arguments.split, arguments.papers, arguments.asked)
    alone = [replace(paper, text=None) for paper in sample.papers]
    with tempfile.TemporaryDirectory() as home:
        columns = [
            measured(Path(home), sample, alone, "abstracts"),
            measured(Path(home), sample, sample.papers, "texts"),
        ]
    table = split_table(COMMAND, ("abstracts alone", "with full texts"), columns)
    print(table)
    if arguments.write:
        write_between_marks(arguments.write, table, MARKS)


if __name__ == "__main__":
    main()
