"""What became of all that was to be added, as it is told, as JSON, and as it is kept with the collection."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args

from retrieval.errors import CorpusError
from retrieval.files import replacing, writing
from retrieval.sanitize import sanitize

Outcome = Literal["added", "updated", "same", "duplicate", "no_abstract", "broken", "passed_over"]
"""What an entry became: a new paper, a paper with more to it, one that is there as it is, another entry for one that is
there, a new paper that has only its title to be found by, or nothing. What is passed over lies in a folder, and is of
no kind that is read."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
NOTABLE: frozenset[Outcome] = frozenset({"updated", "duplicate", "no_abstract", "broken", "passed_over"})
"""Outcomes that a reader wants to see among thousands of others."""
MOST_TOLD = 10_000
"""Entries that a report has; of the others it has the counts."""
MOST_KEPT = 20
"""Reports that are kept with a collection, the newest ones."""
FOLDER = "reports"
_TIME_IN_NAME = "%Y%m%dT%H%M%S.%fZ"
_MOST_CHARS = 500


class BecameRecord(TypedDict):
    """A `Became` in JSON."""

    place: str
    outcome: Outcome
    paper_id: str | None
    name: str
    reason: str
    of: str | None


class ReportRecord(TypedDict):
    """An `AddReport` in JSON."""

    collection: str
    at: str
    counts: dict[str, int]
    became: list[BecameRecord]
    left_out: int


@dataclass(frozen=True, slots=True)
class Became:
    """What one entry became.

    `place` says where it stands, `name` is the paper's title or label. `reason` says why it is broken, or what there is
    to know besides. `of` is the id of the paper of which it is a duplicate.
    """

    place: str
    outcome: Outcome
    paper_id: str | None = None
    name: str = ""
    reason: str = ""
    of: str | None = None

    def as_json(self) -> BecameRecord:
        return {
            "place": self.place,
            "outcome": self.outcome,
            "paper_id": self.paper_id,
            "name": self.name,
            "reason": self.reason,
            "of": self.of,
        }


def became(
    place: str, outcome: Outcome, paper_id: str | None = None, name: str = "", reason: str = "", of: str | None = None
) -> Became:
    """What an entry became, in text that anybody may be shown: places and reasons come from files."""
    place, name, reason = (sanitize(text)[:_MOST_CHARS] for text in (place, name, reason))
    return Became(place, outcome, paper_id, name, reason, of)


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of everything, in the order in which it was decided; of `left_out` entries only the counts tell.

    `at` is when it was written, in UTC; `counts` has every outcome.
    """

    collection: str
    at: datetime
    became: tuple[Became, ...]
    counts: Mapping[Outcome, int]
    left_out: int = 0

    @property
    def nothing_came(self) -> bool:
        """Whether nothing could be made of anything."""
        return _nothing_came(self.counts)

    def as_json(self) -> ReportRecord:
        return {
            "collection": self.collection,
            "at": self.at.isoformat(timespec="microseconds"),
            "counts": {outcome: self.counts[outcome] for outcome in OUTCOMES},
            "became": [one.as_json() for one in self.became],
            "left_out": self.left_out,
        }


def _nothing_came(counts: Mapping[Outcome, int]) -> bool:
    return sum(counts.values()) == counts["broken"] + counts["passed_over"]


class Tally:
    """A report as it grows: all is counted, and of too many entries the notable ones are kept."""

    def __init__(self, most: int = MOST_TOLD) -> None:
        self._most = most
        self._counts: Counter[Outcome] = Counter()
        self._notable: list[tuple[int, Became]] = []
        self._others: list[tuple[int, Became]] = []

    @property
    def total(self) -> int:
        """How many entries were decided."""
        return self._counts.total()

    def count(self, outcome: Outcome) -> int:
        """How many entries became that."""
        return self._counts[outcome]

    @property
    def nothing_came(self) -> bool:
        """Whether nothing could be made of anything."""
        return _nothing_came(self._counts)

    def add(self, one: Became) -> None:
        """Count an entry, and keep it while there is room."""
        kept = self._notable if one.outcome in NOTABLE else self._others
        if len(kept) < self._most:
            kept.append((self.total, one))
        self._counts[one.outcome] += 1

    def report(self, collection: str) -> AddReport:
        """The report of all that was counted until now."""
        room = self._most - len(self._notable)
        kept = sorted([*self._notable, *self._others[:room]], key=lambda numbered: numbered[0])
        told = tuple(one for _, one in kept)
        counts: dict[Outcome, int] = {outcome: self._counts[outcome] for outcome in OUTCOMES}
        return AddReport(collection, datetime.now(UTC), told, counts, self.total - len(told))


def keep_report(folder: Path, report: AddReport) -> Path:
    """Keep the report in a collection's folder, and forget those before the newest 20. Raises `CorpusError`."""
    reports = folder / FOLDER
    file = reports / f"{report.at.strftime(_TIME_IN_NAME)}.json"
    with writing("The report", CorpusError):
        reports.mkdir(parents=True, exist_ok=True)
        with replacing(file) as draft:
            draft.write_text(json.dumps(report.as_json(), ensure_ascii=False) + "\n", encoding="utf-8")
        for old in sorted(reports.glob("*.json"))[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    return file


def kept_reports(folder: Path) -> list[AddReport]:
    """The reports kept in a collection's folder, the newest first; one that cannot be read is left out."""
    return list(_kept(folder))


def last_report(folder: Path) -> AddReport | None:
    """The newest report kept in a collection's folder."""
    return next(_kept(folder), None)


def _kept(folder: Path) -> Iterator[AddReport]:
    for file in sorted((folder / FOLDER).glob("*.json"), reverse=True)[:MOST_KEPT]:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            yield report_of(json.loads(file.read_text(encoding="utf-8")))


def report_of(record: dict[str, Any]) -> AddReport:
    """The report of its JSON. Raises `ValueError`, `KeyError` or `TypeError` where it is none."""
    counted = {"passed_over": 0, **record["counts"]}  # Reports of before had none of these.
    counts: dict[Outcome, int] = {outcome: int(counted[outcome]) for outcome in OUTCOMES}
    told = tuple(_became_of(one) for one in record["became"])
    at = datetime.fromisoformat(record["at"])
    return AddReport(str(record["collection"]), at, told, counts, int(record["left_out"]))


def _became_of(record: BecameRecord) -> Became:
    if record["outcome"] not in OUTCOMES:
        raise ValueError(f"no outcome {record['outcome']!r}")
    return Became(
        str(record["place"]),
        record["outcome"],
        record["paper_id"],
        str(record["name"]),
        str(record["reason"]),
        record["of"],
    )
