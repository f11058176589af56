"""Filters are read out of the words that people use for them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.filter_words import read_filters
from app.languages.patterns import OWN
from retrieval.facets import facets_of
from retrieval.types import Facets, Paper


@pytest.fixture(scope="module")
def facets(all_papers: tuple[Paper, ...]) -> Facets:
    return facets_of(all_papers)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("papers by deepmind", ("Google DeepMind",)),
        ("deep mind's papers", ("Google DeepMind",)),
        ("gdm and oai", ("Google DeepMind", "OpenAI")),
        ("google deepmind", ("Google DeepMind",)),
        ("anthropic or openai", ("Anthropic", "OpenAI")),
        ("谷歌最新的论文", ("Google DeepMind",)),
        ("openai的论文", ("OpenAI",)),
        ("googled openaire", ()),
    ],
)
def test_organisations(facets: Facets, text: str, names: tuple[str, ...]) -> None:
    read = read_filters(text, facets)
    assert read.filters.organisations == names
    assert read.rest.count(OWN) == len(names)


JANUARY_2023, DECEMBER_2023 = date(2023, 1, 1), date(2023, 12, 31)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("papers in 2023", JANUARY_2023, DECEMBER_2023),
        ("papers from 2023", JANUARY_2023, DECEMBER_2023),
        ("2023 papers", JANUARY_2023, DECEMBER_2023),
        ("papers from 2023 on", JANUARY_2023, None),
        ("papers since 2023", JANUARY_2023, None),
        ("papers after 2022", JANUARY_2023, None),
        ("papers before 2024", None, DECEMBER_2023),
        ("papers until 2023", None, DECEMBER_2023),
        ("papers since march 2024", date(2024, 3, 1), None),
        ("papers from feb 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("papers in 2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("papers between 2022 and 2023", date(2022, 1, 1), DECEMBER_2023),
        ("papers between 2023 and 2022", date(2022, 1, 1), DECEMBER_2023),
        ("papers from may 2022 to june 2023", date(2022, 5, 1), date(2023, 6, 30)),
        ("papers 2022-2023", date(2022, 1, 1), DECEMBER_2023),
        ("papers in 2022 or 2023", date(2022, 1, 1), DECEMBER_2023),
        ("2023年的论文", JANUARY_2023, DECEMBER_2023),
        ("2024年2月的论文", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023年以来的论文", JANUARY_2023, None),
        ("2024年之前的论文", None, DECEMBER_2023),
        ("2022年到2023年的论文", date(2022, 1, 1), DECEMBER_2023),
        ("papers about gpt-4", None, None),
        ("the 2024th of 12024 papers", None, None),
        ("papers in 3023", None, None),
    ],
)
def test_dates(facets: Facets, text: str, since: date | None, until: date | None) -> None:
    read = read_filters(text, facets)
    assert (read.filters.since, read.filters.until, read.relative) == (since, until, False)
    assert (since is None and until is None) or "202" not in read.rest


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("papers from last year", JANUARY_2023, DECEMBER_2023),
        ("this year's papers", date(2024, 1, 1), date(2024, 12, 31)),
        ("papers of the last two years", JANUARY_2023, None),
        ("去年的论文", JANUARY_2023, DECEMBER_2023),
        ("最近两年的论文", JANUARY_2023, None),
    ],
)
def test_relative_dates_count_from_the_newest_paper(facets: Facets, text: str, since: date, until: date | None) -> None:
    assert facets.latest == date(2024, 7, 24)
    read = read_filters(text, facets)
    assert (read.filters.since, read.filters.until, read.relative) == (since, until, True)


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("list the chinese papers", ("zh",)),
        ("papers in chinese about risks", ("zh",)),
        ("english-language papers", ("en",)),
        ("列出中文论文", ("zh",)),
        ("用英文写的论文", ("en",)),
        ("papers on the chinese room", ()),
        ("german papers", ("de",)),
    ],
)
def test_languages(facets: Facets, text: str, languages: tuple[str, ...]) -> None:
    assert read_filters(text, facets).filters.languages == languages


@given(st.text(alphabet="in 2023-07 from to and 年月日到的去年 last two years openai’s.,‹o›", max_size=80))
def test_any_text_can_be_read(facets: Facets, text: str) -> None:
    filters = read_filters(text.casefold(), facets).filters
    assert not (filters.since and filters.until) or filters.since <= filters.until


def test_without_organisations_there_is_nothing_to_name() -> None:
    nothing = facets_of(())
    assert read_filters("openai in 2023", nothing).filters.organisations == ()
    assert read_filters("last year", nothing).relative
