"""Lines that readers read: their quotes stand in the papers, and the threshold is one that they bear out."""

from __future__ import annotations

import pytest

from app.answering.checking.direct_check import NEVER
from benchmarks.direct_lines import FEWEST_SHOWN, SPLITS, ReadLine, best_by_question, lowest_threshold, read_lines
from retrieval.types import Paper


def shown(*marks: str) -> list[tuple[ReadLine, float]]:
    """A line of a question each, the surest first."""
    return [(ReadLine(f"q{place}", (), "l", mark), 1 - place / 1000) for place, mark in enumerate(marks)]


@pytest.mark.parametrize("split", SPLITS)
def test_their_quotes_stand_in_the_papers(split: str, all_papers: tuple[Paper, ...]) -> None:
    lines = read_lines(split, {paper.id: paper for paper in all_papers})
    assert len(lines) > 200 and {line.mark for line in lines} == {"right", "beside", "wrong"}
    assert all(quote.quote for line in lines for quote in line.quotes)


def test_no_question_is_in_both(all_papers: tuple[Paper, ...]) -> None:
    papers = {paper.id: paper for paper in all_papers}
    dev, test = ({line.question for line in read_lines(split, papers)} for split in SPLITS)
    assert not dev & test


def test_few_lines_bear_out_no_threshold() -> None:
    assert lowest_threshold(shown(*["right"] * (FEWEST_SHOWN - 1))) == NEVER
    assert lowest_threshold(shown(*["right"] * FEWEST_SHOWN)) == 1 - (FEWEST_SHOWN - 1) / 1000


def test_the_threshold_lets_through_few_that_are_not_right() -> None:
    assert lowest_threshold(shown("wrong", *["right"] * 32)) == NEVER
    assert lowest_threshold(shown("wrong", *["right"] * 33)) == 1 - 33 / 1000
    assert lowest_threshold(shown(*["right"] * 40, "beside", "wrong")) == 1 - 40 / 1000


def test_of_each_question_the_surest_line_counts() -> None:
    one, other = (ReadLine("q", (), text, "right") for text in ("a", "b"))
    assert best_by_question([(one, 0.2), (other, 0.7)]) == [(other, 0.7)]
