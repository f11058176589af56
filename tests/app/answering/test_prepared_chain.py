"""An answer that was prepared for a question is given to it, in the asker's language, with what proves it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.answering.answer import REFUSAL, Answer, AnswerStatus, Direct
from app.answering.chain import AnswerChain
from app.answering.checking.support import MODEL_FILE as SUPPORT_FILE
from app.answering.checking.support import SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.events import Done, Sources
from app.answering.evidence.answerability import MODEL_FILE, Answerability, read_answerability
from app.answering.evidence.near_evidence import NearEvidence
from app.answering.evidence.prepared import FILE, PreparedAnswer, read_prepared
from app.answering.evidence.prepared_answers import FEATURES, PreparedAnswers, PreparedCalibration, ways_of
from app.answering.evidence.selection import as_quotes
from app.answering.logistic import Logistic
from app.answering.models.language_model import LanguageModel
from app.answering.question import Turn, checked_question
from app.languages import LANGUAGES
from retrieval.papers.papers import papers_of
from retrieval.readers.registry import read_papers
from retrieval.retriever import PaperRetriever, sentences_within
from retrieval.shipped import default_papers_file, shipped_file
from retrieval.types import Paper, Passage
from tests.support.word_reader import WordReader

WAY, CHINESE_WAY = "is a hidden trigger gone once the model was trained to be safe", "后门会消失吗"
TEXT = {"en": "No, it stays. Debate is another matter.", "zh": "不会。"}
NEAR = PreparedCalibration(Logistic(dict.fromkeys(FEATURES, 0.0) | {"near": 10.0}, -8.0), 0.5)
Ask = Callable[..., Answer]


@pytest.fixture
def ask(retriever: PaperRetriever, all_papers: tuple[Paper, ...]) -> Ask:
    """`ask(question, status, quoted, history)`: the answer of a chain with one prepared answer about those papers."""

    def asked(
        question: str,
        status: AnswerStatus = "answered",
        quoted: tuple[str, ...] = ("rlaif-vs-rlhf", "sleeper-agents"),
        history: tuple[Turn, ...] = (),
        ways: tuple[str, ...] = (WAY, CHINESE_WAY),
    ) -> Answer:
        papers = {paper.id: paper for paper in all_papers}
        whole = [Passage(papers[name], 0, len(papers[name].abstract), 0.0) for name in quoted]
        quotes = as_quotes([sentences_within(passage)[1] for passage in whole])
        answer = PreparedAnswer(ways, TEXT, quotes, status, "no")
        vectors = retriever.embedder.embed(ways_of([answer], retriever.in_english))
        chain = AnswerChain(
            retriever,
            NearEvidence(retriever, Answerability(read_answerability(shipped_file(MODEL_FILE)), retriever)),
            LanguageModel,
            SupportCheck(read_support(shipped_file(SUPPORT_FILE)), vocabulary_of(all_papers), retriever.embedder),
            prepared=PreparedAnswers([answer], vectors, retriever, WordReader(), WordReader(), NEAR),
        )
        *_, last = events = list(chain.stream(checked_question(question, history)))
        assert isinstance(last, Done)
        assert [event.passages for event in events if isinstance(event, Sources)] == [last.answer.sources]
        return last.answer

    return asked


def test_it_opens_the_answer_above_the_quotes_that_prove_it(ask: Ask) -> None:
    answer = ask(f"{WAY}?")
    assert answer.answer.startswith(f"In this project's words: {TEXT['en']} [1][2]\n\n")
    assert answer.direct == Direct(TEXT["en"], "project", (1, 2), "no")
    assert [quote.paper.id for quote in answer.citations] == ["rlaif-vs-rlhf", "sleeper-agents"]
    assert answer.sources[0].paper.id in {"rlaif-vs-rlhf", "sleeper-agents"}
    assert (answer.status, answer.confidence > 0.5) == ("answered", True)


def test_a_chinese_question_is_answered_in_chinese(ask: Ask) -> None:
    assert TEXT["zh"] in ask(CHINESE_WAY).answer


def test_what_answers_a_part_is_told_as_a_part(ask: Ask) -> None:
    answer = ask(WAY, "partly")
    assert (answer.status, answer.direct and answer.direct.verdict) == ("partly", "no")
    assert TEXT["en"] in answer.answer and len(answer.citations) == 2


def test_what_no_paper_answers_is_refused_in_prepared_words(ask: Ask) -> None:
    answer = ask(WAY, "abstained", ())
    assert answer.answer.startswith(f"{REFUSAL} {TEXT['en']}")
    assert (answer.status, answer.citations, answer.confidence) == ("abstained", (), 0.0)


def test_what_asks_about_this_program_is_answered_by_how_it_reads_plainly(ask: Ask) -> None:
    answer = ask("does google own you?", quoted=(), ways=("are you made by anthropic",))
    assert (answer.answer, answer.status, answer.standalone_question) == (
        TEXT["en"],
        "answered",
        "does google own you?",
    )
    assert ask("hello", quoted=(), ways=("hello",)).answer.startswith("Hello. ")


def test_an_answer_is_prepared_for_each_question_about_this_program() -> None:
    read = read_papers(default_papers_file())
    ways = {way for answer in read_prepared(shipped_file(FILE), papers_of(read), read) for way in answer.asked}
    plainly = {one for language in LANGUAGES for one, _ in language.courtesies.program}
    assert plainly and plainly <= ways


def test_another_question_is_answered_as_ever(ask: Ask) -> None:
    assert TEXT["en"] not in ask("What is constitutional AI?").answer


def test_one_paper_in_short_is_told_by_its_record(ask: Ask) -> None:
    asked = "tl;dr of Sleeper Agents"
    answer = ask(asked, ways=(asked,))
    assert answer.direct is None and TEXT["en"] not in answer.answer
    assert {quote.paper.id for quote in answer.citations} == {"sleeper-agents"}


def test_a_part_of_a_question_is_given_it_too(ask: Ask) -> None:
    answer = ask(f"What is constitutional AI? And {WAY}?")
    assert TEXT["en"] in answer.answer and len(answer.parts) == 2
    assert answer.parts[1].status == "answered"
    assert {quote.paper.id for quote in answer.citations if quote.number in answer.parts[1].citations} == {
        *("rlaif-vs-rlhf", "sleeper-agents")
    }


def test_more_of_it_or_less_is_not_the_same_again(ask: Ask) -> None:
    before = ask(WAY)
    history = (Turn("user", WAY), Turn("assistant", before.answer))
    assert TEXT["en"] not in ask("tell me more", history=history).answer
    shorter = ask("shorter please", history=history)
    assert TEXT["en"] not in shorter.answer and len(shorter.citations) == 1


def test_a_part_that_no_paper_is_quoted_for_is_told_in_prepared_words(ask: Ask) -> None:
    answer = ask(f"What is constitutional AI? And {WAY}?", "abstained", ())
    assert answer.parts[1].status == "abstained" and answer.parts[1].citations == ()
    assert answer.answer.endswith(TEXT["en"])


@pytest.mark.parametrize(
    ("quoted", "given"), [(("sleeper-agents",), True), (("rlaif-vs-rlhf", "sleeper-agents"), False)]
)
def test_a_follow_up_is_given_what_begins_with_the_paper_spoken_of(
    ask: Ask, quoted: tuple[str, ...], given: bool
) -> None:
    title = "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training"
    history = (Turn("user", "Does training remove a trigger?"), Turn("assistant", f"{title} says …"))
    way = f"Does training remove a trigger? {title} how sure are they"
    answer = ask("how sure are they", quoted=quoted, history=history, ways=(way,))
    assert (TEXT["en"] in answer.answer) is given
