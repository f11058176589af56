"""What readers gave the answers: `python -m benchmarks.marks [--write docs/results.md]`.

The marks, from 0 (wrong, misleading or useless) to 3 (what a person would want), are kept in data/people/.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import write_between_marks
from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.shipped import shipped_file

MARKS = "<!-- marks: begin -->", "<!-- marks: end -->"


@dataclass(frozen=True, slots=True)
class Marked:
    """A question's kind, what each reader gave its first answer, and what they gave when it had changed."""

    kind: str
    first: tuple[int, ...]
    again: tuple[int, ...]


def read_marks(questions: Path, marks: Path) -> list[Marked]:
    """The marks with their questions' kinds. Raises `InputError`."""
    kinds = dict(_records(questions, lambda record: (str(record["id"]), str(record["kind"]))))
    return _records(
        marks,
        lambda record: Marked(
            kinds[str(record["id"])], tuple(record["marks"]), tuple(record.get("again", record["marks"]))
        ),
    )


def _records(file: Path, parsed: Any) -> list[Any]:
    return [one for _, one in read_records(file, parsed, what="marks", kind=InputError)]


def table_of(marked: Sequence[Marked]) -> str:
    """Mean marks and answers that all readers gave a 0, by kind, the worst kind first."""
    by_kind = {one.kind: [other.first for other in marked if other.kind == one.kind] for one in marked}
    kinds = sorted(by_kind, key=lambda kind: (_mean(by_kind[kind]), kind))
    lines = ["| kind | questions | first | again | zeros first | zeros again |", "|---|---|---|---|---|---|"]
    for kind in (*kinds, "all"):
        own = [one for one in marked if kind in (one.kind, "all")]
        first, again = [one.first for one in own], [one.again for one in own]
        zeros = " | ".join(str(sum(not any(marks) for marks in some)) for some in (first, again))
        lines.append(f"| {kind} | {len(own)} | {_mean(first):.2f} | {_mean(again):.2f} | {zeros} |")
    return "\n".join(lines)


def _mean(marks: Sequence[tuple[int, ...]]) -> float:
    return sum(map(sum, marks)) / sum(map(len, marks))


def main() -> None:
    """Print the table, and with --write put it into the page."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.marks", description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    page = arguments.parse_args().write
    table = table_of(read_marks(shipped_file("people/dev.jsonl"), shipped_file("people/marks.dev.jsonl")))
    print(table)
    if page:
        write_between_marks(page, table, MARKS)


if __name__ == "__main__":
    main()
