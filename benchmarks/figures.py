"""A measured figure, and the page where all of them stand."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from retrieval.files import replacing

BENCH_MARKS = "<!-- bench: begin -->", "<!-- bench: end -->"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `limit` is its target, to stay `below` or to reach at least (`above`)."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    side: Literal["below", "above"] = "below"

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.limit is None:
            return None
        return self.value < self.limit if self.side == "below" else self.value >= self.limit

    @property
    def target(self) -> str:
        if self.limit is None:
            return ""
        return f"{'<' if self.side == 'below' else '≥'} {self.limit:g} {self.unit}"


def figures_page(figures: Sequence[Figure], command: str) -> str:
    """The figures as a table under the command, commit, machine and date that made them."""
    rows = [
        f"| {figure.what} | {figure.value:.4g} {figure.unit} | {figure.target} | {_verdict(figure)} |"
        for figure in figures
    ]
    return "\n".join([provenance(command), "", "| | measured | target | holds |", "|---|---|---|---|", *rows])


def provenance(command: str) -> str:
    """The line that says how, from what, where and when figures were made."""
    return f"`{command}` · commit {_commit()} · {_machine()} · {datetime.now(UTC):%Y-%m-%d}"


def write_between_marks(path: Path, text: str, marks: tuple[str, str] = BENCH_MARKS) -> None:
    """Replace what stands between the marks of the page, atomically."""
    begin, end = marks
    page = path.read_text(encoding="utf-8")
    before, rest = page.split(begin, 1)
    after = rest.split(end, 1)[1]
    with replacing(path) as draft:
        draft.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def split_table(command: str, splits: Sequence[str], columns: Sequence[Sequence[tuple[str, str]]]) -> str:
    """A table with a column a split; each column has the same rows, with their names."""
    lines = [provenance(command), "", "| | " + " | ".join(splits) + " |", "|---" * (len(splits) + 1) + "|"]
    for rows in zip(*columns, strict=True):
        lines.append(f"| {rows[0][0]} | " + " | ".join(value for _, value in rows) + " |")
    return "\n".join(lines)


def share(held: Sequence[bool]) -> str:
    """How many of them hold, as a share and in numbers."""
    return f"{sum(held) / max(1, len(held)):.1%} ({sum(held)} of {len(held)})"


def _verdict(figure: Figure) -> str:
    return {None: "", True: "yes", False: "no"}[figure.holds]


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    import torch

    return f"{model}, {torch.get_num_threads()} threads, torch {torch.__version__}"
