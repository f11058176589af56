"""Who wants few words gets one quote, and the line in plain words where that quote says it."""

from __future__ import annotations

import pytest

from app.answering.answer import Direct
from app.answering.citation import Citation
from app.answering.evidence.definition import wants_brief
from app.answering.evidence.evidence import NOTHING, Evidence, briefly
from app.local_answerer import LocalAnswerer
from retrieval.types import Paper

PAPER = Paper("owls", "Owls", "Owls fly. Owls sleep by day. Owls eat mice.", "en")


def quote(number: int, text: str, score: float) -> Citation:
    at = PAPER.abstract.index(text)
    return Citation(number, PAPER, at, at + len(text), score)


QUOTES = (quote(1, "Owls fly.", 0.9), quote(2, "Owls sleep by day.", 0.6), quote(3, "Owls eat mice.", 0.5))


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("what is RLHF in one sentence", True),
        ("Does debate work? Short answer please", True),
        ("what is superposition, tldr", True),
        ("explain sycophancy briefly", True),
        ("用一句话说说什么是奖励篡改", True),
        ("What is RLHF?", False),
        ("How short are the prompts?", False),
        ("sycophancy in short", True),
        ("Which attacks need one line of code in a model?", False),
        ("Is the TL;DR dataset used for RLHF?", False),
        ("mech interp tldr", False),
        ("Why is the context window so short?", False),
        ("Can a backdoor be hidden in one sentence?", False),
        ("Do models fail in short conversations?", False),
        ("Which models are fine-tuned briefly?", False),
        ("模型为什么给出简短的回答？", False),
    ],
)
def test_few_words_are_wanted_where_they_are_asked_for(text: str, brief: bool) -> None:
    assert wants_brief(text) == brief


def test_the_surest_quote_is_left() -> None:
    found = briefly(Evidence(0.9, "answered", QUOTES))
    assert [(one.number, one.quote) for one in found.quotes] == [(1, "Owls fly.")] and found.direct is None
    assert briefly(NOTHING) is NOTHING


def test_the_quote_that_says_the_plain_line_is_left_with_it() -> None:
    found = briefly(Evidence(0.9, "answered", QUOTES, direct=Direct("They sleep in daylight.", "project", (2,))))
    assert [(one.number, one.quote) for one in found.quotes] == [(1, "Owls sleep by day.")]
    assert found.direct == Direct("They sleep in daylight.", "project", (1,))


def test_a_plain_line_that_needs_more_quotes_goes_too() -> None:
    found = briefly(Evidence(0.9, "answered", QUOTES, direct=Direct("They sleep and eat.", "project", (2, 3))))
    assert [one.quote for one in found.quotes] == ["Owls fly."] and found.direct is None


@pytest.mark.model
def test_one_sentence_is_what_one_gets(with_reader: LocalAnswerer) -> None:
    question = "Do the circuits updates of May 2023 name what they found?"
    whole, brief = with_reader.ask(question), with_reader.ask(f"{question} In one sentence.")
    assert len(brief.citations) == 1 and len(brief.answer) <= len(whole.answer)
    assert with_reader.ask("What is superposition, in one sentence?").direct
