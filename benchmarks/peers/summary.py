"""What a sitting comes to: a row for each runner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.quality import FalseAnswers, Quality, Scored, false_answers, quality, threshold_refusing
from benchmarks.peers.questions import OWN, PeerQuestion
from benchmarks.peers.sitting import Measured

REFUSED, NOT_ANSWERED = "refused", "refused or told as partly"
"""The two ways to count: what paperbacked tells as partly is an answer, or it is none."""
WAYS = {REFUSED: ("abstained",), NOT_ANSWERED: ("abstained", "partly")}


@dataclass(frozen=True, slots=True)
class Answering:
    """What it costs to say whether the papers answer, for who says so: milliseconds and bytes."""

    p50: float
    p95: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Medians of the rounds, but for memory, of which it is the most: seconds, bytes, papers a second, milliseconds."""

    install_seconds: float
    installed_bytes: int
    packages: int
    start_seconds: float
    papers_a_second: float
    p50: float
    p95: float
    indexing_bytes: int
    asking_bytes: int
    answers: Answering | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A runner's figures. `qualities` are by set and part, `refusals` by set and by how it is counted."""

    name: str
    is_ours: bool
    versions: str
    costs: Costs | None
    qualities: Mapping[str, Mapping[str, Quality]]
    refusals: Mapping[str, Mapping[str, FalseAnswers]]
    failure: str | None = None


def rows_of(measured: Sequence[Measured]) -> list[Row]:
    """A row for each, in their order. Who has only a score answers from where it refuses as much as paperbacked does
    on the dev questions; without paperbacked nobody refuses."""
    return [_row(one, _allowed(measured)) for one in measured]


Allowed = Mapping[str, Mapping[str, float]]


def _allowed(measured: Sequence[Measured]) -> Allowed:
    """The share of the answerable dev questions that paperbacked refuses, by set and way of counting."""
    allowed: dict[str, dict[str, float]] = {}
    for one in measured:
        for name, told in one.told.items():
            known = [each.status for question, each in told if question.split == "dev" and question.relevant]
            if known:
                allowed[name] = {
                    way: sum(status in refusing for status in known) / len(known) for way, refusing in WAYS.items()
                }
    return allowed


def _row(one: Measured, allowed: Allowed) -> Row:
    qualities = {name: _qualities(found) for name, found in ((name, _ids(one, name)) for name in one.found)}
    refusals = {
        name: {way: _false_answers(one, name, way, share) for way, share in ways.items()}
        for name, ways in allowed.items()
        # Ours refuses by what it reads, which is not of these weights.
        if name in one.found and not (one.runner.is_ours and one.runner.variant)
    }
    versions = _versions(one)
    return Row(one.runner.name, one.runner.is_ours, versions, _costs(one), qualities, refusals, one.failure)


def _ids(one: Measured, name: str) -> list[tuple[PeerQuestion, list[str]]]:
    found = one.found[name]
    return [(question, [paper for paper, _ in each.papers]) for question, each in found if question.split == "test"]


def _qualities(found: Sequence[tuple[PeerQuestion, list[str]]]) -> dict[str, Quality]:
    parts = dict.fromkeys(question.part for question, _ in found)
    return {part: quality([pair for pair in found if pair[0].part == part]) for part in parts}


def _false_answers(one: Measured, name: str, way: str, share: float) -> FalseAnswers:
    if name in one.told:
        test = [(question, told) for question, told in one.told[name] if question.split == "test"]
        scored = [Scored(told.score, bool(question.relevant)) for question, told in test]
        said = [Scored(float(told.status not in WAYS[way]), bool(question.relevant)) for question, told in test]
        return replace(false_answers(said, 1.0), auroc=false_answers(scored, 0.0).auroc)
    scored = {split: _scored(one, name, split) for split in ("dev", "test")}
    return false_answers(scored["test"], threshold_refusing(scored["dev"], share))


def _scored(one: Measured, name: str, split: str) -> list[Scored]:
    """The score of the first paper is all that says how sure a peer is."""
    return [
        Scored(each.papers[0][1] if each.papers else -float("inf"), bool(question.relevant))
        for question, each in one.found[name]
        if question.split == split and question.is_judged
    ]


def _versions(one: Measured) -> str:
    packages = one.installed.packages if one.installed else {}
    return ", ".join(f"{name} {packages.get(name, '?')}" for name in one.runner.peer.versions)


def _costs(one: Measured) -> Costs | None:
    if not one.installed or not one.starts:
        return None
    p50, p95 = (float(np.percentile(one.milliseconds, share)) for share in (50, 95))
    return Costs(
        one.installed.seconds,
        one.installed.size,
        len(one.installed.packages),
        float(np.median(one.starts)),
        float(np.median(one.rates)),
        p50,
        p95,
        max(one.indexing_peaks),
        max(one.asking_peaks),
        _answering(one),
    )


def _answering(one: Measured) -> Answering | None:
    if not one.answering_peaks:
        return None
    took = [told.milliseconds for _, told in one.told[OWN]]
    return Answering(float(np.percentile(took, 50)), float(np.percentile(took, 95)), max(one.answering_peaks))


def keep_rows(rows: Sequence[Row], file: Path) -> None:
    """Write them down, so that the page can be made again without another sitting."""
    file.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")


def kept_rows(file: Path) -> list[Row]:
    """Those that were written down."""
    return [
        Row(
            **{
                **record,
                "costs": _kept_costs(record["costs"]) if record["costs"] else None,
                "qualities": {
                    name: {part: Quality(**one) for part, one in parts.items()}
                    for name, parts in record["qualities"].items()
                },
                "refusals": {
                    name: {way: FalseAnswers(**one) for way, one in ways.items()}
                    for name, ways in record["refusals"].items()
                },
            }
        )
        for record in json.loads(file.read_text(encoding="utf-8"))
    ]


def _kept_costs(record: Mapping[str, Any]) -> Costs:
    answers = record.get("answers")
    return Costs(**{**record, "answers": Answering(**answers) if answers else None})
