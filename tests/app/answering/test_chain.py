"""The chain over all 94 papers: which events come, in which order, and what they say."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.answering import chain as chain_module
from app.answering.answer import REFUSAL, Answer
from app.answering.chain import AnswerChain, LanguageModel
from app.answering.checking.support import MODEL_FILE as SUPPORT_FILE
from app.answering.checking.support import SupportCheck, read_support
from app.answering.checking.vocabulary import vocabulary_of
from app.answering.events import Done, Event, Followups, Quotes, SentenceChecked, Sources, Status, Token, name_of
from app.answering.evidence.answerability import MODEL_FILE, Answerability, read_answerability
from app.answering.evidence.near_evidence import NearEvidence
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import Question, Turn, checked_question
from app.build import LocalAnswerer
from retrieval.errors import PaperbackedError
from retrieval.questions.labelled import read_labelled_questions
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.types import Filters

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
OFF_TOPIC = "How long should I boil an egg?"
SUPPORTED = "Backdoor behavior is not removed by standard safety training techniques"
NAMED = (
    "According to Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training (Anthropic, January "
    f"2024), {SUPPORTED[:1].lower()}{SUPPORTED[1:]}"
)
"""The same with the paper that says so."""
INVENTED = "Whales migrate towards warmer oceans in winter"
KEYS = [
    *("id", "question", "standalone_question", "status", "mode", "answer", "confidence", "sentences", "citations"),
    *("sources", "followups", "timings", "models", "note", "notes", "direct", "read", "parts", "table"),
    "outside_filter",
]
TIMINGS = {"retrieve_ms", "evidence_ms", "first_token_ms", "total_ms"}
MODELS = {"embedding", "reranker", "llm", "prompt", "corpus"}
ASKED = [question.text for question in read_labelled_questions(default_questions_file("dev.jsonl"))][::3]

Writing = Callable[..., LocalAnswerer]


def events_of(answerer: LocalAnswerer, text: str = BACKDOOR, filters: Filters = Filters()) -> list[Event]:
    return list(answerer.stream(checked_question(text, filters=filters, facets=answerer.facets)))


def tokens(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def answer_of(events: list[Event]) -> Answer:
    last = events[-1]
    assert isinstance(last, Done), last
    return last.answer


def test_quotes_come_in_order(answerer: LocalAnswerer) -> None:
    events = events_of(answerer)
    answer = answer_of(events)
    assert len(answer.sentences) >= 2
    assert [name_of(event) for event in events] == [
        *("status", "sources", "quotes"),
        *(("token", "sentence") * len(answer.sentences)),
        *("followups", "done"),
    ]
    assert (answer.status, answer.mode, answer.note) == ("answered", "quotes", None)
    assert answer.citations[0].paper.id == "sleeper-agents"
    assert tokens(events) == answer.answer == answer_of(events_of(answerer)).answer


def test_the_events_say_what_the_answer_says(answerer: LocalAnswerer) -> None:
    events = events_of(answerer)
    answer = answer_of(events)
    for event in events:
        match event:
            case Sources(passages):
                assert passages == answer.sources
            case Quotes(citations):
                assert citations == answer.citations
            case Followups(questions):
                assert questions == answer.followups
            case _:
                pass
    assert [event.sentence for event in events if isinstance(event, SentenceChecked)] == list(answer.sentences)
    assert [number for sentence in answer.sentences for number in sentence.citations] == [
        citation.number for citation in answer.citations
    ]


def test_the_answer_has_exactly_the_keys_of_the_contract(answerer: LocalAnswerer, writing: Writing) -> None:
    written = writing(ScriptedLLM(replies=[f"{SUPPORTED} [1]."]))
    for answer in (answerer.ask(checked_question(BACKDOOR)), written.ask(checked_question(BACKDOOR))):
        record = json.loads(json.dumps(answer.as_json()))
        assert list(record) == KEYS
        assert set(record["timings"]) == TIMINGS and set(record["models"]) == MODELS
        assert set(record["sentences"][0]) == {"text", "citations", "support", "score"}
        assert set(record["citations"][0]) == {"number", "paper", "quote", "start", "end", "score"}
        assert set(record["sources"][0]) == {"rank", "paper", "passage", "start", "end", "score"}
    record = answerer.ask(checked_question(OFF_TOPIC)).as_json()
    assert list(record) == KEYS
    assert set(record["timings"]) == TIMINGS and set(record["models"]) == MODELS


def test_every_quote_and_passage_is_verbatim(answerer: LocalAnswerer) -> None:
    by_id = {paper.id: paper for paper in answerer.papers}
    quoted = 0
    for text in ASKED:
        answer = answerer.ask(checked_question(text))
        record = json.loads(json.dumps(answer.as_json()))
        for citation in [*answer.citations, *answer.sources]:
            assert citation.paper == by_id[citation.paper.id]
        for citation in record["citations"]:
            abstract = by_id[citation["paper"]["id"]].abstract
            assert citation["quote"] == abstract[citation["start"] : citation["end"]] != ""
            assert f"“{citation['quote']}”" in record["answer"]
        for source in record["sources"]:
            abstract = by_id[source["paper"]["id"]].abstract
            assert source["passage"] == abstract[source["start"] : source["end"]]
            assert source["paper"]["abstract"] == abstract
        quoted += len(record["citations"])
        ids = [source["paper"]["id"] for source in record["sources"]]
        assert len(ids) == len(set(ids)) == 10
        assert [source["rank"] for source in record["sources"]] == list(range(1, 11))
        assert (record["status"] != "abstained") == bool(record["citations"])
        assert 0 <= record["confidence"] <= 1
    assert quoted > 20


def test_where_to_read_on_is_no_sentence_of_the_answer(answerer: LocalAnswerer) -> None:
    answers = [answerer.ask(checked_question(text)) for text in ASKED[:20]]
    naming = [answer for answer in answers if "\n\nRead on in " in answer.answer]
    assert naming and all("Read on in" not in sentence.text for answer in naming for sentence in answer.sentences)
    for answer in naming:
        quoted = {citation.paper.name for citation in answer.citations}
        assert not any(name in answer.answer.split("Read on in ")[1] for name in quoted)


def test_two_answers_are_alike_but_for_id_and_time(answerer: LocalAnswerer) -> None:
    one, other = (answerer.ask(checked_question(BACKDOOR)).as_json() for _ in range(2))
    assert one.pop("id") != other.pop("id")
    assert one.pop("timings") and other.pop("timings")
    assert one == other


def test_times_are_in_order(answerer: LocalAnswerer) -> None:
    times = answerer.ask(checked_question(BACKDOOR)).timings.as_json()
    assert 0 < times["retrieve_ms"] <= times["evidence_ms"] <= times["first_token_ms"] <= times["total_ms"]


def test_times_count_from_when_the_question_came_in(answerer: LocalAnswerer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a long conversation takes time too."""
    whole = chain_module.understood

    def slowly(question: Question, records: Any) -> Any:
        time.sleep(0.1)
        return whole(question, records)

    monkeypatch.setattr(chain_module, "understood", slowly)
    times = answerer.ask(checked_question(BACKDOOR)).timings
    assert times.retrieve_ms and times.retrieve_ms >= 100


