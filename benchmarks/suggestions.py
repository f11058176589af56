"""Ask what is suggested: `python -m benchmarks.suggestions [--write docs/results.md] [--show]`.

A suggestion is answered well where the papers are said to answer it, and a quote has what it was written about.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.answering.answer import Answer
from app.answering.evidence.suggestions import FILE, Suggestions, read_suggestions
from app.build import build_answerer
from app.local_answerer import LocalAnswerer
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import provenance, write_between_marks
from retrieval.shipped import shipped_file
from retrieval.types import ExpansionQuery

MARKS = "<!-- suggestions: begin -->", "<!-- suggestions: end -->"
COMMAND = "python -m benchmarks.suggestions"

Asked = Sequence[tuple[ExpansionQuery, Answer]]


def asked_all(answerer: LocalAnswerer, suggestions: Suggestions) -> Asked:
    """Every suggestion with its answer."""
    return [(one, answerer.ask(one.text)) for questions in suggestions.values() for one in questions]


def is_answered_well(question: ExpansionQuery, answer: Answer) -> bool:
    """Whether the papers are said to answer, and a quote has a sentence that does."""
    return answer.status == "answered" and any(
        citation.paper.id == question.paper_id and place.start < citation.end and citation.start < place.end
        for citation in answer.citations
        for place in question.answers
    )


def rows_of(asked: Asked) -> list[tuple[str, int]]:
    """How many were asked, and what became of them."""
    first = [bool(answer.citations) and answer.citations[0].paper.id == one.paper_id for one, answer in asked]
    return [
        ("asked", len(asked)),
        ("answered well", sum(is_answered_well(*pair) for pair in asked)),
        ("its paper quoted first", sum(first)),
        ("told as partly", sum(answer.status == "partly" for _, answer in asked)),
        ("refused", sum(answer.status == "abstained" for _, answer in asked)),
    ]


def main() -> None:
    """Print the table, and with --write put it into the page; --show prints what was not answered well."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    arguments.add_argument("--show", action="store_true", help="print what was not answered well")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        answerer = build_answerer(read_settings(home=Path(home), llm="none"))
        asked = asked_all(answerer, read_suggestions(shipped_file(FILE), answerer.papers))
    if given.show:
        for question, answer in asked:
            if not is_answered_well(question, answer):
                print(f"{question.paper_id}: {question.text} -> {answer.status} {answer.confidence:.2f}")
    rows = "\n".join(f"| {name} | {count} ({count / len(asked):.1%}) |" for name, count in rows_of(asked))
    table = f"{provenance(COMMAND)}\n\n| | suggestions |\n|---|---|\n{rows}"
    print(table)
    if given.write:
        write_between_marks(given.write, table, MARKS)


if __name__ == "__main__":
    main()
