"""A question asked of one paper alone is answered from it; where its abstract does not say, that is said."""

from __future__ import annotations

import pytest

from app.answering.answer import REFUSAL, Answer
from app.answering.question import Turn, checked_question
from app.build import LocalAnswerer
from retrieval.types import Filters

SLEEPERS = "sleeper-agents"


def asked(answerer: LocalAnswerer, text: str, *history: Turn, papers: tuple[str, ...] = (SLEEPERS,)) -> Answer:
    """The answer, of which nothing may come from another paper."""
    answer = answerer.ask(checked_question(text, history, Filters(papers=papers), answerer.facets))
    told = [*answer.citations, *answer.sources]
    assert {one.paper.id for one in told} <= set(papers)
    return answer


@pytest.mark.parametrize(
    "text",
    [
        "Do safety techniques remove a backdoor that was trained in?",
        "What does Constitutional AI find?",
        "Compare Sleeper Agents and Constitutional AI",
        "Who wrote Constitutional AI and when was it published?",
        "What is RLHF?",
        "Papers about debate",
        "What are the newest papers?",
        "similar papers",
        "What should I read first on interpretability?",
        "稀疏自编码器发现了什么？",
    ],
)
def test_nothing_comes_from_another_paper(answerer: LocalAnswerer, text: str) -> None:
    answer = asked(answerer, text)
    assert "constitutional-ai" not in answer.answer and "Bai" not in answer.answer


@pytest.mark.parametrize(
    "text",
    ["What does it find?", "summarise this paper", "What did they do?", "tl;dr", "the main findings?", "Explain it"],
)
def test_what_it_says_in_all_is_its_summary(answerer: LocalAnswerer, text: str) -> None:
    answer = asked(answerer, text)
    assert answer.status == "answered" and "in this project's words: Models deliberately trained" in answer.answer
    assert {quote.paper.id for quote in answer.citations} == {SLEEPERS}


def test_the_same_in_chinese(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "这篇论文发现了什么？")
    assert answer.status == "answered" and "本项目的概括" in answer.answer


def test_this_means_the_paper_whatever_was_spoken_of_before(answerer: LocalAnswerer) -> None:
    before = (Turn("user", "Who wrote Toy Models of Superposition?"), Turn("assistant", "Toy Models of Superposition"))
    for history in ((), before):
        assert "Evan Hubinger" in asked(answerer, "Who wrote this?", *history).answer
        assert "January 2024" in asked(answerer, "When was it published?", *history).answer


def test_without_the_filter_this_means_nothing_yet(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("What does it find?"))
    assert "in this project's words: Models deliberately trained" not in answer.answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("How long should I boil an egg?", "does not say it; the paper itself may."),
        ("Who wrote Toy Models of Superposition?", "does not say it; the paper itself may."),
        ("鸡蛋要煮多久？", "的摘要没有提到，论文正文或许会提到。"),
    ],
)
def test_where_its_abstract_does_not_say_that_is_said(answerer: LocalAnswerer, text: str, said: str) -> None:
    answer = asked(answerer, text)
    assert answer.status == "abstained" and answer.answer.startswith(REFUSAL) and said in answer.answer
    assert "Sleeper Agents" in answer.answer and "Closest" not in answer.answer


def test_of_two_papers_the_refusal_is_the_usual_one(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "How long should I boil an egg?", papers=(SLEEPERS, "raft"))
    assert answer.status == "abstained" and "does not say it; the paper itself may" not in answer.answer


def test_a_paper_that_the_filter_leaves_out_is_not_named_as_near(answerer: LocalAnswerer) -> None:
    text = "How long should sleeper agents boil an egg?"
    assert "Sleeper Agents" in answerer.ask(checked_question(text)).answer
    assert "Sleeper Agents" not in asked(answerer, text, papers=("raft", "easyedit")).answer