def test_what_the_papers_do_not_answer_is_refused(answerer: LocalAnswerer) -> None:
    events = events_of(answerer, OFF_TOPIC)
    assert [name_of(event) for event in events] == ["status", "sources", "quotes", "token", "followups", "done"]
    answer = answer_of(events)
    assert (answer.status, answer.mode, answer.citations, answer.sentences) == ("abstained", "quotes", (), ())
    assert answer.confidence < 0.5
    assert tokens(events) == answer.answer
    assert answer.answer.startswith(f"{REFUSAL}\n\nClosest to it: ")
    assert len({passage.paper.id for passage in answer.sources}) == 10
    assert answer.sources[0].paper.name in answer.answer


def test_off_topic_the_language_model_is_not_even_asked(writing: Writing) -> None:
    llm = ScriptedLLM(replies=["Eight minutes [1]."])
    assert answer_of(events_of(writing(llm), OFF_TOPIC)).status == "abstained"
    assert llm.asked == []


def test_filters_leave_their_papers_only(answerer: LocalAnswerer) -> None:
    filters = Filters(organisations=("openai",), since=date(2023, 1, 1))
    answer = answer_of(events_of(answerer, BACKDOOR, filters))
    assert answer.sources
    assert {passage.paper.organisation for passage in answer.sources} == {"OpenAI"}
    assert all(passage.paper.published and passage.paper.published.year >= 2023 for passage in answer.sources)


