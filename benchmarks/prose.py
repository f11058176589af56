"""What a small model's prose is worth: `python -m benchmarks.prose [--split test] [--write docs/results.md]`.

The lessons' questions are answered in each mode: quotes; the model as its makers left
it; the taught model, all that it writes; and the taught model with what the support
check lets through, as the product shows it. Answers in full go to --answers.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import psutil

from app.answering.checking.support import SupportCheck, about
from app.answering.citations.stream import without_markers
from app.answering.events import Answer, AnswerSentence, Done, Token
from app.answering.question import Question, Turn
from app.answering.writing.attribution import unattributed
from app.build import LocalAnswerer, build_answerer
from app.cli.terminal import progress_bars
from app.evaluation.answers import citation_precision
from app.languages import language_of
from app.quiet import silence_libraries
from app.settings import read_settings
from app.training.sft.examples import SftExample, read_sft_examples
from benchmarks.figures import provenance, write_between_marks
from retrieval.errors import PaperbackedError
from retrieval.evaluation.metrics import bootstrap_interval
from retrieval.lexical.tokens import content_words
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.shipped import default_questions_file, shipped_file

MARKS = "<!-- prose: begin -->", "<!-- prose: end -->"
MODES = {
    "quotes": "none",
    "smollm2 untuned": "smollm2-untuned",
    "smollm2, all it writes": "smollm2",
    "smollm2, checked": "smollm2",
}
RAW = "smollm2, all it writes"
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
Row = dict[str, float]


class Recorder:
    """A support check that remembers what it was given, also what the chain leaves out then."""

    def __init__(self, check: Any) -> None:
        self._check = check
        self.seen: list[AnswerSentence] = []

    def denies(self, quote: Any, question: str) -> bool:
        return self._check.denies(quote, question)

    def stands(self, sentence: AnswerSentence, question: str, quotes: Any) -> bool:
        return self._check.stands(sentence, question, quotes)

    def checked(self, said: Any, quotes: Any) -> tuple[AnswerSentence, ...]:
        sentences = self._check.checked(said, quotes)
        self.seen += sentences
        return sentences


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: the chain's, all sentences that were written for it, and when its first words and its end came."""

    lesson: SftExample
    asked: LabelledQuestion
    answer: Answer
    written: tuple[AnswerSentence, ...]
    first_s: float
    end_s: float
    gold: str = field(default="")


def ask_all(
    answerer: LocalAnswerer, lessons: Sequence[SftExample], asked: Mapping[str, LabelledQuestion]
) -> list[Told]:
    """Every lesson's question through the chain."""
    chain = answerer.collection.chain
    recorder = Recorder(chain.teller.support)
    chain.teller.support = cast("SupportCheck", recorder)
    told = []
    for lesson in lessons:
        question = asked[lesson.asked or ""]
        recorder.seen = []
        began, first, done = time.perf_counter(), 0.0, None
        turns = tuple(Turn("user", text) for text in question.asked_before)
        for event in answerer.stream(Question(question.text, turns)):
            if isinstance(event, Token):
                first = first or time.perf_counter() - began
            done = event.answer if isinstance(event, Done) else done
        assert done is not None
        gold = " ".join(group.answer for group in lesson.groups if group.answer)
        told.append(Told(lesson, question, done, tuple(recorder.seen), first, time.perf_counter() - began, gold))
    return told


def measured(told: Told, *, raw: bool, embed: Callable[[list[str]], np.ndarray]) -> Row:
    """The figures of one answer; nan where one does not apply."""
    answer = told.answer
    sentences = told.written if raw and told.written else answer.sentences
    shown = " ".join(without_markers(sentence.text) for sentence in sentences)
    said = " ".join(without_markers(_unnamed(sentence, answer)) for sentence in sentences)
    row: Row = dict.fromkeys(COLUMNS, np.nan)
    answered = answer.status != "abstained"
    row["answered rightly" if told.asked.papers else "refused rightly"] = float(answered == bool(told.asked.papers))
    if told.asked.papers:
        cited = {citation.paper.id for citation in answer.citations}
        row["right paper cited"] = float(bool(cited & set(told.asked.papers)))
    if not answered:
        return row
    row["sentences supported"] = float(np.mean([sentence.support == "supported" for sentence in sentences]))
    row["citation precision"] = citation_precision(told.asked, answer)
    row["invented figures"] = float(any(_invents(sentence, answer) for sentence in sentences))
    row["in prose"] = float(answer.mode == "generated")
    row["words"] = len(shown.split())
    row["first words, s"], row["end, s"] = told.first_s, told.end_s
    if told.gold:
        row["token F1"] = token_f1(said, told.gold)
        row["similarity"] = float(np.prod(embed([said, told.gold]), axis=0).sum())
    return row


