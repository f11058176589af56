"""What papers can be filtered by, what a collection has of it, and filters held against that."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.errors import InputError
from retrieval.facets import MOST_NAMED, MOST_TOLD, Filters, checked_filters, facets_of
from retrieval.types import Paper


def test_facets(papers: tuple[Paper, ...]) -> None:
    facets = facets_of(papers)
    assert facets.organisations == {"Anthropic": 2, "OpenAI": 2, "Google DeepMind": 2, "NIST": 1}
    assert list(facets.organisations)[-1] == "NIST"
    assert facets.languages == {"en": 7, "zh": 1}
    assert list(facets.languages) == ["en", "zh"]
    assert sum(facets.categories.values()) == sum(paper.category is not None for paper in papers)
    assert (facets.earliest, facets.latest) == (date(2022, 10, 22), date(2024, 7, 24))


def test_facets_name_the_most_frequent_first() -> None:
    papers = [Paper(str(n), "T", "", "en", category=category) for n, category in enumerate("abbcccb")]
    assert list(facets_of(papers).categories.items()) == [("b", 3), ("c", 3), ("a", 1)]


def test_facets_of_papers_without_any() -> None:
    facets = facets_of([Paper("a", "T", "", "en")])
    assert (facets.organisations, facets.categories, facets.earliest, facets.latest) == ({}, {}, None, None)


def test_filters_are_spelt_as_the_collection_spells_them(papers: tuple[Paper, ...]) -> None:
    asked = Filters(
        organisations=("google DEEPMIND", "OpenAI"),
        categories=("robustness",),
        languages=("ZH",),
        since=date(2023, 1, 1),
    )
    assert checked_filters(asked, facets_of(papers)) == Filters(
        organisations=("Google DeepMind", "OpenAI"),
        categories=("Robustness",),
        languages=("zh",),
        since=date(2023, 1, 1),
    )


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (
            Filters(organisations=("Mistral",)),
            "There is no organisation 'Mistral': choose from Anthropic, OpenAI, Google DeepMind, NIST.",
        ),
        (Filters(languages=("en", "fr")), "There is no language 'fr': choose from en, zh."),
        (Filters(categories=("",)), "There is no category '': choose from "),
        (
            Filters(since=date(2024, 1, 2), until=date(2024, 1, 1)),
            "The filter's first date 2024-01-02 is after its last 2024-01-01: swap them.",
        ),
    ],
)
def test_filters_that_cannot_be(papers: tuple[Paper, ...], filters: Filters, message: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_filters(filters, facets_of(papers))
    assert str(caught.value).startswith(message)


def test_an_endless_filter_value_is_cut_in_the_message(papers: tuple[Paper, ...]) -> None:
    with pytest.raises(InputError) as caught:
        checked_filters(Filters(organisations=("x" * 5000,)), facets_of(papers))
    assert len(str(caught.value)) < 300


def test_of_very_many_values_the_most_frequent_are_named_and_the_others_counted() -> None:
    papers = [Paper(f"p{n}", "T", "", "en", organisation=f"lab {n // 2}") for n in range(2 * MOST_TOLD + 3)]
    with pytest.raises(InputError) as caught:
        checked_filters(Filters(organisations=("x",)), facets_of(papers))
    assert str(caught.value).endswith(f", lab {MOST_TOLD - 1}, or 2 others.")
    assert checked_filters(Filters(organisations=("LAB 101",)), facets_of(papers)).organisations == ("lab 101",)


def test_a_filter_where_nothing_can_be_chosen() -> None:
    with pytest.raises(InputError, match="choose from none"):
        checked_filters(Filters(categories=("x",)), facets_of([Paper("a", "T", "", "en")]))


def test_the_same_day_first_and_last_is_fine(papers: tuple[Paper, ...]) -> None:
    day = Filters(since=date(2024, 1, 15), until=date(2024, 1, 15))
    assert checked_filters(day, facets_of(papers)) == day


def test_a_filter_lets_through_every_spelling_that_the_collection_has() -> None:
    """Two files may write one organisation in two ways; none of its papers may get lost."""
    papers = [
        Paper("a", "T", "", "en", organisation="OpenAI"),
        Paper("b", "T", "", "en", organisation="OpenAI"),
        Paper("c", "T", "", "en", organisation="openai"),
    ]
    checked = checked_filters(Filters(organisations=("OpenAI",)), facets_of(papers))
    assert set(checked.organisations) == {"OpenAI", "openai"}


def test_a_paper_is_known_by_its_id_as_it_is_spelt_and_no_others_are_listed(papers: tuple[Paper, ...]) -> None:
    facets, ids = facets_of(papers), tuple(paper.id for paper in papers[:2])
    assert checked_filters(Filters(papers=(*ids, ids[0])), facets).papers == ids
    assert [paper.id for paper in papers if Filters(papers=ids).admit(paper)] == list(ids)
    for unknown in ("nobodys", ids[0].upper(), ""):
        with pytest.raises(InputError, match=f"There is no paper '{unknown}' in the collection") as caught:
            checked_filters(Filters(papers=(unknown,)), facets)
        assert papers[1].id not in str(caught.value)


def test_a_filter_names_only_so_many_papers(papers: tuple[Paper, ...]) -> None:
    with pytest.raises(InputError, match="at most 100 of paper, not 101"):
        checked_filters(Filters(papers=(papers[0].id,) * (MOST_NAMED + 1)), facets_of(papers))