def test_filters_that_leave_nothing_are_a_refusal(answerer: LocalAnswerer) -> None:
    answer = answer_of(events_of(answerer, BACKDOOR, Filters(since=date(2090, 1, 1))))
    assert (answer.status, answer.sources) == ("abstained", ()) and answer.answer.startswith(REFUSAL)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(organisations=("Foo",)),
        Filters(categories=("Foo",), languages=("en",)),
        Filters(since=date(2024, 1, 1), until=date(2023, 1, 1)),
    ],
    ids=str,
)
@pytest.mark.parametrize("text", [BACKDOOR, "Which papers are by OpenAI?"])
def test_a_filter_that_the_collection_has_no_more_finds_nothing(
    answerer: LocalAnswerer, text: str, filters: Filters
) -> None:
    """Filters are checked where the question is made; the collection may have changed since."""
    answer = answer_of(list(answerer.stream(Question(text, filters=filters))))
    assert (answer.status, answer.sentences, answer.citations) == ("abstained", (), ())


def test_a_follow_up_is_searched_with_its_topic(answerer: LocalAnswerer) -> None:
    question = checked_question("Why?", (Turn("user", BACKDOOR), Turn("assistant", "It depends.")))
    answer = answerer.ask(question)
    assert (answer.question, answer.standalone_question) == ("Why?", f"{BACKDOOR} Why?")
    assert answer.sources[0].paper.id == "sleeper-agents"


def test_written_sentences_are_cited(writing: Writing) -> None:
    llm = ScriptedLLM(replies=[f"{SUPPORTED} [1]. {INVENTED} [2]."], piece=3)
    events = events_of(writing(llm))
    names = [name_of(event) for event in events]
    assert names[:4] == ["status", "sources", "quotes", "status"]
    assert names[-4:] == ["sentence", "sentence", "followups", "done"]
    assert set(names[4:-4]) == {"token"}
    answer = answer_of(events)
    assert (answer.status, answer.mode, answer.note) == ("answered", "generated", None)
    # What is told on the way is provisional: who says so is named once a sentence is held against its quote.
    assert tokens(events) == f"{SUPPORTED} [1]. {INVENTED} [2]."
    assert answer.answer == f"{NAMED} [1]. {INVENTED} [2]."
    assert [(sentence.citations, sentence.support) for sentence in answer.sentences] == [
        ((1,), "supported"),
        ((2,), "unsupported"),
    ]
    assert [citation.number for citation in answer.citations] == [1, 2]
    assert answer.models.llm == "scripted" and str(answer.models.prompt).startswith("answer@")


def test_only_what_is_cited_is_among_the_citations(writing: Writing) -> None:
    answer = answer_of(events_of(writing(ScriptedLLM(replies=[f"{SUPPORTED} [1]."]))))
    assert [citation.number for citation in answer.citations] == [1]


def test_the_model_is_given_the_numbered_quotes_and_the_question(writing: Writing) -> None:
    llm = ScriptedLLM(replies=[f"{SUPPORTED} [1]."])
    answer = answer_of(events_of(writing(llm)))
    [[system, human]] = llm.asked
    assert REFUSAL in str(system.content)
    assert f"[1] {answer.citations[0].quote}\n" in str(human.content)
    assert str(human.content).endswith(BACKDOOR)


@pytest.mark.parametrize("marker", ["[7]", "[7, 8]", "[0]", "[99]"])
def test_a_marker_that_points_nowhere_is_gone(writing: Writing, marker: str) -> None:
    events = events_of(writing(ScriptedLLM(replies=[f"{SUPPORTED} {marker}. {INVENTED} {marker}."], piece=1)))
    answer = answer_of(events)
    # The first sentence gets the marker of the quote that supports it, the second none.
    assert answer.answer == f"{NAMED} [1]. {INVENTED}."
    assert [sentence.support for sentence in answer.sentences] == ["supported", "uncited"]
    assert marker not in tokens(events)


def test_a_citation_points_nowhere_never(writing: Writing) -> None:
    replies = [f"{SUPPORTED} [1]. As shown in [2023] and [[7]9], {SUPPORTED} [1]."]
    answer = answer_of(events_of(writing(ScriptedLLM(replies=replies, piece=1))))
    numbers = {citation.number for citation in answer.citations}
    assert {number for sentence in answer.sentences for number in sentence.citations} <= numbers


def test_a_text_that_ends_within_a_marker_loses_nothing(writing: Writing) -> None:
    events = events_of(writing(ScriptedLLM(replies=[f"{SUPPORTED} [1]. Cut off [1"])))
    assert tokens(events) == f"{SUPPORTED} [1]. Cut off [1"
    assert answer_of(events).answer == f"{NAMED} [1]. Cut off [1"


