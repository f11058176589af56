"""Hold the lessons against their rules: `python -m benchmarks.check_sft_examples`.

Prints counts; each broken rule is a line on stderr, and then the exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answering.checking.support import about
from app.answering.models.language_model import SKIP
from app.answering.writing.direct_line import MOST_QUOTES
from app.training.sft.examples import read_abstracts
from retrieval.chunking import split_sentences
from retrieval.errors import InputError, PaperbackedError
from retrieval.json_lines import read_records
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.types import Paper

SPLITS = ("train", "dev", "test")
OTHER = "other"
FEWEST = {"train": 1_500, "dev": 300, "test": 300, OTHER: 500}
MOST_WORDS = 45
INJECTED = "injected"
UNPROVED = frozenset({"direct-0367", "direct-1317", "direct-1318"})
"""Lessons that tell of a quote which they do not have: to be mended."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b(?:[A-Z][A-Za-z]*[A-Z0-9][\w-]*|[A-Z][a-z]+[\w-]*)")
_BRACKETS = re.compile(r"\[[^\]]*\]?|\]")
_MARKER = re.compile(r"\[\d[\d, ]*\]")
Documents = Mapping[str, tuple[str, Sequence[str]]]
"""Title and sentences of documents of SciFact, by their ids."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line of a file. `quotes` are ids of papers with a text each, or of documents of SciFact with a place each."""

    id: str
    form: str
    question: str
    quotes: tuple[tuple[str, str | int], ...]
    answer: str | None
    asked: str | None = None


Files = Mapping[str, Sequence[Lesson]]


