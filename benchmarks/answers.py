"""Measure the answers in quotes mode: `python -m benchmarks.answers [--split dev] [--split test]`.

The tables go into docs/results.md, in place of those before.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.build import build_answerer
from app.cli.terminal import progress_bars
from app.evaluation.answer_table import HEADS, cell, refusals, rows_of
from app.evaluation.answers import AnswerReport
from app.evaluation.reports import answers_report
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.evaluation import SPLITS
from benchmarks.figures import provenance, write_between_marks
from retrieval.errors import PaperbackedError
from retrieval.shipped import default_questions_file

PAGE = Path(__file__).parent.parent / "docs" / "results.md"
MARKS = "<!-- answers: begin -->", "<!-- answers: end -->"


def main() -> None:
    """Measure on dev and on test, or on the splits that were named, and write the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    arguments.add_argument("--split", action="append", choices=list(SPLITS), help="measure on this split only")
    arguments.add_argument("--llm", default="none", help="the language model that writes the answers")
    arguments.add_argument("--page", type=Path, default=PAGE, help="the page to put the tables into")
    arguments.add_argument("--dry-run", action="store_true", help="print the tables, and leave the page as it is")
    given = arguments.parse_args()
    try:
        reports = measured(given.split or list(SPLITS), given.llm)
    except PaperbackedError as error:
        sys.exit(str(error))
    text = answers_page(reports, " ".join(["python -m benchmarks.answers", *sys.argv[1:]]))
    print(text)
    if not given.dry_run:
        write_between_marks(given.page, text, MARKS)


def measured(splits: Sequence[str], llm: str = "none") -> dict[str, AnswerReport]:
    """A report for each split of our questions, by its heading."""
    with progress_bars() as progress:
        answerer = build_answerer(read_settings(llm=llm), progress, _note)
        return {
            SPLITS[split]: answers_report(default_questions_file(f"{split}.jsonl"), lambda: answerer, progress)
            for split in splits
        }


def answers_page(reports: Mapping[str, AnswerReport], command: str) -> str:
    """All tables under the command, commit, machine and date that made them."""
    parts = [provenance(command)]
    for heading, report in reports.items():
        llm = report.about["models"]["llm"]
        mode = f"written by {llm}" if llm else "quotes mode"
        about = f"{report.about['name']}, {report.about['papers']} papers, {mode}, 95% intervals."
        parts += [f"### {heading}", about, _table(report), refusals(report.abstention)]
    return "\n\n".join(parts)


def _table(report: AnswerReport) -> str:
    heads = ["questions", "n", *HEADS.values(), "p50", "p95"]
    lines = [heads, ["---"] * len(heads)]
    for name, figures in rows_of(report).items():
        means = [cell(figures, metric, "{mean} ({interval})") for metric in HEADS]
        times = [f"{took:.0f} ms" for took in (figures.p50_ms, figures.p95_ms)]
        lines.append([name, str(figures.count), *means, *times])
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()