@pytest.mark.parametrize("reply", [REFUSAL, f"  {REFUSAL}\n", "the papers do not answer this", f"Sorry. {REFUSAL} [1]"])
def test_a_written_refusal_is_one(writing: Writing, reply: str) -> None:
    answer = answer_of(events_of(writing(ScriptedLLM(replies=[reply]))))
    assert (answer.status, answer.citations, answer.sentences) == ("abstained", (), ())
    assert answer.answer.startswith(f"{REFUSAL}\n\nClosest to it: ")


@pytest.mark.parametrize(
    "reply", [f"{INVENTED} [1].", f"{INVENTED}.", "", "  \n", "[7]", f"{SUPPORTED} since 1066 [1]."]
)
def test_where_nothing_is_supported_quotes_answer(writing: Writing, answerer: LocalAnswerer, reply: str) -> None:
    answer = answer_of(events_of(writing(ScriptedLLM(replies=[reply]))))
    assert (answer.status, answer.mode, answer.models.llm) == ("answered", "quotes", None)
    assert answer.answer == answer_of(events_of(answerer)).answer
    assert answer.note == "The quotes do not support what scripted wrote, so these are the quotes."


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize(
    "error", [RuntimeError("The server\nis on fire."), ConnectionError(), PaperbackedError("Gone.")]
)
def test_a_model_that_fails_leaves_the_quotes(
    writing: Writing, answerer: LocalAnswerer, after: int, error: Exception
) -> None:
    events = events_of(writing(ScriptedLLM(replies=[f"{SUPPORTED} [1]."], fail_after=after, error=error)))
    answer = answer_of(events)
    assert (answer.status, answer.mode) == ("answered", "quotes")
    assert answer.answer == answer_of(events_of(answerer)).answer
    reason = (str(error).splitlines() or ["ConnectionError"])[0].rstrip(".")
    assert answer.note == f"scripted failed ({reason}), so these are the quotes."
    assert set(answer.timings.as_json()) == TIMINGS


def test_the_first_token_is_told_before_the_model_has_finished(writing: Writing) -> None:
    llm = ScriptedLLM(replies=[f"{SUPPORTED} [1]."], piece=10, delay_s=0.02)
    times = answer_of(events_of(writing(llm))).timings.as_json()
    assert times["first_token_ms"] + 60 < times["total_ms"]


def test_a_reader_who_leaves_stops_the_model(writing: Writing) -> None:
    llm = ScriptedLLM(replies=[f"{SUPPORTED} [1]. " * 500], piece=5, delay_s=0.005)
    stream = writing(llm).stream(checked_question(BACKDOOR))
    began = time.monotonic()
    for event in stream:
        if isinstance(event, Token):
            break
    stream.close()
    assert llm.closed_early == 1
    assert time.monotonic() - began < 2


def test_a_reader_who_leaves_before_the_model_starts_costs_nothing(writing: Writing) -> None:
    llm = ScriptedLLM(replies=["never"])
    stream = writing(llm).stream(checked_question(BACKDOOR))
    assert isinstance(next(stream), Status)
    stream.close()
    assert llm.asked == []


def test_a_model_that_is_not_there_is_noted(built_full: Any, answerer: LocalAnswerer) -> None:
    missing = LanguageModel(note="It is still loading, so these are the quotes.")
    retriever = built_full.retriever
    answerability = Answerability(read_answerability(shipped_file(MODEL_FILE)), retriever)
    support = SupportCheck(read_support(shipped_file(SUPPORT_FILE)), vocabulary_of(answerer.papers), retriever.embedder)
    chain = AnswerChain(retriever, NearEvidence(retriever, answerability), lambda: missing, support)
    last = chain.invoke(checked_question(BACKDOOR))
    assert isinstance(last, Done)
    assert last.answer.note == missing.note
    assert last.answer.answer == answer_of(events_of(answerer)).answer


def test_a_chinese_abstract_is_quoted_in_its_own_words_with_the_english(
    answerer: LocalAnswerer, writing: Writing
) -> None:
    question = "Can large language models evaluate the validity of their own claims?"
    llm = ScriptedLLM(replies=["Large language models can evaluate the validity of their own claims [1]."])
    answer = answer_of(events_of(writing(llm), question, Filters(languages=("zh",))))
    assert answer.mode == "generated" and answer.citations[0].paper.language == "zh"
    citation = answer.citations[0]
    assert citation.gloss and citation.gloss in str(llm.asked[0][1].content)
    assert citation.quote == citation.paper.abstract[citation.start : citation.end]
    assert citation.quote not in answer.answer
    quoted = answer_of(events_of(answerer, question, Filters(languages=("zh",))))
    assert f"“{citation.gloss}” (in the original: “{citation.quote}”) [1]" in quoted.answer
