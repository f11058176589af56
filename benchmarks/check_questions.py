"""Hold the questions files against their rules: `python -m benchmarks.check_questions`.

Prints counts and overlaps; each broken rule is a line on stderr, and then the
exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from retrieval.errors import PaperbackedError
from retrieval.lexical.tokens import content_words
from retrieval.questions.labelled import TYPES, LabelledQuestion, read_labelled_questions
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file
from retrieval.types import Paper

SPLITS = ("train", "dev", "test")
HELD_OUT = "papers_held_out.txt"
OVERLAP_TYPES = ("single", "multi", "followup")
MAX_OVERLAP = 1 / 3
FEWEST_FOR_A_PAPER = 12
SHORT_PAPERS = frozenset(
    {
        "circuits-updates-may-2023",
        "explaining-neurons",
        "implicit-neural-representations",
        "rlhf-perverse-incentives",
        "strategic-deception-under-pressure",
    }
)
"""Papers with two or three sentences of abstract, or none, which is too little for so many questions."""
FEWEST_TO_MEASURE = 150
FEWEST_UNANSWERABLE = 50
Split = Sequence[LabelledQuestion]


def main() -> None:
    """Check the files that ship, or those in a folder."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.check_questions", description=__doc__)
    arguments.add_argument("--folder", type=Path, default=default_questions_file("dev.jsonl").parent)
    folder = arguments.parse_args().folder
    try:
        papers = {paper.id: paper for paper in read_papers(default_papers_file())}
        splits = {name: read_labelled_questions(folder / f"{name}.jsonl") for name in SPLITS}
        held_out = (folder / HELD_OUT).read_text(encoding="utf-8").split()
    except (PaperbackedError, OSError) as error:
        sys.exit(str(error))
    print("\n".join(described(splits, papers)))
    broken = list(broken_rules(splits, papers, held_out))
    for rule in broken:
        print(rule, file=sys.stderr)
    sys.exit(1 if broken else 0)


def described(splits: Mapping[str, Split], papers: Mapping[str, Paper]) -> Iterator[str]:
    """What is in each file: counts by type, language and paper, and the mean overlap."""
    for name, questions in splits.items():
        types = Counter(question.type for question in questions)
        languages = Counter(question.language for question in questions)
        a_paper = Counter(paper for question in questions for paper in question.papers)
        yield f"{name}: {len(questions)} questions over {len(a_paper)} papers"
        yield "  types: " + ", ".join(f"{kind} {types[kind]}" for kind in TYPES if types[kind])
        yield "  languages: " + ", ".join(f"{language} {count}" for language, count in languages.most_common())
        if a_paper:
            yield f"  questions a paper: {min(a_paper.values())} to {max(a_paper.values())}"
        yield f"  words also in the abstract: {mean_overlap(questions, papers):.3f}"


def broken_rules(splits: Mapping[str, Split], papers: Mapping[str, Paper], held_out: Sequence[str]) -> Iterator[str]:
    """One line for each rule that a file breaks."""
    for name, questions in splits.items():
        known = [question for question in questions if all(paper in papers for paper in question.papers)]
        yield from _names_and_gold(name, questions, papers)
        if (overlap := mean_overlap(known, papers)) >= MAX_OVERLAP:
            yield f"{name}: {overlap:.3f} of the words occur in the abstract, and it must be under a third"
        if name != "train":
            yield from _too_few(name, questions)
    yield from _duplicates(splits)
    asked = Counter(paper for question in splits["train"] for paper in question.papers)
    for paper in papers:
        if asked[paper] < FEWEST_FOR_A_PAPER and paper not in SHORT_PAPERS:
            yield f"train: {paper} has {asked[paper]} questions, and must have {FEWEST_FOR_A_PAPER}"
    yield from _held_out(held_out, papers)


def mean_overlap(questions: Split, papers: Mapping[str, Paper]) -> float:
    """The mean share of a question's content words that its papers' titles and abstracts have.

    Over the English questions that ask in sentences; typing errors and keywords
    would make it look smaller or larger than it is.
    """
    shares = []
    for question in questions:
        words = _words(question.text)
        if question.language == "en" and question.type in OVERLAP_TYPES and words:
            said = frozenset().union(*(_words(_text(papers[name])) for name in question.papers))
            shares.append(len(words & said) / len(words))
    return sum(shares) / len(shares) if shares else 0.0


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def _text(paper: Paper) -> str:
    return f"{paper.name} {paper.abstract} {paper.translations.get('en', '')}"


def _names_and_gold(name: str, questions: Split, papers: Mapping[str, Paper]) -> Iterator[str]:
    for question in questions:
        for paper in question.papers:
            if paper not in papers:
                yield f"{name}: {question.id} names {paper}, which is no paper"
        for gold in question.gold:
            if gold.paper_id not in question.papers:
                yield f"{name}: {question.id} has a gold sentence of {gold.paper_id}, which does not answer it"
            elif gold.paper_id in papers and gold.sentence not in papers[gold.paper_id].abstract:
                yield f"{name}: {question.id} has a gold sentence that {gold.paper_id} does not: {gold.sentence[:60]}"
        quoted = {gold.paper_id for gold in question.gold}
        for paper in question.papers:
            if paper in papers and papers[paper].abstract and paper not in quoted:
                yield f"{name}: {question.id} has no gold sentence of {paper}"


def _too_few(name: str, questions: Split) -> Iterator[str]:
    types = Counter(question.type for question in questions)
    if len(questions) < FEWEST_TO_MEASURE:
        yield f"{name}: {len(questions)} questions, and must have {FEWEST_TO_MEASURE}"
    if types["unanswerable"] < FEWEST_UNANSWERABLE:
        yield f"{name}: {types['unanswerable']} unanswerable questions, and must have {FEWEST_UNANSWERABLE}"
    for kind in TYPES:
        if not types[kind]:
            yield f"{name}: no question of the type {kind}"


def _duplicates(splits: Mapping[str, Split]) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, questions in splits.items():
        for question in questions:
            # With what was asked before: "And why?" is another question in another conversation.
            key = folded(question.joined)
            if key in first:
                yield f"{name}: {question.id} asks the same as {first[key]}"
            first.setdefault(key, question.id)


def folded(text: str) -> str:
    """The text without case, punctuation and spacing."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _held_out(held_out: Sequence[str], papers: Mapping[str, Paper]) -> Iterator[str]:
    for name in held_out:
        if name not in papers:
            yield f"{HELD_OUT}: {name} is no paper"
    if len(set(held_out)) != len(held_out):
        yield f"{HELD_OUT}: a paper stands there twice"
    if not 0.3 <= len(held_out) / len(papers) <= 0.37:
        yield f"{HELD_OUT}: {len(held_out)} of {len(papers)} papers, and it must be a third"


if __name__ == "__main__":
    main()
