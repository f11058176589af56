"""The chain asks a follow-up of the paper that was spoken of first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.answering.answer import Answer
from app.answering.chain import AnswerChain
from app.answering.checking.support import MODEL_FILE, SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.events import Done
from app.answering.evidence.evidence import NOTHING, Evidence, WrittenNear
from app.answering.models.language_model import LanguageModel
from app.answering.question import Turn, checked_question
from retrieval.retriever import PaperRetriever
from retrieval.shipped import shipped_file
from retrieval.types import Filters, Paper, Passage

SLEEPER = "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training"
BEFORE = (Turn("user", "Does safety training remove backdoors?"), Turn("assistant", f"{SLEEPER} says …"))


class Asked:
    """Answers nothing, and keeps what it was asked."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.questions: list[str] = []

    def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
        self.questions.append(question)
        return NOTHING


def answered(retriever: PaperRetriever, asked: Asked, text: str, filters: Filters = Filters()) -> Answer:
    support = SupportCheck(read_support(shipped_file(MODEL_FILE)), vocabulary_of([]), retriever.embedder)
    chain = AnswerChain(retriever, asked, LanguageModel, support)
    last = chain.invoke(checked_question(text, BEFORE, filters))
    assert isinstance(last, Done)
    return last.answer


@pytest.mark.parametrize("reader", [None, "a reader"])
def test_a_follow_up_names_the_paper_that_it_is_about(retriever: PaperRetriever, reader: str | None) -> None:
    asked = Asked(reader)
    answered(retriever, asked, "how sure are they")
    assert asked.questions == [f"how sure are they {SLEEPER}"]


def test_a_new_topic_names_none(retriever: PaperRetriever) -> None:
    asked = Asked(None)
    answered(retriever, asked, "something else: what is dictionary learning?")
    assert asked.questions == ["something else: what is dictionary learning?"]


def test_a_follow_up_that_nothing_answers_names_it_as_closest(
    retriever: PaperRetriever, papers: tuple[Paper, ...]
) -> None:
    refused = answered(retriever, Asked("a reader"), "is that legally binding")
    assert refused.status == "abstained" and refused.sources[0].paper.id == "sleeper-agents"
    assert f"Closest to it: {SLEEPER}" in refused.answer
    other = next(paper.id for paper in papers if paper.id != "sleeper-agents")
    hidden = answered(retriever, Asked("a reader"), "is that legally binding", Filters(papers=(other,)))
    assert {passage.paper.id for passage in hidden.sources} <= {other}
