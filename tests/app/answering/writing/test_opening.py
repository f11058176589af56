"""What stands in front of an answer: the paper's name, where the question wants to know where a thing is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.answering.answer import Direct
from app.answering.citation import Citation
from app.answering.writing.opening import with_source
from app.languages import ENGLISH
from app.languages.zh import LANGUAGE as CHINESE
from retrieval.types import Paper

OWLS = Paper("owls", "On Owls", "Owls fly silently.", "en", organisation="Barn", published=date(2024, 5, 1))
BEES = replace(OWLS, id="bees", title="On Bees")
LINE = Direct("Yes: owls fly silently.", "project", (1,), "yes")


def quote(number: int, paper: Paper) -> Citation:
    return Citation(number, paper, 0, 18, 1.0)


@pytest.mark.parametrize(
    "question",
    [
        "Which paper showed that owls are silent?",
        "who found that owls are silent",
        "Somebody told me owls are silent. Where was that reported?",
        "what study is it that says owls are silent",
        "Is it from a paper that owls are silent?",
    ],
)
def test_who_asks_where_it_is_said_is_told_the_paper(question: str) -> None:
    told = with_source(LINE, question, (quote(1, OWLS), quote(2, BEES)), ENGLISH.phrases)
    assert told == Direct("That is in On Owls (Barn, May 2024). Owls fly silently.", "project", (1,))


def test_it_is_told_in_the_language_of_the_answer() -> None:
    told = with_source(LINE, "哪篇论文发现猫头鹰无声？", (quote(1, OWLS),), CHINESE.phrases)
    assert told.text.startswith("这出自") and "On Owls" in told.text


@pytest.mark.parametrize(
    "question", ["Do owls fly silently?", "which papers study owls", "who feeds the owls", "where do owls live"]
)
def test_who_asks_for_something_else_is_not(question: str) -> None:
    assert with_source(LINE, question, (quote(1, OWLS),), ENGLISH.phrases) == LINE


def test_a_paper_that_is_named_is_not_named_twice_and_of_several_none_is() -> None:
    named = replace(LINE, text="On owls says that they are silent.")
    question = "which paper says so"
    assert with_source(named, question, (quote(1, OWLS),), ENGLISH.phrases) == named
    both = replace(LINE, citations=(1, 2))
    assert with_source(both, question, (quote(1, OWLS), quote(2, BEES)), ENGLISH.phrases) == both
