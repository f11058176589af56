"""The table of marks is what the kept marks come to."""

from __future__ import annotations

from pathlib import Path

from benchmarks.marks import MARKS, Marked, read_marks, table_of
from retrieval.shipped import shipped_file

PAGE = Path(__file__).parents[2] / "docs" / "results.md"


def kept() -> list[Marked]:
    return read_marks(shipped_file("people/dev.jsonl"), shipped_file("people/marks.dev.jsonl"))


def test_every_question_was_marked_by_three_readers() -> None:
    marked = kept()
    assert len(marked) == 128
    assert all(len(one.first) == len(one.again) == 3 and {*one.first, *one.again} <= {0, 1, 2, 3} for one in marked)


def test_means_and_zeros_by_kind_the_worst_first() -> None:
    marked = [
        Marked("how", (3, 3, 3), (3, 3, 3)),
        Marked("who", (0, 0, 0), (1, 2, 3)),
        Marked("who", (0, 0, 3), (0, 0, 0)),
    ]
    assert table_of(marked).splitlines()[2:] == [
        "| who | 2 | 0.50 | 1.00 | 1 | 1 |",
        "| how | 1 | 3.00 | 3.00 | 0 | 0 |",
        "| all | 3 | 1.33 | 1.67 | 1 | 1 |",
    ]


def test_the_page_has_the_table() -> None:
    begin, end = MARKS
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition(begin)[2].partition(end)[0].strip() == table_of(kept())
