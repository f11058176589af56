"""What a training run went through: numbers, and a picture of them."""

# pyright: reportUnknownMemberType=false
# Matplotlib's own types leave some of its arguments open.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.evaluation.figure import empty_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMOOTHED = 20
"""Steps over which the drawn loss is averaged."""


@dataclass(slots=True)
class TrainingHistory:
    """The loss of every step and the development figure after every epoch, the first before any training.

    `final` is the figure of the weights that were written, after averaging with the base.
    """

    losses: list[float] = field(default_factory=list[float])
    dev: list[float] = field(default_factory=list[float])
    final: float | None = None

    @property
    def best_epoch(self) -> int:
        """The epoch with the best development figure, counted from 1."""
        return 1 + int(np.argmax(self.dev[1:]))


def draw_history(history: TrainingHistory, path: Path) -> None:
    """Write a PNG: the loss by step, the development figure by epoch, and what was written in the end.

    Raises `ModelError` where matplotlib is not installed, `InputError` where the file cannot be written.
    """
    figure = empty_figure(9, 3.6)
    loss, dev = figure.subplots(1, 2)
    draw_losses(loss, history.losses)
    dev.plot(history.dev, marker="o", color="#1f5fa8", label="after each epoch")
    if history.final is not None:
        dev.axhline(history.final, color="#444444", linestyle="--", linewidth=1, label="as written")
    dev.set(xlabel="epoch", ylabel="development figure", xticks=range(len(history.dev)), ylim=(0, 1))
    dev.legend(frameon=False, loc="lower right")
    for axes in (loss, dev):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
    save_figure(figure, path)


def draw_losses(axes: Axes, losses: Sequence[float]) -> None:
    """The loss of every step, and its mean over the last `SMOOTHED`."""
    width = min(SMOOTHED, max(1, len(losses)))
    smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
    axes.plot(losses, color="#9cc3e6", linewidth=0.7)
    axes.plot(np.arange(len(smooth)) + width - 1, smooth, color="#1f5fa8", label="training")
    axes.set(xlabel="step", ylabel="loss", ylim=(0, None))
