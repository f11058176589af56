"""Selections against plain Python: filters, order, slices and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from retrieval.facets import Facets, Filters, facets_of
from retrieval.papers.papers import Papers, papers_of
from retrieval.papers.selection import OWN_ORDER
from retrieval.papers.tables import OFFERED
from retrieval.types import Paper

DAYS = st.none() | st.dates(date(2023, 12, 28), date(2024, 1, 4))
VALUES = st.sampled_from([None, "x", "y", "Ü 'quoted'"])
LISTS = st.lists(
    st.builds(
        Paper,
        id=st.integers(0, 50).map(lambda number: f"p{number}"),
        title=st.just("T"),
        abstract=st.just("A."),
        language=st.sampled_from(["en", "zh"]),
        organisation=VALUES,
        category=VALUES,
        published=DAYS,
    ),
    max_size=12,
    unique_by=lambda paper: paper.id,
)
CHOSEN = st.lists(VALUES.filter(bool), max_size=2).map(tuple)
FILTERS = st.builds(
    Filters,
    organisations=CHOSEN,
    categories=CHOSEN,
    languages=st.sampled_from([(), ("en",), ("zh", "en"), ("fr",)]),
    papers=st.sampled_from([(), ("p1", "p2", "p3"), ("nothing",)]),
    since=DAYS,
    until=DAYS,
)
ENDS = st.none() | st.integers(-15, 15)


def newest_first(papers: Sequence[Paper]) -> list[Paper]:
    return sorted(papers, key=lambda paper: -(paper.published or date.min).toordinal())


@given(LISTS, FILTERS)
def test_the_papers_that_pass_newest_first(papers: list[Paper], filters: Filters) -> None:
    collection = papers_of(papers)
    selected = collection.select(filters)
    expected = newest_first([paper for paper in papers if filters.admit(paper)])
    assert list(selected) == expected
    assert (len(selected), list(reversed(selected)), list(selected[::-1])) == (
        len(expected),
        expected[::-1],
        expected[::-1],
    )
    assert list(selected.reversed().reversed()) == expected
    own = collection.select(filters, order=OWN_ORDER)
    assert list(own) == [paper for paper in papers if filters.admit(paper)]
    assert list(own.reversed()) == list(own)[::-1]


@given(LISTS, ENDS, ENDS, st.sampled_from([None, 1, 2, -1, -3]))
def test_slices_are_those_of_a_list(papers: list[Paper], start: int | None, stop: int | None, step: int | None) -> None:
    selected, expected = papers_of(papers).select(), newest_first(papers)
    assert list(selected[start:stop:step]) == expected[start:stop:step]
    for place in range(-len(papers), len(papers)):
        assert selected[place] == expected[place]
    for place in (len(papers), -len(papers) - 1):
        try:
            selected[place]
        except IndexError:
            continue
        raise AssertionError(f"there is none at {place}")


@given(LISTS, FILTERS, FILTERS, st.sets(st.integers(0, 15)))
def test_narrowed_and_counted(papers: list[Paper], filters: Filters, others: Filters, numbers: set[int]) -> None:
    collection = papers_of(papers)
    passing = [paper for paper in papers if filters.admit(paper)]
    selected = collection.select(filters)
    assert list(selected.within(others)) == newest_first([paper for paper in passing if others.admit(paper)])
    assert selected.counted("organisation") == Counter(paper.organisation for paper in passing)
    assert selected.counted("language") == Counter(paper.language for paper in passing)
    years = Counter(str(paper.published.year) if paper.published else None for paper in passing)
    assert selected.counted("year") == years
    assert list(selected.counted("year").values()) == sorted(years.values(), reverse=True)
    chosen = [paper for number, paper in enumerate(papers, start=1) if number in numbers]
    assert list(collection.select(numbers=numbers)) == newest_first(chosen)
    by_number = dict(enumerate(papers, start=1))
    assert [by_number[number] for number in selected.numbers()] == newest_first(passing)
    assert selected.numbers(2) == selected.numbers()[:2]
    assert collection.admitted(numbers, filters) == {
        number for number in numbers if number in by_number and filters.admit(by_number[number])
    }


def offered(facets: Facets) -> list[list[tuple[str, int]]]:
    return [list(facets.of(facet).items()) for facet in OFFERED]


@given(LISTS)
def test_facets_are_those_of_the_papers(papers: list[Paper]) -> None:
    facets, expected = papers_of(papers).facets, facets_of(papers)
    assert offered(facets) == offered(expected)
    assert (facets.earliest, facets.latest) == (expected.earliest, expected.latest)
    assert dict(facets.papers) == dict(expected.papers)


def test_more_than_are_read_at_once() -> None:
    papers = [Paper(f"p{n}", "T", "", "en", published=date(2020, 1, 1 + n % 28)) for n in range(1234)]
    collection: Papers = papers_of(papers)
    assert list(collection.select()) == newest_first(papers)
    assert list(collection.select(numbers=range(100, 1200))) == newest_first(papers[99:1199])
    assert list(collection.select()[600:800]) == newest_first(papers)[600:800]
