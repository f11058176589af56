"""What the chain says where the papers come near, deny the question, or it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from app.answering.answer import REFUSAL, Answer
from app.answering.chain import AnswerChain
from app.answering.checking.support import MODEL_FILE, SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.citation import Citation, ReadSentence
from app.answering.events import Done
from app.answering.evidence.evidence import Evidence, WrittenNear
from app.answering.models.language_model import LanguageModel
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import checked_question
from retrieval.retriever import PaperRetriever
from retrieval.shipped import shipped_file
from retrieval.types import Passage

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
MANY = "How many safety techniques remove a backdoor?"
GERMAN = "Entfernt Sicherheitstraining eine Hintertür, die antrainiert wurde?"
IN_GERMAN = "Ich kann nur Fragen auf Englisch und Chinesisch lesen"


class Found:
    """Finds the same, whatever is asked: the first sentence of the first paper, with this status."""

    name = "fixed"

    def __init__(self, status: str, corrects: bool = False) -> None:
        self._status, self._corrects = status, corrects

    def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
        paper = passages[0].paper
        end = paper.abstract.index(". ") + 1
        quotes = (Citation(1, paper, 0, end, 0.5),) if self._status != "abstained" else ()
        read = (ReadSentence(paper, 0, end, 0.5),)
        return Evidence(0.5, self._status, quotes, self._corrects, read=read)  # type: ignore[arg-type]


Ask = Callable[..., Answer]


@pytest.fixture
def ask(retriever: PaperRetriever) -> Ask:
    def asked(question: str, found: Found, model: LanguageModel = LanguageModel()) -> Answer:
        support = SupportCheck(read_support(shipped_file(MODEL_FILE)), vocabulary_of([]), retriever.embedder)
        chain = AnswerChain(retriever, found, lambda: model, support)
        last = chain.invoke(checked_question(question))
        assert isinstance(last, Done)
        return last.answer

    return asked


def test_what_comes_near_is_quoted_as_such(ask: Ask) -> None:
    answer = ask(BACKDOOR, Found("partly"))
    assert answer.status == "partly" and len(answer.citations) == 1
    assert answer.answer.startswith("This may not be the whole answer. The nearest to it: Sleeper Agents")
    assert answer.sentences[0].citations == (1,)


def test_where_a_figure_is_asked_for_it_is_said_to_be_missing(ask: Ask) -> None:
    assert ask(MANY, Found("partly")).answer.startswith("No paper here gives that figure. The nearest to it: ")


def test_a_premise_that_is_denied_is_said_to_be(ask: Ask) -> None:
    answer = ask(BACKDOOR, Found("answered", corrects=True))
    assert answer.status == "answered" and answer.answer.startswith("The papers say otherwise. Sleeper Agents")


@pytest.mark.parametrize("found", [Found("partly"), Found("answered", corrects=True)])
def test_no_model_writes_then(ask: Ask, found: Found) -> None:
    model = LanguageModel(
        ScriptedLLM(replies=["Humans are capable of strategically deceptive behavior [1]."] * 2), "scripted"
    )
    assert ask(BACKDOOR, Found("answered"), model).mode == "generated"
    assert ask(BACKDOOR, found, model).mode == "quotes"


def test_who_asked_for_a_model_is_told_why_none_wrote(ask: Ask) -> None:
    model = LanguageModel(ScriptedLLM(replies=["x"]), "scripted")
    loading = LanguageModel(note="It is still loading, so these are the quotes.")
    for asked_for in (model, loading):
        assert (ask(BACKDOOR, Found("partly"), asked_for).note or "").startswith("The papers only come near")
    assert ask(BACKDOOR, Found("partly")).note is None
    assert ask(BACKDOOR, Found("answered"), loading).note == loading.note


def test_what_was_read_is_told_with_the_answer_and_with_a_refusal(ask: Ask) -> None:
    for status in ("answered", "abstained"):
        answer = ask(BACKDOOR, Found(status))
        [read] = json.loads(json.dumps(answer.as_json()))["read"]
        assert read["paper"] == "sleeper-agents" and read["score"] == 0.5
        assert read["sentence"] == answer.sources[0].paper.abstract[read["start"] : read["end"]]
        assert answer.models.reranker == "fixed"


def test_a_question_in_another_language_is_told_so_in_it(ask: Ask) -> None:
    refused = ask(GERMAN, Found("abstained"))
    first = refused.answer.split("\n\n")[0]
    assert IN_GERMAN in first and first.endswith(f"{REFUSAL} Dazu habe ich in den Arbeiten nichts gefunden.")
    found = ask(GERMAN, Found("answered"))
    assert found.status == "partly" and IN_GERMAN in found.answer.split("\n\n")[0]
    assert found.citations and found.sentences[0].citations == (1,)
    assert ask(GERMAN, Found("partly")).status == "abstained", "who cannot read it cannot tell what comes near"
    assert not ask(BACKDOOR, Found("abstained")).answer.startswith("Ich")
