"""Memory, threads, handles and the time of an answer over the time of a soak, as one picture."""

# pyright: reportUnknownMemberType=false
# Matplotlib's own types leave some of its arguments open.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.soak.samples import Sample
from retrieval.evaluation.figure import empty_figure, save_figure

COLOUR, PALE = "#1f5fa8", "#9cc3e6"


def draw_soak(samples: Sequence[Sample], took: Sequence[tuple[float, float]], warm_s: float, path: Path) -> None:
    """Write a PNG. Raises `InputError` where the file cannot be written."""
    figure = empty_figure(10, 6)
    panes: Any = figure.subplots(2, 2, sharex=True)
    minutes = [one.seconds / 60 for one in samples]
    rows = (
        ("memory, MB", [one.megabytes for one in samples]),
        ("threads", [one.threads for one in samples]),
        ("file handles", [one.handles for one in samples]),
    )
    for axes, (name, values) in zip(panes.flat, rows, strict=False):
        axes.plot(minutes, values, color=COLOUR, linewidth=1)
        axes.set_ylim(0, 1.2 * max(values))
        axes.set_title(name, loc="left", fontsize=10)
    last = panes.flat[3]
    last.scatter([seconds / 60 for seconds, _ in took], [took_s for _, took_s in took], s=3, color=PALE)
    last.set_title("whole answers, s", loc="left", fontsize=10)
    last.set_ylim(0, None)
    for axes in panes.flat:
        axes.axvspan(0, warm_s / 60, color="#eeeeee", zorder=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
    for axes in panes[1]:
        axes.set_xlabel("minutes (grey: not judged)")
    save_figure(figure, path)
