"""The answer that was prepared for a question is found however it is asked, and no other question gets it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.citation import ReadSentence
from app.answering.evidence.prepared import PreparedAnswer
from app.answering.evidence.prepared_answers import (
    ADDRESSED_FROM,
    FEATURES,
    MODEL_FILE,
    UNQUOTED_FROM,
    UNREAD,
    PreparedAnswers,
    PreparedCalibration,
    read_prepared_calibration,
    ways_of,
)
from app.answering.evidence.selection import as_quotes
from app.answering.logistic import Logistic
from app.answering.reading.reader import Excerpt, Reading
from retrieval.errors import ModelError
from retrieval.retriever import PaperRetriever, sentences_within
from retrieval.shipped import shipped_file
from retrieval.types import Filters, Paper, Passage
from tests.support.word_reader import WordReader

WEIGHTS = dict.fromkeys(FEATURES, 0.0) | {"near": 10.0, "names": -20.0}
NEAR = PreparedCalibration(Logistic(WEIGHTS, -6.0), 0.5)
"""What is nearer than 0.6 is asked for, unless it has a name that the answer lacks."""
BACKDOOR = PreparedAnswer(("can a backdoor be trained away", "do backdoors stay after training"), {"en": "No."}, ())
OWLS = PreparedAnswer(("how do owls fly",), {"en": "Owls fly silently."}, ())


@pytest.fixture
def sleeper(all_papers: tuple[Paper, ...]) -> Paper:
    return next(paper for paper in all_papers if paper.id == "sleeper-agents")


def quoting(answer: PreparedAnswer, paper: Paper) -> PreparedAnswer:
    sentence = sentences_within(Passage(paper, 0, len(paper.abstract), 0.0))[0]
    return PreparedAnswer(answer.asked, answer.text, as_quotes([sentence]))


def prepared(retriever: PaperRetriever, *answers: PreparedAnswer) -> PreparedAnswers:
    vectors = retriever.embedder.embed(ways_of(answers, retriever.in_english))
    return PreparedAnswers(answers, vectors, retriever, WordReader(), WordReader(), NEAR)


def matched(found: PreparedAnswers, question: str, passages: Sequence[Passage] = ()) -> PreparedAnswer | None:
    match = found.match(question, passages, ())
    return match.answer if match else None


def test_the_answer_with_the_nearest_way_is_what_was_asked(retriever: PaperRetriever) -> None:
    found = prepared(retriever, OWLS, BACKDOOR)
    assert matched(found, "Can a backdoor be trained away?") is BACKDOOR
    assert matched(found, "How do owls fly?") is OWLS


def test_what_is_not_near_enough_has_none(retriever: PaperRetriever) -> None:
    assert matched(prepared(retriever, OWLS, BACKDOOR), "Who keeps bees in a backdoor garden?") is None
    assert matched(prepared(retriever), "How do owls fly?") is None


def test_a_name_that_the_answer_lacks_asks_for_another(retriever: PaperRetriever, sleeper: Paper) -> None:
    owls = quoting(OWLS, sleeper)
    found = prepared(retriever, owls)
    assert matched(found, "how do owls fly in Kenya") is None
    assert matched(found, "how do owls fly in kenya") is owls


def test_a_way_as_it_stands_is_what_was_asked_whatever_was_read(retriever: PaperRetriever, sleeper: Paper) -> None:
    never = PreparedCalibration(Logistic(dict.fromkeys(FEATURES, 0.0), -9.0), 0.5)
    owls = quoting(OWLS, sleeper)
    vectors = retriever.embedder.embed(ways_of([owls], retriever.in_english))
    found = PreparedAnswers([owls], vectors, retriever, WordReader(), WordReader(), never)
    assert matched(found, "How do owls fly?") is owls
    assert matched(found, "how do owls fly at night") is None


def test_a_reason_is_given_to_who_asks_why(retriever: PaperRetriever, sleeper: Paper) -> None:
    why = PreparedAnswer(("why do owls fly", "what about owls"), {"en": "Because they can."}, ())
    found = prepared(retriever, quoting(why, sleeper))
    assert matched(found, "why do owls fly at night") is not None
    assert matched(found, "what about owls") is None


def test_what_to_cite_is_said_to_who_wants_to_cite(retriever: PaperRetriever, sleeper: Paper) -> None:
    cited = PreparedAnswer(("what to cite for owls that fly", "owls that fly"), {"en": "Cite Owls."}, ())
    found = prepared(retriever, quoting(cited, sleeper))
    assert matched(found, "what to cite for owls that fly") is not None
    assert matched(found, "owls that fly") is None


def test_a_way_that_asks_for_the_same_kind_of_thing_is_told_from_others(
    retriever: PaperRetriever, sleeper: Paper
) -> None:
    count = PreparedAnswer(("how many owls fly", "owls that fly"), {"en": "Nine."}, ())
    found = prepared(retriever, quoting(count, sleeper))
    kinds = [found.features(asked, 0, 0.5, (), ())["kind"] for asked in ("how many owls", "why owls", "owls")]
    assert kinds == [1.0, -1.0, 0.0]


def test_who_wants_nothing_answered_below_a_chance_gets_nothing_prepared_below_it() -> None:
    assert NEAR.answering_from(0.9).asked_from == 0.9
    assert NEAR.answering_from(0.1) == NEAR


def test_what_quotes_no_paper_is_given_by_nearness_alone(retriever: PaperRetriever) -> None:
    found = prepared(retriever, OWLS)
    given = found.match("how do the owls fly", (), ())
    assert given and UNQUOTED_FROM <= given.chance < 1
    assert found.match("how do bees fly to a garden", (), ()) is None


ABOUT = PreparedAnswer(("who made you",), {"en": "Its contributors."}, ())


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("who made you then", True),
        ("who made it", False),
        ("who made?", True),
        ("who made you a beekeeper in the old garden", False),
    ],
)
def test_what_is_about_this_program_answers_who_speaks_to_it(
    retriever: PaperRetriever, question: str, given: bool
) -> None:
    found = prepared(retriever, ABOUT)
    assert (matched(found, question) is ABOUT) == given


def test_who_speaks_to_the_program_may_ask_in_other_words(retriever: PaperRetriever) -> None:
    found = prepared(retriever, ABOUT)
    near = found.nearness("who built you and where", 0)
    assert ADDRESSED_FROM <= near < UNQUOTED_FROM
    assert matched(found, "who built you and where") is ABOUT
    unsaid = PreparedAnswer(ABOUT.asked, ABOUT.text, (), status="abstained")
    assert matched(prepared(retriever, unsaid), "who built you and where") is None


def test_what_quotes_no_paper_is_given_only_where_nothing_that_quotes_one_is_nearer(
    retriever: PaperRetriever, sleeper: Paper
) -> None:
    at_night = quoting(PreparedAnswer(("how do owls fly at night over water",), OWLS.text, ()), sleeper)
    never = PreparedCalibration(Logistic(dict.fromkeys(FEATURES, 0.0), -9.0), 0.5)
    vectors = retriever.embedder.embed(ways_of([OWLS, at_night], retriever.in_english))
    found = PreparedAnswers([OWLS, at_night], vectors, retriever, WordReader(), WordReader(), never)
    assert matched(found, "how do owls fly then") is OWLS
    question = "how do owls fly over water"
    assert found.nearness(question, 1) > found.nearness(question, 0) >= UNQUOTED_FROM
    assert matched(found, question) is None


def test_papers_that_filters_leave_out_are_not_quoted(retriever: PaperRetriever, sleeper: Paper) -> None:
    found = prepared(retriever, quoting(BACKDOOR, sleeper))
    question = BACKDOOR.asked[0]
    assert found.match(question, (), (), Filters(organisations=("Anthropic",)))
    assert found.match(question, (), (), Filters(organisations=("OpenAI",))) is None


def test_the_features_say_how_near_how_sure_and_what_is_new(retriever: PaperRetriever, sleeper: Paper) -> None:
    found = prepared(retriever, OWLS, quoting(BACKDOOR, sleeper))
    other = Paper("other", "Other", "Other.", "en")
    passages = (Passage(other, 0, 6, 0.8), Passage(sleeper, 0, 10, 0.4))
    quoted = ReadSentence(sleeper, 0, sleeper.abstract.index(".") + 1, 0.5)
    read = (ReadSentence(other, 0, 6, 0.9), quoted)
    given = found.features("Which backdoor stays in Kenya?", 1, 0.7, passages, read)
    assert list(given) == list(FEATURES)
    assert (given["near"], given["paper"], given["names"]) == (0.7, 0.5, 1.0)
    # Of "backdoor", "stays" and "Kenya" one is new.
    assert given["unknown"] == pytest.approx(1 / 3)
    assert (given["read"], given["best"]) == (0.0, 0.0)
    assert found.features("", 1, 0.7, passages, (quoted,))["best"] == 1.0
    assert found.features("how do owls fly", 0, 1.0, (), read)["answers"] > given["answers"]
    assert found.features("how do owls fly", 0, 1.0, (), read)["read"] == UNREAD


class Noting(WordReader):
    """Notes what it is given to read."""

    def __init__(self) -> None:
        self.given: list[tuple[str, tuple[str, ...]]] = []

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
        self.given += [(question, excerpt.sentences) for excerpt in excerpts]
        return super().read(question, excerpts)


def test_the_matcher_reads_the_nearest_english_ways_and_the_text(retriever: PaperRetriever, sleeper: Paper) -> None:
    ways = ("bees in snow", "how do owls fly", "how do owls fly at night", "do owls fly", "猫头鹰怎么飞")
    owls = quoting(PreparedAnswer(ways, {"en": "Owls are silent."}, ()), sleeper)
    vectors = retriever.embedder.embed(ways_of([owls], retriever.in_english))
    matcher = Noting()
    found = PreparedAnswers([owls], vectors, retriever, WordReader(), matcher, NEAR)
    asked = found.features("how do owls fly", 0, 0.9, (), ())["asked"]
    [(question, (first, *others, text))] = matcher.given
    assert (question, first, text) == ("how do owls fly", "how do owls fly", "Owls are silent.")
    assert set(others) == {"how do owls fly at night", "do owls fly"}
    # Three ways have all words that matter, and the text has half of them.
    assert asked == pytest.approx(math.log(3 * math.exp(4) + math.exp(0)))


def test_of_a_yes_and_a_no_the_nearer_is_told(retriever: PaperRetriever, sleeper: Paper) -> None:
    removed = quoting(PreparedAnswer(("does training remove backdoors",), {"en": "No. It stays."}, ()), sleeper)
    stays = quoting(
        PreparedAnswer(("is there a backdoor that training leaves",), {"en": "Yes. It stays."}, ()), sleeper
    )
    yes, no = replace(stays, verdict="yes"), replace(removed, verdict="no")
    vectors = retriever.embedder.embed(ways_of([yes, no], retriever.in_english))
    # What is farther has the larger chance here.
    always = PreparedCalibration(Logistic(dict.fromkeys(FEATURES, 0.0) | {"near": -1.0}, 3.0), 0.5)
    found = PreparedAnswers([yes, no], vectors, retriever, WordReader(), WordReader(), always)
    match = found.match("does training remove a backdoor", (), ())
    assert match and (match.answer, match.nearest.text) == (no, "does training remove backdoors")


def test_the_calibration_that_ships_has_its_features() -> None:
    assert 0 < read_prepared_calibration(shipped_file(MODEL_FILE)).asked_from < 1


@pytest.mark.parametrize("content", ["", "[]", '{"weights": {"near": 1}, "bias": 0, "asked_from": 0.5}'])
def test_a_broken_calibration_is_said_to_be(tmp_path: Path, content: str) -> None:
    file = tmp_path / "prepared.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"prepared\.json cannot be used"):
        read_prepared_calibration(file)
