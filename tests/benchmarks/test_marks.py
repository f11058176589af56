"""The table of marks is what the kept marks come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.marks import MARKS, Marked, kept_marks, shipped_table, table_by_reader, table_of

PAGE = Path(__file__).parents[2] / "docs" / "results.md"


@pytest.mark.parametrize(
    ("split", "questions"),
    [
        ("dev", 128),
        ("test", 128),
        ("more.test", 120),
        ("last.test", 102),
        ("newest.test", 102),
        ("latest.test", 100),
        ("fresh.test", 100),
    ],
)
def test_every_question_was_marked_by_three_readers(split: str, questions: int) -> None:
    marked = kept_marks(split)
    assert len(marked) == questions
    assert all(len(one.first) == len(one.again) == 3 and {*one.first, *one.again} <= {0, 1, 2, 3} for one in marked)


def test_what_each_reader_gave() -> None:
    marked = [Marked("how", (3, 0, 1), (3, 3, 1)), Marked("who", (2, 0, 1), (2, 2, 0))]
    rows = table_by_reader(marked).splitlines()[2:]
    assert rows == ["| 1 | 2.50 | 2.50 |", "| 2 | 0.00 | 2.50 |", "| 3 | 1.00 | 0.50 |"]


def test_means_and_zeros_by_kind_the_worst_first() -> None:
    marked = [
        Marked("how", (3, 3, 3), (3, 3, 3)),
        Marked("who", (0, 0, 0), (1, 2, 3)),
        Marked("who", (0, 0, 3), (0, 0, 0)),
    ]
    apart = [Marked("who", (0, 0, 0), (1, 1, 1)), Marked("how", (1, 2, 3), (1, 2, 3))]
    assert table_of(marked, ("test", apart)).splitlines()[2:] == [
        "| who | 2 | 0.50 | 1.00 | 1 | 1 | 1 | 0.00 | 1.00 | 1 | 0 |",
        "| how | 1 | 3.00 | 3.00 | 0 | 0 | 1 | 2.00 | 2.00 | 0 | 0 |",
        "| all | 3 | 1.33 | 1.67 | 1 | 1 | 2 | 1.00 | 1.50 | 1 | 0 |",
    ]


def test_the_page_has_the_table() -> None:
    begin, end = MARKS
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition(begin)[2].partition(end)[0].strip() == shipped_table()
