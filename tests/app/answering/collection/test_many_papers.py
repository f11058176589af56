"""In a collection of very many papers the records answer as in a small one, and soon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from app.answering.collection.names import LONGEST_NAME
from app.answering.collection.records import Records, records_of
from app.answering.collection.spelling import MAX_WORDS
from app.answering.collection.tallies import tally_answer
from app.answering.collection.tally_question import tallies_asked
from app.answering.collection.topic_papers import papers_on
from app.answering.collection.topics import LOOKED_AT, MANY, READ_FOR_MENTIONS
from app.answering.query.understanding import understood
from app.answering.question import checked_question
from app.languages import ENGLISH
from retrieval.lexical.words import Document, WordsWriter
from retrieval.papers.connections import Database
from retrieval.papers.database import in_memory
from retrieval.papers.papers import Papers
from retrieval.papers.writing import PapersWriter
from retrieval.types import Filters, Paper, Passage

COUNT = MANY + 200
LABS = 40


def papers() -> Iterator[Paper]:
    """Surveys, each of its own things, all of which speak of sleep; then those that tests look for."""
    for number in range(COUNT):
        yield Paper(
            f"p{number}",
            f"A Survey of {_word(number)} {_word(number + COUNT)} Things",
            f"We speak of sleep and of {_word(number)}.",
            "en",
            authors=(f"Ada {_word(number % 100)}",),
            organisation=f"Lab {number % LABS}" if number % 3 else None,
            published=date(2000, 1, 1) + timedelta(days=number),
            category="Surveys",
        )
    yield Paper("owls", "A Survey of Owls", "Owls fly.", "en", organisation="Owlery")
    yield Paper("nests", "A Survey of Owls and Their Many Nests", "Nests are high.", "en")
    yield Paper("mentions", "On Rest", "Deep sleep. Deep sleep and more deep sleep.", "en")
    yield Paper("says", "On Dreams", "Sleep is defined as a state in which owls rest. Sleep, sleep, sleep.", "en")
    yield Paper("once", "On Waking", "A deep look at sleep that is deep. We speak of deep sleep.", "en")


def _word(number: int) -> str:
    """A made-up word of its own for each number."""
    letters = ""
    for _ in range(3):
        number, place = divmod(number, 26)
        letters += "bcdfghjklmnpqrstvwxzaeiouy"[place]
    return f"{letters}ath{letters[::-1]}on"


@pytest.fixture(scope="module")
def records() -> Records:
    return records_of(papers())


def ids(found: object) -> list[str]:
    return [paper.id for paper in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("as a survey of owls says", ["owls"]),
        ("as A Survey of Owls and their many nests says", ["nests"]),
        ("as a survey of owls and what they eat says", ["nests"]),
        ("a survey of owls, then a survey of " + _word(7), ["owls", "p7"]),
        ("a survey of something else", []),
        ("a survey of", []),
        ("a survey of owls " + "or much more " * LONGEST_NAME, ["owls"]),
    ],
)
def test_a_beginning_that_very_many_names_have_names_none_alone(records: Records, text: str, named: list[str]) -> None:
    assert ids(records.named_in(text)) == named


def test_a_topic_is_looked_for_in_those_that_say_it_most(records: Records) -> None:
    having = COUNT + 3
    assert having > READ_FOR_MENTIONS and having > MANY
    found = ids(records.select(topic="deep sleep"))
    assert "mentions" in found and not [name for name in found if name.startswith("p")]
    assert "says" in ids(records.select(topic="sleep"))


def test_what_a_thing_is_is_looked_for_in_those_that_say_it_most(records: Records) -> None:
    assert records.says_what("sleep")
    assert not records.says_what(_word(3))
    assert records.treats("things") and not records.treats("sleep")


def test_a_word_with_a_slip_is_read_as_one_that_begins_alike(records: Records) -> None:
    assert len({_word(number) for number in range(2 * COUNT)}) > MAX_WORDS
    meant = records.meant_by(f"{_word(11)[:-2]}un {_word(11 + COUNT)}")
    assert meant and meant.id == "p11"


def test_counts_are_those_of_all_papers(records: Records) -> None:
    (tally,) = tallies_asked("how many papers per lab", records)
    told = tally_answer((tally,), records, Filters(), ENGLISH).text
    without = sum(number % 3 == 0 for number in range(COUNT)) + 4
    assert f"The {COUNT + 5:,} papers" in told and f"{LABS + 1} recorded" in told and f"{without:,}" in told
    assert sum(records.years.values()) == COUNT + 5 and records.years[None] == 5
    assert len(records.authors) == LOOKED_AT and set(records.authors.values()) == {COUNT // 100}


class Finding:
    """Finds the papers of these ids, the first ones nearest."""

    def __init__(self, records: Records, *found: str) -> None:
        self._found = [paper for name in found if (paper := records.alone(Filters(papers=(name,))))]

    def passages(self, query: str, filters: Filters = Filters(), papers: int = 10, left_out: object = None) -> object:
        return [Passage(paper, 0, 9, 0.9 - place / 10) for place, paper in enumerate(self._found)]


def test_of_very_many_papers_that_name_a_topic_those_found_come_first(records: Records) -> None:
    found = papers_on("surveys", records, Finding(records, "p5", "mentions", "p9"))  # type: ignore[arg-type]
    assert len(found) == COUNT + 2  # type: ignore[arg-type]
    assert ids(found[:3]) == ["p5", "p9", f"p{COUNT - 1}"]
    assert ids(found[1:5]) == ids(found)[1:5] and len(set(ids(found))) == COUNT + 2
    assert found[-1].id == ids(found)[-1]


ASKED = [
    *("papers about things", "what is sleep?", "overview of surveys", "how many papers per lab?", "a survey of owls"),
    *("what did Owlery publish", "which papers have no link?", "who is Lab 3", "sleepp thigns", "who wrote the most?"),
]


def test_no_question_goes_through_all_papers(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    rows = Database.rows

    def noting(self: Database, *asked: Any) -> list[Any]:
        found = rows(self, *asked)
        read.extend(row for row in found if isinstance(row[-1], str) and row[-1].startswith("{"))
        return found

    monkeypatch.setattr(Database, "rows", noting)
    assert sum(1 for _ in records.papers) == len(read)
    for text in ASKED:
        read.clear()
        began = time.process_time()
        asked = understood(checked_question(text), records).of_records
        if asked and asked.tallies:
            tally_answer(asked.tallies, records, Filters(), ENGLISH)
        assert len(read) <= READ_FOR_MENTIONS + 4 * LOOKED_AT, text
        assert time.process_time() - began < 5, text


def test_papers_that_are_replaced_or_not_yet_there_name_nothing() -> None:
    database, words = in_memory(), WordsWriter(None)
    writer = PapersWriter(database)
    old = Paper("a", "Zebra Stripes: a Study", "We count stripes. Stripes, stripes.", "en", authors=("Ann Ash",))
    writer.stage([old], lambda paper: (), "own")
    writer.settle()
    words.add(Document(one.number, one.paper) for one in writer.staged())
    before = Papers(database, writer.commit("", ()))
    new = Paper("a", "Horse Manes", "We count manes.", "en", authors=("Ann Ash", "Ben Birch"))
    writer.stage([new], lambda paper: (), "own")
    writer.settle()
    words.add(Document(one.number, one.paper) for one in writer.staged())
    words.commit()
    first = Records(before, words.words())
    after = Records(Papers(database, writer.commit("", ())), words.words())
    for records, own, gone in ((first, old, "Horse Manes"), (after, new, "Zebra Stripes")):
        name = own.name.partition(":")[0]
        assert records.called(name) == own and records.called(gone) is None
        assert records.named_in(f"{own.name} and {gone}") == (own,)
        assert records.meant_by(gone) is records.half_named(gone) is None
        assert ids(records.select(topic=gone)) == [] and ids(records.select(topic=name)) == ["a"]
        assert tuple(records.select(author="ash")) == (own,)
    assert tuple(first.select(author="birch")) == () and tuple(after.select(author="birch")) == (new,)
