"""The rows as tables, and in words where a peer is better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from benchmarks.peers.peers import OURS
from benchmarks.peers.quality import Quality
from benchmarks.peers.questions import OWN, SCIFACT, UNSEEN
from benchmarks.peers.summary import REFUSED, WAYS, Costs, Row

NOTHING = "–"
PARTS = {
    (OWN, "English"): "own questions, English",
    (OWN, "Chinese"): "own questions, Chinese",
    (SCIFACT, "claims"): "SciFact",
    (UNSEEN, "covidqa"): "COVID-QA",
    (UNSEEN, "qasper"): "QASPER",
}
"""Set and part, and what they are called in the tables."""
SETS = {OWN: "own questions, English", UNSEEN: "COVID-QA"}


def peers_page(rows: Sequence[Row]) -> str:
    """All tables, and the sentences about rows where a peer is better."""
    parts = [_costs_table(rows), _quality_table(rows), _refusals_table(rows)]
    better = better_peers(rows)
    if better:
        parts.append("Where a peer is better than paperbacked:\n\n" + "\n".join(f"- {line}" for line in better))
    failed = [f"- {row.name}: {row.failure}" for row in rows if row.failure]
    if failed:
        parts.append("What did not come to its end:\n\n" + "\n".join(failed))
    parts.append("Versions: " + "; ".join(dict.fromkeys(row.versions for row in rows)) + ".")
    return "\n\n".join(filter(None, parts))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


COSTS: dict[str, tuple[Callable[[Costs], float], Callable[[Costs], str], str]] = {
    "install": (lambda one: one.install_seconds, lambda one: f"{one.install_seconds:.0f} s", "is installed sooner"),
    "on disk": (lambda one: one.installed_bytes, lambda one: f"{one.installed_bytes / 1e9:.2f} GB", "is smaller"),
    "packages": (lambda one: one.packages, lambda one: str(one.packages), "has fewer packages"),
    "cold start": (lambda one: one.start_seconds, lambda one: f"{one.start_seconds:.1f} s", "starts sooner"),
    "papers/s": (lambda one: -one.papers_a_second, lambda one: f"{one.papers_a_second:.1f}", "indexes faster"),
    "p50": (lambda one: one.p50, lambda one: f"{one.p50:.1f} ms", "finds faster at the median"),
    "p95": (lambda one: one.p95, lambda one: f"{one.p95:.1f} ms", "finds faster at the 95th percentile"),
    "memory, indexing": (
        lambda one: one.indexing_bytes,
        lambda one: f"{one.indexing_bytes / 1e9:.2f} GB",
        "indexes with less memory",
    ),
    "memory, finding": (
        lambda one: one.asking_bytes,
        lambda one: f"{one.asking_bytes / 1e9:.2f} GB",
        "finds with less memory",
    ),
}
"""A column: its number, where less is better; how it is written; and what to say of who has less."""


def _costs_table(rows: Sequence[Row]) -> str:
    cells = [[row.name, *(write(row.costs) for _, write, _ in COSTS.values())] for row in rows if row.costs]
    said = [
        f"{row.name} reads what it finds and says whether it answers: `ask` takes {told.p50:.0f} ms at the median, "
        f"{told.p95:.0f} ms at the 95th percentile, and {told.bytes / 1e9:.2f} GB of memory. The others leave that to "
        "a language model, which was not asked."
        for row in rows
        if row.costs and (told := row.costs.answers)
    ]
    return "\n\n".join(("### What it costs", _table(["", *COSTS], cells), *said))


QUALITIES: dict[str, Callable[[Quality], float]] = {
    "hit@1": lambda one: one.hit_1,
    "hit@5": lambda one: one.hit_5,
    "nDCG@10": lambda one: one.ndcg_10,
}


def _parts_there(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(name, part) for name, part in PARTS if any(part in row.qualities.get(name, {}) for row in rows)]


def _quality_table(rows: Sequence[Row]) -> str:
    there = _parts_there(rows)
    counts = {
        (name, part): next(row.qualities[name][part].questions for row in rows if part in row.qualities.get(name, {}))
        for name, part in there
    }
    heads = ["hit@1 / hit@5 / nDCG@10", *(f"{PARTS[one]} ({counts[one]})" for one in there)]
    cells = [[row.name, *(_quality_cell(row, *one) for one in there)] for row in rows if row.qualities]
    return "### How well it finds\n\n" + _table(heads, cells)


def _quality_cell(row: Row, name: str, part: str) -> str:
    one = row.qualities.get(name, {}).get(part)
    return " / ".join(f"{metric(one):.2f}" for metric in QUALITIES.values()) if one else NOTHING


def _refusals_table(rows: Sequence[Row]) -> str:
    there = [name for name in SETS if any(name in row.refusals for row in rows)]
    if not there:
        return ""
    heads = ["answerable refused → unanswerable answered"]
    for name in there:
        heads += [f"{SETS[name]}, {way}" for way in WAYS] + [f"{SETS[name]}, AUROC"]
    cells = [
        [row.name, *(cell for name in there for cell in _refusal_cells(row, name))] for row in rows if row.refusals
    ]
    return "### What no paper answers\n\n" + _table(heads, cells)


def _refusal_cells(row: Row, name: str) -> list[str]:
    ways = row.refusals.get(name)
    if not ways:
        return [NOTHING] * (len(WAYS) + 1)
    return [f"{ways[way].refused:.0%} → {ways[way].answered:.0%}" for way in WAYS] + [
        f"{next(iter(ways.values())).auroc:.2f}"
    ]


def better_peers(rows: Sequence[Row]) -> list[str]:
    """A sentence for each column in which a peer is better than paperbacked as it is installed."""
    ours = next((row for row in rows if row.name == OURS), None)
    if not ours:
        return []
    theirs = [row for row in rows if not row.is_ours]
    return [*_cheaper(ours, theirs), *_finding_better(ours, theirs), *_refusing_better(ours, theirs)]


def _cheaper(ours: Row, theirs: Sequence[Row]) -> Iterable[str]:
    for number, write, verb in COSTS.values():
        if ours.costs:
            own = ours.costs
            names = [
                f"{row.name} ({write(row.costs)})" for row in theirs if row.costs and number(row.costs) < number(own)
            ]
            if names:
                yield f"{verb} ({write(own)}): {', '.join(names)}"


def _finding_better(ours: Row, theirs: Sequence[Row]) -> Iterable[str]:
    for (name, part), called in PARTS.items():
        own = ours.qualities.get(name, {}).get(part)
        for metric, value in QUALITIES.items() if own else ():
            others = [(row.name, row.qualities.get(name, {}).get(part)) for row in theirs]
            names = [f"{row} ({value(one):.2f})" for row, one in others if own and one and value(one) > value(own)]
            if own and names:
                yield f"finds better on {called} by {metric} ({value(own):.2f}): {', '.join(names)}"


def _refusing_better(ours: Row, theirs: Sequence[Row]) -> Iterable[str]:
    for name, called in SETS.items():
        for way, own in ours.refusals.get(name, {}).items():
            others = [(row.name, row.refusals[name][way]) for row in theirs if way in row.refusals.get(name, {})]
            names = [
                f"{row} ({one.refused:.0%} → {one.answered:.0%})"
                for row, one in others
                if one.answered < own.answered and one.refused <= own.refused
            ]
            if names:
                rates = f"{own.refused:.0%} → {own.answered:.0%}"
                yield f"refuses better on {called}, counted as {way} ({rates}): {', '.join(names)}"
        own = ours.refusals.get(name, {}).get(REFUSED)
        others = [(row.name, row.refusals[name][REFUSED].auroc) for row in theirs if name in row.refusals]
        if own and (names := [f"{row} ({value:.2f})" for row, value in others if value > own.auroc]):
            yield f"tells better by its scores which {called} is answered (AUROC {own.auroc:.2f}): {', '.join(names)}"
