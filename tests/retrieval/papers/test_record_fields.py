"""What a selection counts by SQL is what the papers' own fields say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.facets import Filters
from retrieval.papers.papers import papers_of
from retrieval.papers.selection import NEWEST_FIRST, OWN_ORDER
from retrieval.types import Paper
from retrieval.web_address import paper_address

FIELDS = ("organisation", "category", "language", "year", "author", "abstract", "link")
ADDRESSES = (None, "", "https://owls.example/1", "ftp://owls.example", "owls.example", "https://", "http://[owls")


def said(paper: Paper, field: str) -> tuple[str, ...]:
    """What the paper says there, by its own fields."""
    if field == "year":
        return (str(paper.published.year),) if paper.published else ()
    if field == "author":
        return tuple(dict.fromkeys(filter(None, paper.authors)))
    value = paper_address(paper) if field == "link" else getattr(paper, field)
    return (value,) if value else ()


PAPERS = st.builds(
    Paper,
    id=st.just(""),
    title=st.none() | st.just("Owls"),
    abstract=st.sampled_from(["", "Owls fly.", "“{}” owls"]),
    language=st.sampled_from(["en", "zh"]),
    authors=st.lists(st.sampled_from(["Ada", "ada", "Bo", ""]), max_size=4).map(tuple),
    organisation=st.sampled_from([None, "", "A Lab", "B Lab"]),
    published=st.none() | st.sampled_from([date(2020, 1, 1), date(2020, 5, 1), date(2021, 1, 1)]),
    category=st.sampled_from([None, "Owls"]),
    url=st.sampled_from(ADDRESSES),
    arxiv_id=st.sampled_from([None, "", "2001.00001"]),
    doi=st.sampled_from([None, "10.1/1"]),
)
SHELVES = st.lists(PAPERS, max_size=8).map(
    lambda papers: [replace(paper, id=f"p{place}") for place, paper in enumerate(papers)]
)


def ids(papers: Iterable[Paper]) -> list[str]:
    return [paper.id for paper in papers]


@given(SHELVES, st.sampled_from([NEWEST_FIRST, OWN_ORDER]))
def test_lacking_dated_and_outside_are_those_of_plain_python(papers: Sequence[Paper], order: str) -> None:
    selection = papers_of(papers).select(order=order)
    ordered = list(selection)
    for field in FIELDS:
        assert ids(selection.lacking(field)) == [paper.id for paper in ordered if not said(paper, field)], field
    assert ids(selection.dated()) == [paper.id for paper in ordered if paper.published]
    groups = [Filters(organisations=("A Lab",)), Filters(since=date(2020, 2, 1), languages=("en",))]
    assert ids(selection.outside(groups)) == [
        paper.id for paper in ordered if not any(group.admit(paper) for group in groups)
    ]
    assert ids(selection.outside([])) == ids(ordered)


@given(SHELVES)
def test_counts_are_those_of_plain_python(papers: Sequence[Paper]) -> None:
    selection = papers_of(papers).select()
    for field in ("organisation", "category", "language", "year", "author"):
        counts = Counter(value for paper in papers for value in said(paper, field))
        counted = {value: count for value, count in selection.counted(field).items() if value}
        assert counted == counts and list(counted.values()) == sorted(counts.values(), reverse=True), field


@pytest.mark.parametrize(("order", "first"), [(NEWEST_FIRST, "New Lab"), (OWN_ORDER, "Old Lab")])
def test_of_values_with_as_many_papers_that_of_the_first_paper_comes_first(order: str, first: str) -> None:
    labs = (("Old Lab", 2020), ("New Lab", 2022))
    papers = [Paper(lab, lab, "", "en", organisation=lab, published=date(year, 1, 1)) for lab, year in labs]
    assert next(iter(papers_of(papers).select(order=order).counted("organisation"))) == first