COLUMNS = (
    *("answered rightly", "refused rightly", "sentences supported", "right paper cited", "citation precision"),
    *("invented figures", "in prose", "token F1", "similarity", "words", "first words, s", "end, s"),
)


def token_f1(said: str, gold: str) -> float:
    """The harmonic mean of precision and recall of content words, as SQuAD counts words (Rajpurkar et al. 2016)."""
    one, two = Counter(content_words(said)), Counter(content_words(gold))
    common = sum((one & two).values())
    return 2 * common / (sum(one.values()) + sum(two.values())) if common else 0.0


def _invents(sentence: AnswerSentence, answer: Answer) -> bool:
    """Whether the sentence has a figure that stands in none of the passages found."""
    known = " ".join(f"{passage.paper.abstract} {about(passage.paper)}" for passage in answer.sources)
    return any(figure not in known for figure in _FIGURE.findall(without_markers(sentence.text)))


def prose_page(rows: Mapping[str, Sequence[Row]], command: str, memory_gb: float) -> str:
    """The table, one line a mode, means with 95% intervals, and the memory."""
    heads = ["mode", *COLUMNS]
    lines = [heads, ["---"] * len(heads)]
    for mode, own in rows.items():
        lines.append([mode, *(_cell([row[column] for row in own], column) for column in COLUMNS)])
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    count = max((len(own) for own in rows.values()), default=0)
    about = (
        f"{count} questions of the lessons, 95% intervals; seconds are medians. Memory at the end {memory_gb:.2f} GB."
    )
    return "\n\n".join([provenance(command), about, table])


def _cell(values: Sequence[float], column: str) -> str:
    known = [value for value in values if not np.isnan(value)]
    if not known:
        return "–"
    if column.endswith(", s"):
        return f"{np.median(known):.2f}"
    if column == "words":
        return f"{np.mean(known):.0f}"
    low, high = bootstrap_interval(known)
    return f"{np.mean(known):.3f} ({low:.2f}–{high:.2f})"


def main() -> None:
    """Measure all modes, or those named."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.prose", description=__doc__)
    arguments.add_argument("--split", choices=["dev", "test"], default="test")
    arguments.add_argument("--mode", action="append", choices=list(MODES), help="measure this mode only")
    arguments.add_argument("--most", type=int, help="as many questions at most")
    arguments.add_argument("--answers", type=Path, help="a file for the answers in full, as JSON lines")
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    given = arguments.parse_args()
    try:
        rows, told = _measure(given.split, given.mode or list(MODES), given.most)
    except PaperbackedError as error:
        sys.exit(str(error))
    memory = psutil.Process().memory_info().rss / 1e9
    text = prose_page(rows, " ".join(["python -m benchmarks.prose", *sys.argv[1:]]), memory)
    print(text)
    if given.answers:
        lines = [json.dumps(_full(mode, one), ensure_ascii=False) for mode, own in told.items() for one in own]
        given.answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if given.write:
        write_between_marks(given.write, text, MARKS)


def _measure(split: str, modes: Sequence[str], most: int | None) -> tuple[dict[str, list[Row]], dict[str, list[Told]]]:
    asked = {question.id: question for question in read_labelled_questions(default_questions_file(f"{split}.jsonl"))}
    lessons = read_sft_examples(shipped_file(f"answers/{split}.jsonl"))[:most]
    by_model: dict[str, list[Told]] = {}
    rows: dict[str, list[Row]] = {}
    told: dict[str, list[Told]] = {}
    with progress_bars() as progress:
        for mode in modes:
            model = MODES[mode]
            answerer = build_answerer(read_settings(llm=model), progress, lambda line: print(line, file=sys.stderr))
            if model not in by_model:
                by_model[model] = ask_all(answerer, lessons, asked)
            told[mode] = by_model[model]
            embed = answerer.retriever.embedder.embed
            rows[mode] = [measured(one, raw=mode == RAW, embed=embed) for one in told[mode]]
    return rows, told


def _full(mode: str, told: Told) -> dict[str, Any]:
    return {
        "mode": mode,
        "id": told.lesson.id,
        "question": told.asked.text,
        "gold": told.gold,
        "written": [sentence.as_json() for sentence in told.written],
        "answer": told.answer.as_json(),
    }


def _unnamed(sentence: AnswerSentence, answer: Answer) -> str:
    """What the model said: prose is measured without the naming of its papers, which is the program's."""
    if answer.mode != "generated":
        return sentence.text
    papers = [citation.paper for citation in answer.citations]
    return unattributed(sentence.text, papers, language_of(answer.question).phrases)


if __name__ == "__main__":
    main()
