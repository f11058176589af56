"""How an evaluation of answers looks in a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.evaluation.answers import ANSWERABLE, Abstention, AnswerFigures, AnswerReport, Interval

HEADS = {
    "answered": "answered",
    "evidence_hit": "evidence hit",
    "paper_hit": "paper hit",
    "citation_recall": "citation recall",
    "citation_precision": "citation precision",
    "quoted": "sentences quoted",
    "hit@5": "hit@5",
}
"""What the metrics are called where people read them."""


def print_answer_report(report: AnswerReport) -> None:
    """A row for each type of question, and whether the right questions are refused."""
    console = Console(highlight=False)
    llm = report.about["models"].get("llm") or "quotes"
    console.print(Text(f"{report.about['name']}, {report.about['papers']} papers, {llm}", style="bold"))
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("", min_width=12)
    for head in HEADS.values():
        table.add_column(Text(head.replace(" ", "\n")), justify="right")
    table.add_column(Text("p50\np95"), justify="right")
    for name, figures in rows_of(report).items():
        cells = [cell(figures, metric) for metric in HEADS]
        times = "\n".join(f"{took:.0f} ms" for took in (figures.p50_ms, figures.p95_ms))
        table.add_row(Text(f"{name}\n({figures.count})"), *map(Text, (*cells, times)))
    console.print(table)
    console.print(Text("below each mean its 95% interval", style="dim"))
    console.print(Text(refusals(report.abstention)))
    console.print(Text(f"Answers: {counted(report.modes)}. Sentences: {counted(report.support)}."))
    console.print(Text(f"Lines above the quotes: {counted(report.lines)}."))


def rows_of(report: AnswerReport) -> dict[str, AnswerFigures]:
    """The rows: all answerable questions, then each type."""
    return {ANSWERABLE: report.overall, **report.types}


def cell(figures: AnswerFigures, metric: str, form: str = "{mean}\n{interval}") -> str:
    """A mean and its interval in that form; a dash where the metric does not apply."""
    mean = figures.means[metric]
    if math.isnan(mean):
        return "–"
    digits = 2 if metric == "quoted" else 3
    return form.format(mean=f"{mean:.{digits}f}", interval=_interval(figures.intervals[metric]))


def refusals(known: Abstention) -> str:
    """The abstention's figures as a sentence."""
    parts = []
    if known.unanswerable:
        parts.append(
            f"answered of {known.unanswerable} that the papers do not answer: {_share(known, 'false_answers')}"
        )
    if known.answerable:
        parts.append(f"refused of {known.answerable} that they do: {_share(known, 'false_refusals')}")
    if known.answerable and known.unanswerable:
        parts.append(f"AUROC of the confidence: {known.auroc:.3f} ({_interval(known.intervals['auroc'])})")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else "Nothing was asked."


def _share(known: Abstention, name: str) -> str:
    low, high = known.intervals[name]
    return f"{getattr(known, name):.1%} ({low:.1%}–{high:.1%})"


def counted(counts: Mapping[str, int]) -> str:
    """Counts in words, the most first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered) or "none"


def _interval(interval: Interval) -> str:
    return "–".join(f"{bound:.2f}".removeprefix("0").replace("1.00", "1") for bound in interval)
