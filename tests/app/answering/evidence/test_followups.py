"""What is suggested to be asked next."""

from __future__ import annotations

from typing import Any

import pytest

from app.answering.citation import Citation
from app.answering.evidence.followups import MAX_CHARS, follow_up_questions
from app.answering.question import Turn, checked_question
from app.build import LocalAnswerer
from app.languages import ENGLISH as ENGLISH_LANGUAGE
from app.languages.zh import LANGUAGE as CHINESE_LANGUAGE
from retrieval.types import ExpansionQuery, Paper, Passage, Span

ENGLISH, CHINESE = ENGLISH_LANGUAGE.phrases, CHINESE_LANGUAGE.phrases

PAPERS = [Paper(name, f"On {name}", "It lies. It hides.", "en") for name in ("lies", "debate", "scaling", "rewards")]
FOUND = [Passage(paper, 0, 18, 0.8) for paper in PAPERS]
LYING = Citation(1, PAPERS[0], 0, 8, 0.9)


def written(paper: str, text: str, near: float = 0.5, **fields: Any) -> tuple[ExpansionQuery, float]:
    return ExpansionQuery(paper, text, text, **fields), near


def suggested(*questions: tuple[ExpansionQuery, float], asked: str = "Why?") -> tuple[str, ...]:
    own = [written(paper.id, "-", alone=False) for paper in PAPERS]
    return follow_up_questions([asked], [LYING], FOUND, [*questions, *own], ENGLISH)


def test_the_nearest_come_first_and_no_more_than_three() -> None:
    asked = [written(paper.id, f"Apple{n} bridge{n}?", 0.5 + n / 100) for n, paper in enumerate(PAPERS)]
    assert suggested(*asked) == ("Apple3 bridge3?", "Apple2 bridge2?", "Apple1 bridge1?")


def test_two_of_one_paper_at_most() -> None:
    asked = [written("lies", f"Apple{n} bridge{n}?", 0.6) for n in range(3)]
    assert suggested(*asked, written("debate", "Who judges?")) == ("Apple0 bridge0?", "Apple1 bridge1?", "Who judges?")


def test_what_a_quote_has_answered_is_not_asked() -> None:
    answered = written("lies", "Does it lie?", 0.6, answers=(Span(0, 8),))
    open_still = written("lies", "Does it hide?", 0.5, answers=(Span(9, 18),))
    assert suggested(answered, open_still) == ("Does it hide?",)


@pytest.mark.parametrize(
    "unfit",
    [
        written("lies", "And what else?", alone=False),
        written("lies", "which model hides it best?"),
        written("lies", "Models that hide it"),
        written("lies", "它会撒谎吗？", language="zh"),
        written("lies", "Do overseers notice?", 0.9),
        written("lies", "Far off?", 0.2),
        written("lies", "Do the overseers notice it?"),
        written("lies", f"Long {'word ' * (MAX_CHARS // 5)}?"),
        written("nowhere", "Is it of a paper that was not found?"),
    ],
)
def test_what_is_not_suggested(unfit: tuple[ExpansionQuery, float]) -> None:
    fit = written("debate", "Who judges?")
    assert suggested(unfit, fit, asked="Do overseers notice?") == ("Who judges?",)


def test_a_chinese_reader_gets_chinese_questions() -> None:
    asked = [written("lies", "Who judges?"), written("lies", "它会撒谎吗？", language="zh")]
    own = [written(paper.id, "-", alone=False) for paper in PAPERS]
    assert follow_up_questions([], [LYING], FOUND, [*asked, *own], CHINESE) == ("它会撒谎吗？",)


def test_papers_that_no_question_was_written_for_are_asked_for_their_findings() -> None:
    untitled, empty = Paper("u", None, "Words.", "en", label="U"), Paper("e", "E", "", "en")
    found = [FOUND[0], Passage(untitled, 0, 6, 0.8), Passage(empty, 0, 0, 0.8), *FOUND[1:], FOUND[1]]
    asked = follow_up_questions([], [LYING], found, [], ENGLISH)
    assert asked == tuple(f"What does “On {name}” find?" for name in ("debate", "scaling", "rewards"))
    assert follow_up_questions([], [LYING], found, [written("debate", "Who judges?")], ENGLISH) == (
        "Who judges?",
        "What does “On scaling” find?",
        "What does “On rewards” find?",
    )
    assert follow_up_questions([], [], [], [], ENGLISH) == ()


def test_the_reader_is_not_sent_back(answerer: LocalAnswerer) -> None:
    first = answerer.ask(checked_question("Do safety techniques remove a backdoor that was trained in?"))
    assert first.followups
    history = (Turn("user", first.followups[0]), Turn("assistant", "…"))
    second = answerer.ask(checked_question("Do safety techniques remove a backdoor?", history))
    assert first.followups[0] not in second.followups


def test_suggestions_come_first_those_of_what_is_quoted_before_the_others() -> None:
    def of(paper: str, *texts: str) -> tuple[ExpansionQuery, ...]:
        return tuple(ExpansionQuery(paper, text, text, answers=(Span(9, 18),)) for text in texts)

    answered = ExpansionQuery("lies", "Is it told?", "", answers=(Span(0, 8),))
    suggestions = {
        "debate": of("debate", "Who judges?", "Who wins debates?"),
        "lies": (answered, *of("lies", "Does it hide?", "Which owls?", "Which mice?")),
        "elsewhere": of("elsewhere", "Not found?"),
    }
    near = [written("scaling", "How large?", 0.8)]
    told = follow_up_questions([], [LYING], FOUND, near, ENGLISH, suggestions)
    assert told == ("Does it hide?", "Which owls?", "Who judges?")
    # What is only known for finding comes after them, and not of a paper that has some.
    known = [*near, written("debate", "Which bridges fall?", 0.9)]
    of_debate = {"debate": suggestions["debate"]}
    told = follow_up_questions([], [LYING], FOUND, known, ENGLISH, of_debate)
    assert told == ("Who judges?", "Who wins debates?", "How large?")
    told = follow_up_questions([], [LYING], FOUND, known[:1], CHINESE, of_debate)
    assert told == ("“On debate”有什么发现？",)
    assert follow_up_questions(["Which owls hide?"], [LYING], FOUND, near, ENGLISH, {"lies": of("lies", "Who?")}) == (
        "Who?",
        "How large?",
        "What does “On debate” find?",
    )
