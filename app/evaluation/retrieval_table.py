"""How an evaluation looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrieval.evaluation.benchmark import ALL_FOUND, METRICS, AnswerabilityFigures, Figures, Report

HEADS = {"ndcg@10": "nDCG@10", "recall@5": "Recall@5", "recall@10": "Recall@10", "mrr@10": "MRR@10"}


def print_report(report: Report) -> None:
    """The ablation, what ships by type and language, and how well questions without an answer are known."""
    console = Console(highlight=False)
    console.print(Text(f"{report.about['name']}, {report.about['papers']} papers", style="bold"))
    rows = ((f"{row.name} *" if row.shipped else row.name, row.overall) for row in report.rows)
    console.print(_table("Signals", rows))
    console.print(Text("* as shipped; below each mean its 95% interval", style="dim"))
    shipped = report.shipped
    if shipped.types:
        groups = chain(shipped.types.items(), shipped.languages.items())
        console.print(_table("As shipped", groups))
    for name, figures in shipped.types.items():
        if ALL_FOUND in figures.means:
            console.print(f"{name}: all papers that answer among the first 10: {_mean(figures, ALL_FOUND, ' ')}")
    if report.answerability:
        console.print(_sentence(report.answerability))


def _table(first: str, rows: Iterable[tuple[str, Figures]]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(first, min_width=12)
    for name in (*METRICS, "p50", "p95"):
        table.add_column(HEADS.get(name, name), justify="right")
    for name, figures in rows:
        means = (_mean(figures, metric) for metric in METRICS)
        times = (f"{took:.0f} ms" for took in (figures.p50_ms, figures.p95_ms))
        table.add_row(Text(f"{name}\n({figures.count})"), *(Text(cell) for cell in (*means, *times)))
    return table


def _mean(figures: Figures, metric: str, between: str = "\n") -> str:
    low, high = figures.intervals[metric]
    return f"{figures.means[metric]:.3f}{between}{_short(low)}–{_short(high)}"


def _short(share: float) -> str:
    return f"{share:.2f}".removeprefix("0").replace("1.00", "1")


def _sentence(known: AnswerabilityFigures) -> str:
    low, high = known.interval
    risks = ", ".join(f"{risk:.0%} at {coverage:.0%}" for coverage, risk in risks_at(known, (0.5, 0.8, 1.0)).items())
    return (
        f"Answerable or not, {known.answerable} against {known.unanswerable}: AUROC {known.auroc:.3f} "
        f"({_short(low)}–{_short(high)}). Wrong among those answered, the surest first: {risks}."
    )


def risks_at(known: AnswerabilityFigures, shares: Iterable[float]) -> Mapping[float, float]:
    """The risk where at least each of these shares of the questions is answered."""
    return {share: next(risk for coverage, risk in known.curve if coverage >= share - 1e-9) for share in shares}
