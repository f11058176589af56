"""What was measured, as a table with a column for each size, and what was aimed at for a million abstracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.figures import Figure
from benchmarks.scale.clocks import SHARES
from benchmarks.scale.places import Measured

MARKS = "<!-- scale: begin -->", "<!-- scale: end -->"
GROWS_FROM = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what stands under these keys, and a target for the last of them."""

    name: str
    keys: tuple[str, ...]
    unit: str
    limit: float | None = None
    side: Literal["below", "above"] = "below"
    times: float = 1.0

    def cell(self, measured: Mapping[str, float]) -> str:
        """The row's values of one size; empty where something was not measured."""
        if not all(key in measured for key in self.keys):
            return ""
        return " / ".join(_shown(self.times * measured[key]) for key in self.keys)

    def figure(self, measured: Mapping[str, float]) -> Figure | None:
        """What the target is held against, or None where it was not measured."""
        if self.keys[-1] not in measured:
            return None
        return Figure(self.name, self.times * measured[self.keys[-1]], self.unit, self.limit, self.side)


def _query(name: str, key: str, limit: float | None = None) -> Row:
    """Percentiles of a query; a target is one for percentile 95, which then stands last."""
    shares = SHARES if limit is None else SHARES[:2]
    return Row(name, tuple(f"{key} p{share}" for share in shares), "ms", limit)


ROWS = (
    Row("vectors", ("vectors",), ""),
    Row("read, abstracts a second", ("rate, reading",), "/s"),
    Row("cut and staged, abstracts a second", ("rate, cutting and staging",), "/s"),
    Row("made vectors and their shards, abstracts a second", ("rate, vectors made",), "/s"),
    Row("vectors stored, abstracts a second", ("rate, storing vectors",), "/s", 1_500, "above"),
    Row("words indexed and switched over, abstracts a second", ("rate, words and switch-over",), "/s"),
    Row("all but making vectors, abstracts a second", ("rate, all but vectors",), "/s"),
    Row("building, most memory", ("build, peak memory",), "GB"),
    Row("papers on disk, an abstract", ("disk, papers",), "bytes"),
    Row("words on disk, an abstract", ("disk, words",), "bytes"),
    Row("vectors on disk, an abstract", ("disk, vectors",), "bytes"),
    Row("on disk, all", ("disk, gigabytes",), "GB", 8),
    Row("cold start to the first passages", ("start, retriever",), "s"),
    Row("cold start of the whole program to its first answer", ("start, program",), "s", 15),
    Row("the program, most memory", ("program, memory",), "GB", 6),
    _query("query, p50 / p95", "query", 300),
    _query("query, p50 / p95 / p99", "query"),
    *(
        _query(f"— {stage}", f"query, {stage}")
        for stage in ("question embedded", "vectors", "words and letters", "papers read")
    ),
    *(_query(f"query, {share} of the papers admitted", f"query, {share}") for share in ("1 %", "10 %", "90 %")),
    _query("query, 20 readers at once", "query, readers"),
    Row("queries a second, 20 readers at once", ("queries a second, readers",), "/s"),
    _query("answer in quotes, whole program", "answer"),
    Row("recall@10 of the vectors", ("recall",), "", 0.95, "above"),
    Row("100 papers added, the command from start to end", ("adding, seconds",), "s", 10),
    Row("— answers meanwhile", ("adding, answers",), ""),
    Row("— of these failed", ("adding, answers that failed",), "", 1),
    Row("— the slowest of them", ("adding, slowest answer",), "ms"),
    Row("— of ten papers added, found afterwards", ("adding, found afterwards",), "%", 100, "above", 100),
    Row("a query's cost (p50), times that at 10,000", ("growth",), "×", 3),
)


def scale_table(measured: Mapping[int, Measured], real: Sequence[Figure] = ()) -> str:
    """The table; targets are for a million abstracts, and are held against the largest size that was measured."""
    sizes = sorted(measured)
    columns = {size: measured[size] | _growth(measured, size) for size in sizes}
    named = [f"{size:,}" for size in sizes]
    lines = [f"| abstracts | {' | '.join(named)} | target | holds at {named[-1]} |", "|---" * (len(sizes) + 3) + "|"]
    for row in ROWS:
        cells = [row.cell(columns[size]) for size in sizes]
        figure = row.figure(columns[sizes[-1]])
        name = f"{row.name}, {row.unit}" if row.unit and not row.name.endswith("a second") else row.name
        if any(cells):
            lines.append(f"| {name} | {' | '.join(cells)} | {_target(figure)} |")
    if real:
        lines += ["", "| real abstracts, real model | measured | target | holds |", "|---|---|---|---|"]
        lines += [f"| {one.what} | {one.value:.3g} {one.unit} | {_target(one)} |" for one in real]
    return "\n".join(lines)


def _growth(measured: Mapping[int, Measured], size: int) -> Measured:
    before = measured.get(GROWS_FROM, {}).get("query p50")
    now = measured[size].get("query p50")
    return {"growth": now / before} if before and now and size > GROWS_FROM else {}


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _target(figure: Figure | None) -> str:
    if figure is None or figure.limit is None:
        return " | "
    return f"{figure.target} | {'held' if figure.holds else 'missed'}"
