"""How well the reader reads: the right sentence first, answerable told from unanswerable, claims told apart."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Torch's own types leave some of its arguments open.

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.training.reader.examples import LABELS
from app.training.reader.network import ReaderNetwork
from app.training.reader.rows import TrainingRow, batch_of
from app.training.reader.training import judged
from retrieval.models.heavy_imports import heavy_imports

with heavy_imports():
    import torch

_TOKENS = 12_288
Told = tuple[np.ndarray, float, np.ndarray]
"""Of a row the sentences' logits, that of "none", and the claim's chances."""


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """The chance that a positive one is scored above one that is not; ties count half. NaN where one kind is absent."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    ups, downs = values[truth], np.sort(values[~truth])
    if not len(ups) or not len(downs):
        return float("nan")
    below, upto = np.searchsorted(downs, ups, side="left"), np.searchsorted(downs, ups, side="right")
    return float((below + upto).mean() / (2 * len(downs)))


def predicted(network: ReaderNetwork, rows: Sequence[TrainingRow]) -> list[Told]:
    """What the network says of each row."""
    found: dict[int, Told] = {}
    order = sorted(range(len(rows)), key=lambda place: len(rows[place].row.ids))
    device = next(network.parameters()).device.type
    network.eval()
    at = 0
    with torch.no_grad():
        while at < len(order):
            size = max(1, _TOKENS // len(rows[order[min(at + 64, len(order) - 1)]].row.ids))
            places = order[at : at + size]
            at += size
            sentences, none, claims = judged(network, batch_of([rows[place] for place in places], device))
            chances = torch.softmax(claims, dim=1)
            for number, place in enumerate(places):
                count = len(rows[place].row.spans)
                found[place] = (
                    sentences[number, :count].cpu().numpy(),
                    float(none[number]),
                    chances[number].cpu().numpy(),
                )
    return [found[place] for place in range(len(rows))]


def figures_by_source(network: ReaderNetwork, measured: Sequence[tuple[str, list[TrainingRow]]]) -> dict[str, float]:
    """The figures of each set of rows, by the name of the set and of the figure."""
    figures: dict[str, float] = {}
    for name, rows in measured:
        of = claim_figures if rows[0].label is not None else question_figures
        figures |= {f"{name} {figure}": round(value, 4) for figure, value in of(rows, predicted(network, rows)).items()}
    return figures


def question_figures(rows: Sequence[TrainingRow], told: Sequence[Told]) -> dict[str, float]:
    """`hit@1` over answered questions, `auroc` of "some sentence answers" over all."""
    hits = [int(np.argmax(one[0])) in row.answers for row, one in zip(rows, told, strict=True) if row.answers]
    sure = [float(np.logaddexp.reduce(one[0])) - one[1] for one in told]
    return {
        "hit@1": float(np.mean(hits)) if hits else float("nan"),
        "auroc": auroc(sure, [bool(row.answers) for row in rows]),
    }


def claim_figures(rows: Sequence[TrainingRow], told: Sequence[Told]) -> dict[str, float]:
    """Accuracy over all, AUROC of contradicted against supported, and of supported against not enough."""
    labels = np.array([row.label for row in rows])
    chances = np.stack([one[2] for one in told])
    supported, contradicted, lacking = range(len(LABELS))
    decided = labels != lacking
    enough = labels != contradicted
    odds = np.log(chances[:, contradicted] + 1e-9) - np.log(chances[:, supported] + 1e-9)
    return {
        "accuracy": float((chances.argmax(1) == labels).mean()),
        "contradicted": auroc(odds[decided].tolist(), (labels[decided] == contradicted).tolist()),
        "supported": auroc(chances[enough, supported].tolist(), (labels[enough] == supported).tolist()),
    }
