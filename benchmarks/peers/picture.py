"""Quality against time: each runner a point with its number, for each set a panel."""

# pyright: reportUnknownMemberType=false
# Matplotlib's own types leave some of its arguments open.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.summary import Row
from benchmarks.peers.tables import PARTS
from retrieval.evaluation.figure import empty_figure, save_figure

OURS_COLOUR, THEIRS_COLOUR = "#1f5fa8", "#888888"
LEFT_OUT = "Chinese"
"""A part that only one of them is made for."""


def draw_peers(rows: Sequence[Row], path: Path) -> None:
    """Write a PNG: nDCG@10 against the median milliseconds of a question, which are those of the shipped papers.

    Raises `ModelError` where matplotlib is not installed, `InputError` where the file cannot be written.
    """
    shown = [
        (name, part)
        for name, part in PARTS
        if part != LEFT_OUT and any(part in row.qualities.get(name, {}) for row in rows)
    ]
    figure = empty_figure(4.6 * max(1, len(shown)) + 2.4, 4.4)
    panels: Any = figure.subplots(1, max(1, len(shown)), squeeze=False)[0]
    for axes, (name, part) in zip(panels, shown, strict=False):
        _draw_panel(axes, rows, name, part)
    # Their names would lie over each other: many find as well, and as fast.
    names = "\n".join(f"{number}  {row.name}" for number, row in enumerate(rows, 1))
    panels[-1].annotate(names, (1.04, 1), xycoords="axes fraction", va="top", fontsize=8, linespacing=1.6)
    save_figure(figure, path)


def _draw_panel(axes: Any, rows: Sequence[Row], name: str, part: str) -> None:
    for number, row in enumerate(rows, 1):
        one = row.qualities.get(name, {}).get(part)
        if one and row.costs:
            colour = OURS_COLOUR if row.is_ours else THEIRS_COLOUR
            axes.scatter(row.costs.p50, one.ndcg_10, color=colour, s=36, zorder=3)
            axes.annotate(
                str(number),
                (row.costs.p50, one.ndcg_10),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize=8,
                color=colour,
            )
    axes.set_xscale("log")
    axes.margins(x=0.35, y=0.12)
    axes.set_title(PARTS[name, part], loc="left")
    axes.set_xlabel("milliseconds a question, median")
    axes.set_ylabel("nDCG@10")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
