"""Hold the lessons against their rules: `python -m benchmarks.check_sft_examples`.

Prints counts; each broken rule is a line on stderr, and then the exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.answering.checking.support import about
from app.training.sft.examples import QuoteGroup, SftExample, read_sft_examples
from retrieval.errors import PaperbackedError
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.types import Paper

FEWEST = {"train": 1200, "dev": 150, "test": 150}
LONGEST_COPY = 12
INJECTED = "injected"
_WORD = re.compile(r"[\w'%-]+")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b(?:[A-Z][A-Za-z]*[A-Z0-9][\w-]*|[A-Z][a-z]+[\w-]*)")
Splits = Mapping[str, Sequence[SftExample]]


def main() -> None:
    """Check the files that ship, or those in a folder."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.check_sft_examples", description=__doc__)
    arguments.add_argument("--folder", type=Path, default=shipped_file("answers"))
    folder = arguments.parse_args().folder
    try:
        papers = {paper.id: paper for paper in read_papers(default_papers_file())}
        splits = {name: read_sft_examples(folder / f"{name}.jsonl") for name in FEWEST}
        asked = {name: read_labelled_questions(default_questions_file(f"{name}.jsonl")) for name in FEWEST}
    except PaperbackedError as error:
        sys.exit(str(error))
    print("\n".join(described(splits)))
    broken = list(broken_rules(splits, papers, asked))
    for rule in broken:
        print(rule, file=sys.stderr)
    sys.exit(1 if broken else 0)


def described(splits: Splits) -> Iterator[str]:
    """What is in each file: lessons by kind, groups, and those that answer."""
    for name, lessons in splits.items():
        groups = [group for lesson in lessons for group in lesson.groups]
        kinds = Counter(lesson.kind for lesson in lessons)
        answered = sum(group.answer is not None for group in groups)
        yield (
            f"{name}: {len(lessons)} lessons over {len({group.paper_id for group in groups})} papers; "
            f"{len(groups)} groups, {answered} answered"
        )
        yield "  kinds: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())


def broken_rules(
    splits: Splits, papers: Mapping[str, Paper], asked: Mapping[str, Sequence[LabelledQuestion]]
) -> Iterator[str]:
    """One line for each rule that a file breaks."""
    for name, lessons in splits.items():
        if len(lessons) < FEWEST.get(name, 0):
            yield f"{name}: {len(lessons)} lessons, fewer than {FEWEST[name]}"
        for lesson in lessons:
            for group in lesson.groups:
                yield from (f"{lesson.id}: {what}" for what in _wrong_with(group, lesson, papers))
    yield from _shared(splits, asked)


def _wrong_with(group: QuoteGroup, lesson: SftExample, papers: Mapping[str, Paper]) -> Iterator[str]:
    paper = papers.get(group.paper_id)
    if paper is None:
        yield f"no paper {group.paper_id!r}"
        return
    english = paper.translations.get("en", "")
    if lesson.kind != INJECTED and group.evidence not in paper.abstract and not _in_pieces(group.evidence, english):
        yield f"the evidence is not in the abstract of {paper.id}: {group.evidence[:60]!r}"
    if group.answer is None:
        return
    known = f"{group.evidence} {lesson.question} {lesson.standalone} {about(paper)}"
    for figure in _FIGURE.findall(group.answer):
        if figure not in group.evidence and figure not in about(paper):
            yield f"the figure {figure} is not in the evidence"
    for found in _NAME.findall(group.answer):
        if found.casefold().removesuffix("s") not in known.casefold():
            yield f"the name {found} is neither in the evidence nor in the question"
    if copied := _copied(group.answer, group.evidence):
        yield f"copies {copied!r}"


def _in_pieces(evidence: str, text: str) -> bool:
    """Whether each sentence of the evidence is in the text: a translation's need not be neighbours there."""
    return all(piece in text for piece in re.split(r"(?<=[.?!]) ", evidence))


def _copied(answer: str, evidence: str) -> str | None:
    """A run of more than `LONGEST_COPY` words that the answer takes from the evidence."""
    words = _WORD.findall(answer.casefold())
    within = f" {' '.join(_WORD.findall(evidence.casefold()))} "
    for at in range(len(words) - LONGEST_COPY):
        run = " ".join(words[at : at + LONGEST_COPY + 1])
        if f" {run} " in within:
            return run
    return None


def _shared(splits: Splits, asked: Mapping[str, Sequence[LabelledQuestion]]) -> Iterator[str]:
    """Questions that stand in two splits, or in one that they were not written for."""
    split_of = {question.id: name for name, questions in asked.items() for question in questions}
    held_out = {question.text for name in ("dev", "test") for question in asked.get(name, ())}
    seen: dict[str, str] = {}
    for name, lessons in splits.items():
        for lesson in lessons:
            if seen.setdefault(lesson.question, name) != name:
                yield f"{lesson.id}: the question is in {seen[lesson.question]} too"
            if lesson.asked and split_of.get(lesson.asked) != name:
                yield f"{lesson.id}: {lesson.asked} is no question of {name}"
            if name == "train" and lesson.question in held_out:
                yield f"{lesson.id}: a held-out question is learned from"


if __name__ == "__main__":
    main()