def main() -> None:
    """Check the files that ship, or those in a folder."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.check_sft_examples", description=__doc__)
    arguments.add_argument("--folder", type=Path, default=shipped_file("answers"))
    arguments.add_argument("--scifact", type=Path, help="A BEIR folder of SciFact, to check what is quoted of it too.")
    given = arguments.parse_args()
    try:
        papers = {paper.id: paper for paper in read_papers(default_papers_file())}
        files = {name: read_lessons(given.folder / f"{name}.jsonl") for name in FEWEST}
        asked = {name: read_labelled_questions(default_questions_file(f"{name}.jsonl")) for name in SPLITS}
        documents = read_abstracts(given.scifact / "corpus.jsonl") if given.scifact else {}
    except PaperbackedError as error:
        sys.exit(str(error))
    print("\n".join(described(files)))
    broken = list(broken_rules(files, papers, asked, documents))
    for rule in broken:
        print(rule, file=sys.stderr)
    sys.exit(1 if broken else 0)


def read_lessons(path: Path) -> tuple[Lesson, ...]:
    """All lessons of a file. Raises `InputError` naming file, line and reason."""
    return tuple(lesson for _, lesson in read_records(path, _parsed, what="lessons", kind=InputError))


def _parsed(record: dict[str, Any]) -> Lesson:
    if "doc" in record:
        quotes = tuple((str(record["doc"]), int(place)) for place in record["sentences"])
    else:
        quotes = tuple((str(quote["paper"]), str(quote["text"])) for quote in record["quotes"])
    return Lesson(record["id"], record["form"], record["question"], quotes, record["answer"], record.get("asked"))


def described(files: Files) -> Iterator[str]:
    """The rows of the table in data/README.md."""
    yield "| | " + " | ".join(f"`{name}.jsonl`" for name in files) + " |"
    yield "|---" * (len(files) + 1) + "|"
    yield _row("Lessons", (len(lessons) for lessons in files.values()))
    yield _row("Papers", (len({source for one in lessons for source, _ in one.quotes}) for lessons in files.values()))
    yield _row("with two or three quotes", (sum(len(one.quotes) > 1 for one in lessons) for lessons in files.values()))
    yield _row("that the quotes answer", (sum(one.answer is not None for one in lessons) for lessons in files.values()))
    forms = {name: Counter(lesson.form for lesson in lessons) for name, lessons in files.items()}
    for form in dict.fromkeys(form for counts in forms.values() for form, _ in counts.most_common()):
        yield _row(f"`{form}`", (counts[form] for counts in forms.values()))


def _row(name: str, values: Iterable[int]) -> str:
    return f"| {name} | " + " | ".join(map(str, values)) + " |"


def broken_rules(
    files: Files,
    papers: Mapping[str, Paper],
    asked: Mapping[str, Sequence[LabelledQuestion]],
    documents: Documents,
) -> Iterator[str]:
    """One line for each rule that a file breaks; `documents` are those in which places can be checked."""
    for name, lessons in files.items():
        if len(lessons) < FEWEST.get(name, 0):
            yield f"{name}: {len(lessons)} lessons, fewer than {FEWEST[name]}"
        for lesson in lessons:
            yield from (f"{lesson.id}: {what}" for what in _misquoted(lesson, papers, documents))
            if lesson.answer is not None:
                yield from (f"{lesson.id}: {what}" for what in _ill_said(lesson, papers, documents))
    yield from _repeated([lesson for lessons in files.values() for lesson in lessons])
    yield from _shared(files, asked)


def _misquoted(lesson: Lesson, papers: Mapping[str, Paper], documents: Documents) -> Iterator[str]:
    if not 1 <= len(lesson.quotes) <= MOST_QUOTES:
        yield f"{len(lesson.quotes)} quotes, and 1 to {MOST_QUOTES} are wanted"
    if len(set(lesson.quotes)) < len(lesson.quotes):
        yield "a quote stands twice"
    for source, quoted in lesson.quotes:
        if isinstance(quoted, int):
            if documents and not 0 <= quoted < len(documents.get(source, ("", ()))[1]):
                yield f"no sentence {quoted} in the document {source}"
        elif source not in papers:
            yield f"no paper {source!r}"
        elif lesson.form != INJECTED and not _quotes(papers[source], quoted):
            yield f"no whole sentences of the abstract of {source}: {quoted[:60]!r}"


def _quotes(paper: Paper, text: str) -> bool:
    """Whether the text is a run of whole sentences of the abstract or of its English translation."""
    for whole in (paper.abstract, paper.translations.get("en", "")):
        spans = split_sentences(whole)
        starts, ends = {span.start for span in spans}, {span.end for span in spans}
        if any(start in starts and start + len(text) in ends for start in _places(text, whole)):
            return True
    return False


def _places(text: str, whole: str) -> Iterator[int]:
    at = whole.find(text)
    while at >= 0:
        yield at
        at = whole.find(text, at + 1)


def _ill_said(lesson: Lesson, papers: Mapping[str, Paper], documents: Documents) -> Iterator[str]:
    answer = lesson.answer or ""
    if not answer.strip() or SKIP in answer:
        yield f"an answer is text, and null where the quotes do not answer: {answer!r}"
    if (words := len(answer.split())) > MOST_WORDS:
        yield f"{words} words, more than {MOST_WORDS}"
    if marker := _MARKER.search(answer):
        yield f"the marker {marker[0]} of a quote"
    known = _known(lesson, papers, documents)
    if not known or lesson.id in UNPROVED:
        return
    for brackets in _BRACKETS.findall(answer):
        if brackets not in known:
            yield f"brackets that no quote has: {brackets}"
    for figure in _FIGURE.findall(answer):
        if figure not in known:
            yield f"the figure {figure} is not in the quotes"
    for name in _NAME.findall(answer):
        if name.casefold().removesuffix("s") not in f"{known} {lesson.question}".casefold():
            yield f"the name {name} is neither in the quotes nor in the question"


def _known(lesson: Lesson, papers: Mapping[str, Paper], documents: Documents) -> str:
    """The quotes and what their papers are called and by whom they are; nothing where they are not at hand."""
    texts: list[str] = []
    for source, quoted in lesson.quotes:
        if isinstance(quoted, str):
            texts.append(quoted)
            if source in papers:
                texts.append(about(papers[source]))
        elif source in documents:
            title, sentences = documents[source]
            texts += [title, *sentences[quoted : quoted + 1]]
    return " ".join(texts)


def _repeated(lessons: Sequence[Lesson]) -> Iterator[str]:
    """Ids, and questions that have the same quotes too often or are answered by them in one lesson alone.

    Twice they may stand, as two authors say it.
    """
    for id, times in Counter(lesson.id for lesson in lessons).items():
        if times > 1:
            yield f"{id}: {times} lessons have the id"
    same: dict[tuple[str, frozenset[tuple[str, str | int]]], list[Lesson]] = {}
    for lesson in lessons:
        same.setdefault((lesson.question.casefold(), frozenset(lesson.quotes)), []).append(lesson)
    for first, *others in same.values():
        if len(others) > 1:
            yield f"{first.id}: the question has the same quotes {1 + len(others)} times"
        if any((other.answer is None) != (first.answer is None) for other in others):
            yield f"{first.id}: the quotes answer the question, and they do not in {others[0].id}"


def _shared(files: Files, asked: Mapping[str, Sequence[LabelledQuestion]]) -> Iterator[str]:
    """Questions that stand in two splits, or in one that they were not written for."""
    split_of = {question.id: name for name, questions in asked.items() for question in questions}
    held_out = {question.text.casefold() for name in ("dev", "test") for question in asked.get(name, ())}
    seen: dict[str, str] = {}
    for name, lessons in files.items():
        # Lessons of other fields are learned from, as those of train are.
        split = "train" if name == OTHER else name
        for lesson in lessons:
            question = lesson.question.casefold()
            if seen.setdefault(question, split) != split:
                yield f"{lesson.id}: the question is in {seen[question]} too"
            if lesson.asked and split_of.get(lesson.asked) != split:
                yield f"{lesson.id}: {lesson.asked} is no question of {split}"
            if split == "train" and question in held_out:
                yield f"{lesson.id}: a held-out question is learned from"


if __name__ == "__main__":
    main()
