"""What is told of questions that were read: by author, by kind, and how true the chances are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.evidence.calibration import ReadCalibration
from benchmarks.reading_cases import PROJECT, Case
from retrieval.evaluation.figure import empty_figure, save_figure
from retrieval.evaluation.metrics import auroc

BINS = 10


@dataclass(frozen=True, slots=True)
class Read:
    """A case with what was found and read; `first` says whether the best sentence answers, `quoted` whether one of
    those that would be quoted does; `denied` is the highest chance of the best sentences to deny its premise."""

    case: Case
    given: dict[str, float]
    first: bool
    quoted: bool
    denied: float


def calibration_error(chances: Sequence[float], right: Sequence[bool]) -> float:
    """The expected calibration error over `BINS` bins of equal width (Guo et al. 2017, arXiv 1706.04599)."""
    chance, truth = np.asarray(chances), np.asarray(right, dtype=float)
    places = np.minimum((chance * BINS).astype(int), BINS - 1)
    bins = [places == number for number in range(BINS)]
    return float(sum(own.mean() * abs(chance[own].mean() - truth[own].mean()) for own in bins if own.any()))


def tables(read: Sequence[Read], calibration: ReadCalibration) -> str:
    """What is told of these questions: by author, by kind of unanswerable, and how true the chances are."""
    chances = [calibration.chance(one.given) for one in read]
    told = list(zip(read, chances, strict=True))
    return "\n\n".join([_by_author(told, calibration), _by_kind(told, calibration), _reliability(told)])


Told = Sequence[tuple[Read, float]]


def _by_author(told: Told, calibration: ReadCalibration) -> str:
    head = (
        "| author | questions | AUROC | answerable: refused | … partly | unanswerable: answered | … partly "
        "| right sentence first | quoted |"
    )
    lines = [head, "|---" * 9 + "|"]
    authors = dict.fromkeys(one.case.author for one, _ in told)
    groups = {name: [name] for name in authors}
    groups["all but the project's"] = [name for name in authors if name != PROJECT]
    for name, members in groups.items():
        own = [(one, chance) for one, chance in told if one.case.author in members and one.case.answerable is not None]
        yes, no = ([pair for pair in own if pair[0].case.answerable is is_so] for is_so in (True, False))
        gold = [one for one, _ in yes if one.case.gold]
        cells = [
            f"{len(own)}",
            f"{auroc([chance for _, chance in yes], [chance for _, chance in no]):.3f}",
            _share([calibration.status(chance) == "abstained" for _, chance in yes]),
            _share([calibration.status(chance) == "partly" for _, chance in yes]),
            _share([calibration.status(chance) == "answered" for _, chance in no]),
            _share([calibration.status(chance) == "partly" for _, chance in no]),
            _share([one.first for one in gold]),
            _share([one.quoted for one in gold]),
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _by_kind(told: Told, calibration: ReadCalibration) -> str:
    lines = ["| kind | questions | answered | partly | refused | premise corrected |", "|---" * 6 + "|"]
    kinds = Counter(one.case.kind for one, _ in told if one.case.answerable is not True)
    for kind, count in kinds.most_common():
        own = [(one, chance) for one, chance in told if one.case.kind == kind and one.case.answerable is not True]
        corrected = [one.denied >= calibration.corrects_from for one, _ in own]
        status = [
            "corrected" if denied else calibration.status(chance)
            for (_, chance), denied in zip(own, corrected, strict=True)
        ]
        shares = [_share([one == step for one in status]) for step in ("answered", "partly", "abstained", "corrected")]
        lines.append(f"| {kind} | {count} | " + " | ".join(shares) + " |")
    return "\n".join(lines)


def _reliability(told: Told) -> str:
    known = [(chance, bool(one.case.answerable)) for one, chance in told if one.case.answerable is not None]
    error = calibration_error([chance for chance, _ in known], [right for _, right in known])
    lines = [f"Expected calibration error over {BINS} bins: {error:.3f}.", ""]
    lines += ["| chance | questions | mean chance | answerable |", "|---" * 4 + "|"]
    for number in range(BINS):
        own = [(chance, right) for chance, right in known if min(int(chance * BINS), BINS - 1) == number]
        if own:
            mean, share = np.mean([chance for chance, _ in own]), np.mean([right for _, right in own])
            bounds = f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}"
            lines.append(f"| {bounds} | {len(own)} | {mean:.2f} | {share:.2f} |")
    return "\n".join(lines)


def draw_reliability(read: Sequence[Read], calibration: ReadCalibration, path: Path) -> None:
    """Write a PNG: of each bin of chances the mean, and the share that was answerable."""
    known = [
        (calibration.chance(one.given), bool(one.case.answerable)) for one in read if one.case.answerable is not None
    ]
    bins = [[pair for pair in known if min(int(pair[0] * BINS), BINS - 1) == number] for number in range(BINS)]
    means = [float(np.mean([chance for chance, _ in own])) for own in bins if own]
    shares = [float(np.mean([right for _, right in own])) for own in bins if own]
    figure = empty_figure(5, 5)
    axes: Any = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=1)
    axes.plot(means, shares, color="#1f5fa8", marker="o")
    for mean, share, own in zip(means, shares, [own for own in bins if own], strict=True):
        axes.annotate(str(len(own)), (mean, share), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence, mean of the bin")
    axes.set_ylabel("share that is answerable")
    axes.set_title("Test questions of all authors", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    save_figure(figure, path)


def _share(held: Sequence[bool]) -> str:
    return f"{np.mean(held):.1%}" if held else ""
