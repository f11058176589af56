"""The ablation and the risk-coverage curve as one picture."""

# pyright: reportUnknownMemberType=false
# Matplotlib's own types leave some of its arguments open.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.evaluation.benchmark import AnswerabilityFigures, Report, Row
from retrieval.evaluation.figure import empty_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BARS = {"hit@1": "#1f5fa8", "hit@5": "#9cc3e6"}
INCHES_A_ROW = 0.55


def draw_report(report: Report, path: Path) -> None:
    """Write a PNG: a pair of bars for each signal and, where there is one, the risk-coverage curve.

    Raises `ModelError` where matplotlib is not installed, `InputError` where the
    file cannot be written; it appears only when it is complete.
    """
    height = 1.6 + INCHES_A_ROW * len(report.rows)
    figure = empty_figure(11 if report.answerability else 7, height)
    axes: Any = figure.subplots(1, 2 if report.answerability else 1, squeeze=False)[0]
    _draw_bars(axes[0], report.rows)
    axes[0].set_title(str(report.about.get("name", "")), loc="left")
    if report.answerability:
        _draw_curve(axes[1], report.answerability)
    save_figure(figure, path)


def _draw_bars(axes: Axes, rows: Sequence[Row]) -> None:
    thickness = 0.38
    for offset, (metric, colour) in zip((-thickness / 2, thickness / 2), BARS.items(), strict=True):
        means = [row.overall.means[metric] for row in rows]
        bounds = [row.overall.intervals[metric] for row in rows]
        # A mean at 1 has its interval at 1 as well, give or take rounding.
        low = [max(mean - bound[0], 0.0) for mean, bound in zip(means, bounds, strict=True)]
        high = [max(bound[1] - mean, 0.0) for mean, bound in zip(means, bounds, strict=True)]
        places = [place + offset for place in range(len(rows))]
        error = {"ecolor": "#444444", "capsize": 2, "elinewidth": 1}
        axes.barh(places, means, thickness, xerr=[low, high], color=colour, label=metric, error_kw=error)
        for place, mean in zip(places, means, strict=True):
            axes.text(0.01, place, f"{mean:.2f}", va="center", fontsize=8, color="white" if offset < 0 else "black")
    names = [f"{row.name} (ships)" if row.shipped else row.name for row in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of questions, with 95% intervals")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_curve(axes: Axes, known: AnswerabilityFigures) -> None:
    coverage, risk = zip(*known.curve, strict=True)
    axes.plot(coverage, risk, color=BARS["hit@1"])
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of questions answered, the surest first")
    axes.set_ylabel("of these, first paper wrong or none right")
    axes.set_title(f"Answerable or not: AUROC {known.auroc:.2f}", loc="left")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
