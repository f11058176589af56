"""The empty page speaks of the papers that are there, and of no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from app.answering.answerer import Models
from app.surfaces.page.about import about_html
from app.surfaces.page.intro import EXAMPLES, LOOKED_AT, intro_html
from app.surfaces.page.render import mode_line
from app.surfaces.ui_strings import LANGUAGES, UiStrings, ui_strings
from retrieval.papers.papers import papers_of
from retrieval.types import Paper

EN = ui_strings("en")
SLEEP = tuple(Paper(f"s{number}", f"Sleep and memory {number}", "Sleep helps.", "en") for number in range(5))


def intro_of(papers: Iterable[Paper], words: UiStrings = EN) -> str:
    held = papers_of(papers)
    return intro_html(held, held.facets, words)


def test_the_papers_that_come_along_are_introduced_by_what_they_are_on(all_papers: tuple[Paper, ...]) -> None:
    html = intro_of(all_papers)
    assert "94 papers on AI safety" in html
    assert html.count("data-ask=") == len(EXAMPLES)
    assert "backdoor" in html


def test_of_other_papers_nothing_is_said_that_nobody_knows_and_they_are_asked_about() -> None:
    html = intro_of(SLEEP)
    assert "5 papers." in html
    assert "AI safety" not in html and "backdoor" not in html
    assert html.count("Sleep and memory") == 2 * len(EXAMPLES)


def test_where_few_say_whose_they_are_most_are_not_said_to_be_theirs() -> None:
    owls = [replace(SLEEP[0], id=f"o{number}", organisation="Owl Institute") for number in range(6)]
    assert "most of them from Owl Institute" in intro_of([*SLEEP, *owls])
    assert "Owl Institute" not in intro_of([*SLEEP, *owls[:5]])


def test_papers_without_titles_or_abstracts_are_not_asked_about() -> None:
    nameless = (Paper("a", None, "Sleep helps.", "en"), Paper("b", "Sleep", "", "en"))
    assert "data-ask=" not in intro_of(nameless)


def test_where_the_first_papers_have_no_title_none_is_sought_among_all_others() -> None:
    nameless = [Paper(f"n{number}", None, "Sleep helps.", "en") for number in range(LOOKED_AT)]
    assert "data-ask=" not in intro_of([*nameless, *SLEEP])
    assert intro_of([*nameless[1:], *SLEEP]).count("data-ask=") == 1


def test_example_papers_that_are_there_are_asked_about_before_others(all_papers: tuple[Paper, ...]) -> None:
    one = next(paper for paper in all_papers if paper.id == EXAMPLES[1])
    html = intro_of([*SLEEP, one])
    assert html.index(EN("example_2")) < html.index("Sleep and memory 0") and html.count("data-ask=") == len(EXAMPLES)
    assert "AI safety" not in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("llm", [None, "some-writer (int8)"])
def test_the_first_screen_names_no_model_and_says_that_abstracts_are_read(language: str, llm: str | None) -> None:
    models, words = Models("some-embedder (fp32)", llm), ui_strings(language)
    first = intro_of(SLEEP, words) + mode_line(models, len(SLEEP), words)
    assert not any(told in first for told in ("some-", "fp32", "int8"))
    assert {"en": "abstracts are read", "zh": "读的只是摘要"}[language] in first
    about = about_html(held := papers_of(SLEEP), held.facets, models, words)
    assert "some-embedder (fp32)" in about and (not llm or llm in about)
