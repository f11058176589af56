"""Run the tests of the matrix and write what they saw into docs/faults.md: `python -m tests.faults.page [RECORD.xml…]`.

With the records of runs, in JUnit's form, none is run; of a test that stands in several the last counts.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import provenance, write_between_marks
from tests.faults.matrix import CELLS, COLUMNS, ROWS, all_tests
from tests.faults.operations import KILLS

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
MARKS = "<!-- faults: begin -->", "<!-- faults: end -->"
COMMAND = f"make faults KILLS={KILLS}"
RECORD = Path("dist/faults.xml")


@dataclass(frozen=True, slots=True)
class Ran:
    """A test that ran, as `FILE::FUNCTION[PARAMETERS]`, and what it saw."""

    test: str
    passed: bool
    seconds: float
    saw: str
    seed: str


def read_record(file: Path) -> list[Ran]:
    """The tests of a record."""
    found: list[Ran] = []
    for case in ET.parse(file).iter("testcase"):
        path = case.get("classname", "").replace(".", "/") + ".py"
        told = {each.get("name", ""): each.get("value", "") for each in case.iter("property")}
        passed = case.find("failure") is None and case.find("error") is None and case.find("skipped") is None
        test = f"{path}::{case.get('name', '')}"
        found.append(Ran(test, passed, float(case.get("time", 0)), told.get("saw", ""), told.get("seed", "")))
    return found


def of_cell(tests: Sequence[str], ran: Sequence[Ran]) -> list[Ran]:
    """Those that ran of a cell's tests."""
    return [one for one in ran if any(_is_of(one.test, test) for test in tests)]


def _is_of(ran: str, test: str) -> bool:
    if "[" in test:  # the first of its parameters
        return ran.startswith((f"{test}]", f"{test}-"))
    return ran == test or ran.startswith(f"{test}[")


def lines(ran: Sequence[Ran]) -> Iterator[str]:
    """The matrix, and below it what was seen in each of its cells."""
    yield provenance(COMMAND)
    yield ""
    yield f"| | {' | '.join(COLUMNS)} |"
    yield "|---" * (len(COLUMNS) + 1) + "|"
    for row in ROWS:
        yield f"| {row} | {' | '.join(_mark(row, column, ran) for column in COLUMNS)} |"
    for column, meaning in COLUMNS.items():
        yield f"\n### {column}\n\n{meaning[0].upper()}{meaning[1:]}.\n"
        yield "| | tests | what was seen |"
        yield "|---|---|---|"
        for row in ROWS:
            yield _row(row, column, ran)


def _mark(row: str, column: str, ran: Sequence[Ran]) -> str:
    cell = CELLS[row, column]
    if not cell.tests:
        return ""
    seen = of_cell(cell.tests, ran)
    if not seen:
        return "not run"
    held = sum(one.passed for one in seen)
    return f"{held}" if held == len(seen) else f"**{held} of {len(seen)}**"


def _row(row: str, column: str, ran: Sequence[Ran]) -> str:
    cell = CELLS[row, column]
    if not cell.tests:
        return f"| {row} | | {cell.why} |"
    seen = of_cell(cell.tests, ran)
    files = ", ".join(dict.fromkeys(f"[{_name(test)}](../{test.split('::')[0]})" for test in cell.tests))
    said = list(dict.fromkeys(one.saw for one in seen if one.saw))
    said += [f"seeds {', '.join(seeds)}" for seeds in [[one.seed for one in seen if one.seed]] if seeds]
    said += [f"FAILED: {one.test.split('::')[1]}" for one in seen if not one.passed]
    return f"| {row} | {files} | {' · '.join(said).replace('|', '/') or ('holds' if seen else 'not run')} |"


def _name(test: str) -> str:
    return test.split("::")[1].split("[")[0].removeprefix("test_").replace("_", " ")


def main() -> None:
    """Run the tests, or take the record of a run, and put the matrix into the page."""
    records = [Path(name) for name in sys.argv[1:]]
    if not records:
        records = [RECORD]
        how = [
            "-p",
            "no:xdist",
            "-o",
            "junit_family=xunit1",
            "-m",
            "fault or cluster",
            "--timeout",
            "3600",
            "--junitxml",
            str(RECORD),
        ]
        subprocess.run([sys.executable, "-m", "pytest", *how, *all_tests()], check=False)
    ran = list({one.test: one for record in records for one in read_record(record)}.values())
    write_between_marks(PAGE, "\n".join(lines(ran)), MARKS)
    held = sum(one.passed for one in ran)
    print(f"wrote {PAGE}: {held} of {len(ran)} tests hold")
    if held < len(ran):
        sys.exit(1)


if __name__ == "__main__":
    main()
