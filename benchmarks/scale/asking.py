"""What a question costs by stage, with filters, with many readers at once and while papers are added.

Run in a process of its own over a collection that is built.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice

import numpy as np

from app.build import build_answerer, build_retriever
from app.quiet import silence_libraries
from benchmarks.scale.clocks import Stopwatch, milliseconds, peak_gigabytes, percentiles
from benchmarks.scale.made_papers import FILTERS, write_papers
from benchmarks.scale.places import COLLECTION, Measured, Place, place_arguments, place_of
from benchmarks.scale.recall import recall
from retrieval.errors import PaperbackedError
from retrieval.models.embedder import Embedder
from retrieval.readers.registry import read_papers
from retrieval.retriever import PaperRetriever

PART = "asked"
FIRST, ASKED, FILTERED, COMPARED = 10, 200, 60, 200
"""Questions: to begin with, without filters, with each filter, and compared with every vector."""
READERS = 20
ADDED = 100
STAGES = {
    "question embedded": ("embedder", ("embed",)),
    "vectors": ("store", ("nearest", "nearest_of")),
    "words and letters": ("lexical", ("nearest", "scores", "knows")),
    "papers read": ("papers", ("numbered", "numbers_of", "admitted", "passages_of")),
}
"""The parts of the retriever that are watched, with their methods."""


def ask(place: Place, questions: Sequence[str], embedder: Embedder | None = None) -> Measured:
    """Percentiles of the milliseconds of a question, by what is asked how, and the recall of the vectors.

    No question is asked twice as long as there are enough of them. `embedder` is for tests.
    """
    retriever = build_retriever(place.settings, embedder=embedder)
    fresh = cycle(questions)
    for question in islice(fresh, FIRST):
        retriever.passages(question)
    measured = by_stage(retriever, list(islice(fresh, min(ASKED, len(questions)))))
    for name, filters in FILTERS.items():
        some = islice(fresh, min(FILTERED, len(questions)))
        took = [milliseconds(partial(retriever.passages, question, filters)) for question in some]
        measured |= percentiles(f"query, {name}", took)
    measured |= at_once(retriever, list(islice(fresh, min(ASKED, len(questions)))))
    measured["asking, peak memory"] = peak_gigabytes()
    vectors = np.stack([retriever.vector(question) for question in islice(fresh, min(COMPARED, len(questions)))])
    return measured | {"recall": recall(retriever.store, retriever.collection.segments, vectors)}


def by_stage(retriever: PaperRetriever, questions: Sequence[str]) -> Measured:
    """A question after the other: the whole, and what each stage has of it."""
    watch = Stopwatch()
    for stage, (part, methods) in STAGES.items():
        watch.watch(getattr(retriever, part), methods, stage)
    whole = [watch.round(partial(retriever.passages, question)) for question in questions]
    watch.unwatch()
    measured = percentiles("query", whole)
    for stage, took in watch.rounds.items():
        measured |= percentiles(f"query, {stage}", took)
    return measured


def at_once(retriever: PaperRetriever, questions: Sequence[str]) -> Measured:
    """The same with as many questions under way as there are readers."""

    def asked(question: str) -> float:
        return milliseconds(partial(retriever.passages, question))

    with ThreadPoolExecutor(READERS) as readers:
        took: list[float] = []
        whole = milliseconds(lambda: took.extend(readers.map(asked, questions)))
    return percentiles("query, readers", took) | {"queries a second, readers": 1000 * len(questions) / whole}


def adding(place: Place, questions: Iterator[str]) -> Measured:
    """Seconds that the command takes to add papers, and how a reader fares who asks meanwhile."""
    answerer = build_answerer(place.settings, wait=False)
    # With each generation other papers, so that there is something to add however often this is measured.
    first = place.size + ADDED * answerer.papers.generation.number
    file = place.own / "added.jsonl"
    write_papers(place.base, ADDED, file, first)
    answerer.search(next(questions))
    command = [sys.executable, "-m", "app", "ingest", str(file), "--collection", COLLECTION]
    process = subprocess.Popen(command, env=os.environ | {"PAPERBACKED_HOME": str(place.settings.home)})
    took: list[float] = []
    failed = 0

    def meanwhile() -> None:
        nonlocal failed
        while process.poll() is None:
            try:
                took.append(milliseconds(lambda: answerer.search(next(questions))))
            except PaperbackedError as error:
                print(error, file=sys.stderr)
                failed += 1

    seconds = milliseconds(meanwhile) / 1000
    if process.returncode:
        raise RuntimeError("The papers could not be added.")
    added = read_papers(file)
    # Asked in its own words, a paper that is there is found.
    found = [paper.id in {one.paper.id for one in answerer.search(paper.abstract[:300])} for paper in added[:FIRST]]
    return {
        "adding, seconds": seconds,
        "adding, answers": float(len(took)),
        "adding, answers that failed": float(failed),
        "adding, slowest answer": max(took, default=0.0),
        "adding, found afterwards": sum(found) / len(found),
    }


def main() -> None:
    """Ask the place that the options name, and write down what was measured."""
    silence_libraries()
    place = place_of(place_arguments(__doc__).parse_args())
    questions = place.base.questions
    measured = ask(place, questions)
    place.keep(PART, measured | adding(place, cycle(questions)))


if __name__ == "__main__":
    main()
