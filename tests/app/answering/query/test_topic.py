"""A question that may be read either way stands alone where its own words find what is asked."""

from __future__ import annotations

import pytest

from app.answering.collection.records import Records, records_of
from app.answering.query.conversation import Doubt, read_conversation
from app.answering.query.topic import CLEARLY_FROM, GOES_ON, about, features, settled
from app.answering.query.understanding import Understanding, understood
from app.answering.question import Turn, checked_question
from app.build import LocalAnswerer
from retrieval.types import Paper, Passage

SLEEPER = "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training"
ASKED = "Does safety training remove backdoors?"
BEFORE = (Turn("user", ASKED), Turn("assistant", f"{SLEEPER} says …"))


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers)


def doubt(records: Records, text: str) -> Doubt | None:
    return read_conversation(BEFORE, records).doubt(text, records)


def read(records: Records, *texts: str) -> Understanding:
    *earlier, last = texts
    history = [Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(earlier)]
    return understood(checked_question(last, tuple(history)), records)


def found(**scores: float) -> list[Passage]:
    return [Passage(Paper(name, name, "Owls fly.", "en"), 0, 9, score) for name, score in scores.items()]


@pytest.mark.parametrize(
    ("scores", "near", "leans", "alone"),
    [
        ({"other": 0.5}, 0.65, False, True),
        ({"other": 0.1}, 0.65, False, False),
        ({"other": 0.36}, 0.65, False, False),
        ({"other": 0.44}, 0.65, False, True),
        ({"other": 0.6}, 0.65, True, True),
        # What is nobody's paper may be asked by many as it stands.
        ({"other": 0.36}, 0.96, False, True),
        ({"other": 0.36}, 0.45, False, False),
        ({}, 0.65, False, False),
        # The topic's own paper is about as near.
        ({"other": 0.6, "before": 0.4}, 0.65, False, False),
        ({"other": 0.6, "before": 0.3}, 0.65, False, True),
    ],
)
def test_its_own_words_find_what_is_asked(scores: dict[str, float], near: float, leans: bool, alone: bool) -> None:
    read_both_ways = Doubt("joined", frozenset({"before"}), leans)
    assert settled("own", found(**scores), near, read_both_ways) == ("own" if alone else "joined")


def test_what_its_own_words_clearly_find_is_what_it_is_about() -> None:
    paper = Paper("spoken of", "Spoken of", "Owls fly.", "en")
    read_both_ways = Doubt("joined", frozenset({"before"}), about=(paper,))
    assert [one.id for one in about(found(other=CLEARLY_FROM), read_both_ways)] == ["other"]
    for near in (found(other=CLEARLY_FROM - 0.01), []):
        assert about(near, read_both_ways) == (paper,)


def test_the_topics_own_paper_speaks_for_going_on() -> None:
    read_both_ways = Doubt("joined", frozenset({"before"}))
    own, other = features(found(before=0.4), 0.65, read_both_ways), features(found(other=0.4), 0.65, read_both_ways)
    assert (own["share"], other["share"]) == (1.0, 0.0)
    assert GOES_ON.chance(own) > GOES_ON.chance(other)


def test_a_short_question_and_one_that_leans_may_be_either(records: Records) -> None:
    for text in ("does it help against jailbreaks?", "limitations?", "and RAFT?", "how big were the models"):
        read_both_ways = doubt(records, text)
        assert read_both_ways and read_both_ways.joined == f"{ASKED} {SLEEPER} {text}", text
        assert read_both_ways.topic == {"sleeper-agents"}
        assert [paper.id for paper in read_both_ways.about] == ["sleeper-agents"]
    leans = {text: doubt(records, text) for text in ("is it bad?", "what was the score")}
    assert [one and one.leans for one in leans.values()] == [True, False]


def test_other_questions_leave_no_doubt(records: Records) -> None:
    for text in (
        "What is RLHF?",
        "Which techniques make a small language model explain what single neurons of another, larger one do?",
        "something else: does debate help weak judges?",
        "back to the transformers: do induction heads matter?",
        "why?",
        "shorter",
    ):
        assert doubt(records, text) is None, text
    assert read_conversation((), records).doubt("and RAFT?", records) is None


