"""A matplotlib figure, begun without a screen and written whole or not at all."""

# pyright: reportUnknownMemberType=false
# Matplotlib's own types leave some of its arguments open.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import InputError, MissingPackageError, ModelError
from retrieval.files import replacing, writing
from retrieval.models.heavy_imports import heavy_imports

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def empty_figure(width: float, height: float) -> Figure:
    """A figure of that size in inches. Raises `ModelError` where matplotlib is not installed."""
    try:
        # The figure by itself: pyplot would keep it, and look for a screen.
        with heavy_imports():
            from matplotlib.figure import Figure
    except MissingPackageError as error:
        raise ModelError('Pictures need matplotlib: pip install "paperbacked[finetune]".') from error
    return Figure(figsize=(width, height), dpi=120, layout="constrained")


def save_figure(figure: Figure, path: Path) -> None:
    """Write it as a PNG. Raises `InputError` where the file cannot be written."""
    with writing(f"The picture {path}", InputError, "choose another file"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft:
            figure.savefig(draft, format="png", metadata={"Software": None})
