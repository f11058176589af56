"""Measure the ablation: `python -m benchmarks.evaluation [--beir DIR]`, or `make eval [BEIR=DIR]`.

The tables go into docs/results.md, in place of those before, and the picture of the
test questions to docs/images/ablation.png.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from app.build import build_answerer, build_benchmark_retriever
from app.cli.terminal import progress_bars
from app.evaluation.reports import beir_report, questions_report
from app.evaluation.retrieval_table import risks_at
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import provenance, write_between_marks
from retrieval.errors import PaperbackedError
from retrieval.evaluation.benchmark import ALL_FOUND, METRICS, Figures, Report, Row
from retrieval.evaluation.picture import draw_report
from retrieval.shipped import default_questions_file

DOCS = Path(__file__).parent.parent / "docs"
MARKS = "<!-- eval: begin -->", "<!-- eval: end -->"
SPLITS = {"dev": "Development questions", "test": "Test questions"}


def main() -> None:
    """Measure on dev, on test and on a BEIR folder, and write page and picture."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    arguments.add_argument("--beir", type=Path, metavar="DIR", help="a BEIR folder, such as SciFact, split test")
    arguments.add_argument("--page", type=Path, default=DOCS / "results.md", help="the page to put the tables into")
    given = arguments.parse_args()
    try:
        reports = measured(given.beir)
        draw_report(reports[SPLITS["test"]], given.page.parent / "images" / "ablation.png")
    except PaperbackedError as error:
        sys.exit(str(error))
    command = f"make eval BEIR={given.beir}" if given.beir else "make eval"
    text = retrieval_page(reports, command)
    print(text)
    write_between_marks(given.page, text, MARKS)


def measured(beir: Path | None) -> dict[str, Report]:
    """A report for each split of our questions, and for the folder where one is given."""
    settings = read_settings(llm="none")
    with progress_bars() as progress:
        answerer = build_answerer(settings, progress, _note)
        reports = {
            heading: questions_report(default_questions_file(f"{split}.jsonl"), lambda: answerer, progress)
            for split, heading in SPLITS.items()
        }
        if beir:
            index = partial(build_benchmark_retriever, settings, progress, _note)
            reports["Another collection"] = beir_report(beir, "test", index, progress)
    return reports


def retrieval_page(reports: dict[str, Report], command: str) -> str:
    """All tables under the command, commit, machine and date that made them."""
    parts = [provenance(command)]
    for heading, report in reports.items():
        parts += [f"### {heading}", f"{report.about['name']}, {report.about['papers']} papers, 95% intervals."]
        parts.append(_table("signals", (_cells(_name(row), row.overall) for row in report.rows)))
        if report.shipped.types:
            parts.append(_table("as shipped", _groups(report.shipped)))
        if report.answerability:
            parts.append(_answerable(report))
    return "\n\n".join(parts)


def _name(row: Row) -> str:
    return f"**{row.name}** (ships)" if row.shipped else row.name


def _groups(row: Row) -> Iterator[list[str]]:
    for name, figures in (*row.types.items(), *row.languages.items()):
        yield _cells(name, figures)


def _table(first: str, rows: Iterator[list[str]]) -> str:
    heads = [first, "n", *METRICS, "p50", "p95"]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)


def _cells(name: str, figures: Figures) -> list[str]:
    means = [f"{figures.means[metric]:.3f} ({_interval(*figures.intervals[metric])})" for metric in METRICS]
    return [name, str(figures.count), *means, f"{figures.p50_ms:.1f} ms", f"{figures.p95_ms:.1f} ms"]


def _interval(low: float, high: float) -> str:
    return f"{low:.2f}–{high:.2f}"


def _answerable(report: Report) -> str:
    known = report.answerability
    assert known
    risks = "; ".join(
        f"{risk:.1%} at {coverage:.0%} coverage" for coverage, risk in risks_at(known, (0.5, 0.8, 1)).items()
    )
    several = [
        f"{name}: all gold papers in the top 10: {figures.means[ALL_FOUND]:.3f} "
        f"({_interval(*figures.intervals[ALL_FOUND])})."
        for name, figures in report.shipped.types.items()
        if ALL_FOUND in figures.means
    ]
    auroc = f"AUROC {known.auroc:.3f} ({_interval(*known.interval)})"
    return " ".join(
        [
            *several,
            f"Answerable ({known.answerable}) or not ({known.unanswerable}): {auroc}.",
            f"Wrong among those answered, the surest first: {risks}.",
        ]
    )


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()
