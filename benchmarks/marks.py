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
    """A question's kind, what each reader gave its first answer, what they gave later, and whether it was the same."""

    kind: str
    first: tuple[int, ...]
    again: tuple[int, ...]
    unchanged: bool = False


def read_marks(questions: Path, marks: Path) -> list[Marked]:
    """The marks with their questions' kinds. Raises `InputError`."""
    kinds = dict(_records(questions, lambda record: (str(record["id"]), str(record["kind"]))))
    return _records(
        marks,
        lambda record: Marked(
            kinds[str(record["id"])],
            tuple(record["marks"]),
            tuple(record.get("again", record["marks"])),
            bool(record.get("unchanged", False)),
        ),
    )


def _records(file: Path, parsed: Any) -> list[Any]:
    return [one for _, one in read_records(file, parsed, what="marks", kind=InputError)]


def kept_marks(split: str) -> list[Marked]:
    """The marks that are kept of "dev" or "test". Raises `InputError`."""
    return read_marks(shipped_file(f"people/{split}.jsonl"), shipped_file(f"people/marks.{split}.jsonl"))


def table_of(marked: Sequence[Marked], *apart: tuple[str, Sequence[Marked]]) -> str:
    """Mean marks and answers that all readers gave a 0, by kind, the worst kind of the dev questions first.

    `apart` are sets of test questions, with their names.
    """
    by_kind = {one.kind: [other.first for other in marked if other.kind == one.kind] for one in marked}
    kinds = sorted(by_kind, key=lambda kind: (_mean(by_kind[kind]), kind))
    heads = "questions | first | again | zeros first | zeros again"
    names = " | ".join(f"{name} {heads}" for name in ("dev", *(name for name, _ in apart)))
    lines = [f"| kind | {names} |", f"|{'---|' * (6 + 5 * len(apart))}"]
    for kind in (*kinds, "all"):
        cells = [
            cell
            for some in (marked, *(own for _, own in apart))
            for cell in _cells([one for one in some if kind in (one.kind, "all")])
        ]
        lines.append(f"| {' | '.join([kind, *cells])} |")
    return "\n".join(lines)


def _cells(marked: Sequence[Marked]) -> list[str]:
    first, again = [one.first for one in marked], [one.again for one in marked]
    if not marked:
        return ["0", "", "", "", ""]
    means = [f"{_mean(first):.2f}", f"{_mean(again):.2f}"]
    return [str(len(marked)), *means, str(_zeros(first)), str(_zeros(again))]


def _zeros(marks: Sequence[tuple[int, ...]]) -> int:
    return sum(not any(own) for own in marks)


def _mean(marks: Sequence[tuple[int, ...]]) -> float:
    return sum(map(sum, marks)) / sum(map(len, marks))


def table_by_reader(marked: Sequence[Marked]) -> str:
    """What each reader gave all answers on average."""
    lines = ["| reader | first | again |", "|---|---|---|"]
    for place in range(len(marked[0].first)):
        first, again = _mean([(one.first[place],) for one in marked]), _mean([(one.again[place],) for one in marked])
        lines.append(f"| {place + 1} | {first:.2f} | {again:.2f} |")
    return "\n".join(lines)


def shipped_table() -> str:
    """The table of all marks that are kept."""
    further, newest, latest, fresh = (kept_marks(f"{name}.test") for name in ("more", "newest", "latest", "fresh"))
    same = [one for one in further if one.unchanged]
    first, again = _mean([one.first for one in same]), _mean([one.again for one in same])
    table = table_of(
        kept_marks("dev"),
        ("test", kept_marks("test")),
        ("further test", further),
        ("last test", kept_marks("last.test")),
        ("newest test", newest),
        ("latest test", latest),
        ("fresh test", fresh),
    )
    unchanged = f"The {len(same)} answers to further test questions that had not changed: {first:.2f}, {again:.2f}."
    readers = [
        f"The {name} test questions, by reader:\n\n{table_by_reader(marked)}"
        for name, marked in (("newest", newest), ("latest", latest), ("fresh", fresh))
    ]
    return "\n\n".join((table, unchanged, *readers))


def main() -> None:
    """Print the table, and with --write put it into the page."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.marks", description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    page = arguments.parse_args().write
    table = shipped_table()
    print(table)
    if page:
        write_between_marks(page, table, MARKS)


if __name__ == "__main__":
    main()
