"""The empty page speaks of the papers that are there, and of no others."""

from __future__ import annotations

import pytest

from app.answering.answerer import Models
from app.surfaces.page.about import about_html
from app.surfaces.page.intro import EXAMPLES, intro_html
from app.surfaces.page.render import mode_line
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from retrieval.facets import facets_of
from retrieval.types import Paper

EN = ui_strings("en")
SLEEP = tuple(Paper(f"s{number}", f"Sleep and memory {number}", "Sleep helps.", "en") for number in range(5))


def test_the_papers_that_come_along_are_introduced_by_what_they_are_on(all_papers: tuple[Paper, ...]) -> None:
    html = intro_html(all_papers, facets_of(all_papers), EN)
    assert "94 papers on AI safety" in html
    assert html.count("data-ask=") == len(EXAMPLES)
    assert "backdoor" in html


def test_of_other_papers_nothing_is_said_that_nobody_knows_and_they_are_asked_about() -> None:
    html = intro_html(SLEEP, facets_of(SLEEP), EN)
    assert "5 papers." in html
    assert "AI safety" not in html and "backdoor" not in html
    assert html.count("Sleep and memory") == 2 * len(EXAMPLES)


def test_papers_without_titles_or_abstracts_are_not_asked_about() -> None:
    nameless = (Paper("a", None, "Sleep helps.", "en"), Paper("b", "Sleep", "", "en"))
    assert "data-ask=" not in intro_html(nameless, facets_of(nameless), EN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("llm", [None, "some-writer (int8)"])
def test_the_first_screen_names_no_model_and_says_that_abstracts_are_read(language: str, llm: str | None) -> None:
    models, words = Models("some-embedder (fp32)", llm), ui_strings(language)
    first = intro_html(SLEEP, facets_of(SLEEP), words) + mode_line(models, len(SLEEP), words)
    assert not any(told in first for told in ("some-", "fp32", "int8"))
    assert {"en": "abstracts are read", "zh": "读的只是摘要"}[language] in first
    about = about_html(SLEEP, facets_of(SLEEP), models, words)
    assert "some-embedder (fp32)" in about and (not llm or llm in about)
