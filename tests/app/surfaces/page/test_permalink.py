"""Links that ask a question anew, and what they say of what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import pytest

from app.answering.answer import Answer, AnswerModels
from app.answering.events import Done
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.permalink import changed_since, permalink, question_of_link, version_of
from retrieval.errors import InputError
from retrieval.types import Facets, Filters

FACETS = Facets(
    *({"OpenAI": 2, "A & B": 1}, {"Robustness": 1}, {"en": 2}, {"a/b &": 1, "c": 1}),
    earliest=date(2022, 1, 1),
    latest=date(2024, 7, 1),
)
MODELS = AnswerModels(embedding="minilm", corpus="default@abc123")
ANSWER = Answer("1", "And they?", "Do backdoors & “quotes” persist?", "answered", "quotes", "x", 0.9, models=MODELS)
FILTERS = Filters(
    ("A & B", "OpenAI"), ("Robustness",), ("en",), ("a/b &",), since=date(2022, 1, 1), until=date(2023, 12, 31)
)


def opened(address: str) -> dict[str, Any]:
    """What page.js sends of an address."""
    fields = parse_qs(address.removeprefix("?"))
    many = {name: fields.get(name, []) for name in ("organisation", "category", "language", "paper")}
    return many | {name: fields.get(name, [None])[0] for name in ("q", "since", "until", "v")}


def test_a_link_brings_back_the_question_that_stands_alone_with_its_filters() -> None:
    exchange = Exchange("And they?", FILTERS).after(Done(ANSWER))
    question, version = question_of_link(opened(permalink(exchange)), FACETS)
    assert question.text == ANSWER.standalone_question and question.filters == FILTERS and question.history == ()
    assert version == version_of(ANSWER) == "abc123~minilm~quotes"


def test_what_is_not_needed_is_not_in_the_link() -> None:
    address = permalink(Exchange("Q?").after(Done(ANSWER)))
    assert set(parse_qs(address.removeprefix("?"))) == {"q", "v"}
    assert permalink(Exchange("Q?")) == ""


@pytest.mark.parametrize(
    ("models", "changed"),
    [
        ({}, None),
        ({"corpus": "default@new"}, "corpus"),
        ({"corpus": "elsewhere@abc123"}, None),
        ({"llm": "tiny"}, "models"),
        ({"embedding": "bge", "corpus": "default@new"}, "both"),
    ],
)
def test_what_has_changed_since_is_said(models: dict[str, str], changed: str | None) -> None:
    anew = replace(ANSWER, models=replace(MODELS, **models))
    assert changed_since(Exchange("Q?", linked=version_of(ANSWER)).after(Done(anew))) == changed


@pytest.mark.parametrize("linked", ["", "nonsense", "~" * 50])
def test_a_version_that_no_page_has_written_says_nothing(linked: str) -> None:
    assert changed_since(Exchange("Q?", linked=linked).after(Done(ANSWER))) is None


def test_a_plain_question_is_enough() -> None:
    question, version = question_of_link({"q": " Why? "}, FACETS)
    assert (question.text, question.filters, version) == ("Why?", Filters(), "")


@pytest.mark.parametrize(
    "link",
    [None, [], {}, {"q": 1}, {"q": "Why?", "organisation": "OpenAI"}, {"q": "Why?", "category": ["x"] * 41}],
)
def test_what_is_no_link_is_refused(link: Any) -> None:
    with pytest.raises(InputError, match="This link holds no question"):
        question_of_link(link, FACETS)


@pytest.mark.parametrize(
    "link",
    [
        {"q": "x" * 2001},
        {"q": " ?! "},
        {"q": "Why?", "organisation": ["Nobody"]},
        {"q": "Why?", "organisation": [{}]},
        {"q": "Why?", "paper": ["nobodys"]},
        {"q": "Why?", "since": "20x2"},
        {"q": "Why?", "since": "2024", "until": "2022"},
    ],
)
def test_a_link_passes_the_same_checks_as_any_question(link: Any) -> None:
    with pytest.raises(InputError):
        question_of_link(link, FACETS)