def test_the_answer_before_tells_how_such_a_question_was_read(records: Records) -> None:
    went_on = read(records, ASKED, f"{SLEEPER} says …", "and in larger ones?", f"{SLEEPER} says …", "why?")
    assert went_on.standalone == f"{ASKED} and in larger ones? {SLEEPER} why?"
    raft = "RAFT: Reward rAnked FineTuning for Generative Foundation Model Alignment"
    began = read(records, ASKED, f"{SLEEPER} says …", "and RAFT?", f"{raft} says …", "why?")
    assert began.standalone == f"and RAFT? {raft} why?"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("shorter", "shorter"),
        ("Shorter please!", "shorter"),
        ("ok, in one sentence", "shorter"),
        ("tl;dr", "shorter"),
        ("谢谢，能再短一点吗", "shorter"),
        ("plus court", "shorter"),
        ("bitte kürzer", "shorter"),
        ("más breve por favor", "shorter"),
        ("Tell me more.", "again"),
        ("explain it like i'm twelve", "again"),
        ("I don't understand", "again"),
        ("why?", None),
        ("summarise the RAFT paper", None),
        ("explain superposition", None),
    ],
)
def test_the_last_answer_is_wanted_once_more(records: Records, text: str, how: str | None) -> None:
    asked = read(records, ASKED, f"{SLEEPER} says …", text)
    assert asked.again == how
    if how:
        assert asked.standalone == ASKED and asked.doubt is None
        # And what comes after it goes on from what was asked.
        after = read(records, ASKED, f"{SLEEPER} says …", text, f"{SLEEPER} says …", "why?")
        assert after.standalone == f"{ASKED} {SLEEPER} why?"
    assert read(records, text).again is None


def test_to_summarise_that_is_to_summarise_the_paper_spoken_of(records: Records) -> None:
    asked = read(records, ASKED, f"{SLEEPER} says …", "ok, summarise that").of_records
    assert asked and asked.intent == "summary" and asked.paper and asked.paper.id == "sleeper-agents"
    assert read(records, "summarise that").of_records is None
    after = read(records, ASKED, f"{SLEEPER} says …", "ok, summarise that", f"“{SLEEPER}” in short …", "why?")
    assert after.standalone == f"{ASKED} {SLEEPER} why?"


def test_a_paper_asked_for_is_the_topic_also_where_the_reply_is_not_known(records: Records) -> None:
    history = (Turn("user", "What are sleeper agents?"),)
    asked = understood(checked_question("Does safety training remove them?", history), records)
    assert asked.standalone == f"What are sleeper agents? {SLEEPER} Does safety training remove them?"


@pytest.mark.model
def test_real_conversations_change_their_topic_and_keep_it(with_reader: LocalAnswerer) -> None:
    first = with_reader.ask(checked_question(ASKED))
    history = (Turn("user", ASKED), Turn("assistant", first.answer))

    def leads(text: str) -> str:
        answer = with_reader.ask(checked_question(text, history))
        return (answer.citations[0] if answer.citations else answer.sources[0]).paper.id

    for text in ("and on larger models?", "how sure are they?", "did adversarial training help", "why?"):
        assert leads(text) == "sleeper-agents", text
    assert leads("and RAFT?") == "raft"
    assert leads("nash learning, where does it fit in here") == "nash-learning"
    assert leads("does debate work") in {"doubly-efficient-debate", "weak-llms-judging-strong-llms"}


@pytest.mark.model
def test_a_shorter_answer_has_one_quote(with_reader: LocalAnswerer) -> None:
    whole = with_reader.ask(checked_question("What is RLHF?"))
    history = (Turn("user", "What is RLHF?"), Turn("assistant", whole.answer))
    shorter = with_reader.ask(checked_question("shorter", history))
    assert len(shorter.citations) == 1 and len(shorter.answer) < len(whole.answer)


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ("what about jailbreaks", "jailbreaks"),
        ("ok, and how about watermarking?", "watermarking"),
    ],
)
def test_it_turns_to_what_was_not_spoken_of(text: str, standalone: str, records: Records) -> None:
    asked = read(records, *(turn.content for turn in BEFORE), text)
    assert (asked.standalone, asked.doubt, asked.about) == (standalone, None, ())


@pytest.mark.parametrize("text", ["what about the backdoors", "what about larger models", "how about it", "and size?"])
def test_it_goes_on_about_what_was_spoken_of(text: str, records: Records) -> None:
    asked = read(records, *(turn.content for turn in BEFORE), text)
    assert ASKED in asked.standalone
