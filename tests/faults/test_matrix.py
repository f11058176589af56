"""The matrix has every cell, its tests exist and are run with the others, and the page shows it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.faults.matrix import CELLS, COLUMNS, ROWS, all_tests
from tests.faults.page import MARKS, PAGE, Ran, lines, of_cell

ROOT = Path(__file__).parents[2]


def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_cell_has_a_test_or_says_why_not() -> None:
    assert set(CELLS) == {(row, column) for row in ROWS for column in COLUMNS}
    assert all(bool(cell.tests) != bool(cell.why) for cell in CELLS.values())


@pytest.mark.parametrize("test", all_tests())
def test_what_it_names_exists(test: str) -> None:
    file, function = test.split("::")
    assert function in functions_of(ROOT / file)


def test_no_test_of_the_matrix_is_left_out_of_it() -> None:
    named = {test.split("::")[1] for test in all_tests()}
    for name in ("test_killed", "test_no_room", "test_clock", "test_damage", "test_servers_behind", "test_serving"):
        found = functions_of(ROOT / "tests" / "faults" / f"{name}.py")
        assert {function for function in found if function.startswith("test_")} <= named


def test_the_page_shows_it() -> None:
    """Whatever the last run saw: `make faults` writes the page anew."""
    page = PAGE.read_text(encoding="utf-8").split(MARKS[0])[1].split(MARKS[1])[0].splitlines()
    wanted = list(lines([]))
    assert len(page) - 1 == len("\n".join(wanted).splitlines())
    for there, here in zip(page[1:], "\n".join(wanted).splitlines(), strict=True):
        if here.startswith("| "):
            # Which row, and which tests; what they saw is the run's.
            assert there.split(" | ")[0] == here.split(" | ")[0]
            assert here.count(" | ") > 3 or there.split(" | ")[1] == here.split(" | ")[1], "run: make faults"
        elif not here.startswith("`"):
            assert there == here, "run: make faults"


def test_what_did_not_run_is_not_said_to_hold() -> None:
    assert not any(line.endswith("| holds |") for line in lines([]))


def test_a_cells_tests_are_told_from_those_of_others() -> None:
    ran = [Ran(f"a.py::test_x[{parameters}]", True, 0, "", "") for parameters in ("add", "add-100k", "added")]
    assert of_cell(["a.py::test_x[add"], ran) == ran[:2]
    assert of_cell(["a.py::test_x"], ran) == ran and not of_cell(["a.py::test"], ran)
