"""Chosen papers side by side: every cell is a quote of its row's paper or nothing, and what cannot be is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.answering.collection.aspects import ASPECTS
from app.answering.models.language_model import LanguageModel
from app.answering.question import MAX_QUESTION_CHARS
from app.answering.side_by_side.request import MAX_COMPARED, CompareRequest, compare_request_from_json
from app.answering.side_by_side.table import PaperTable
from app.build import LocalAnswerer
from app.notices.notice import Notice
from retrieval.errors import InputError
from retrieval.lexical.glossary import read_glossary
from retrieval.shipped import shipped_file
from retrieval.stores.base import Nearest, VectorId
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper
from tests.support.in_memory import InMemory
from tests.support.word_reader import WordReader

SLEEPER, GAMING, CHINESE, BLANK = (
    *("sleeper-agents", "sycophancy-to-subterfuge", "language-model-risks", "implicit-neural-representations"),
)
OTHER_BLANK = "strategic-deception-under-pressure"
PERSISTS = "Can backdoor behavior be made persistent so that standard safety training techniques do not remove it?"


@pytest.fixture(scope="module")
def reading(built_full: Any) -> LocalAnswerer:
    """An answerer that reads: what shares a question's words answers it."""
    return LocalAnswerer(built_full.retriever, LanguageModel, reader=WordReader())


def compared(answerer: LocalAnswerer, *ids: str, **more: Any) -> PaperTable:
    return answerer.compare(compare_request_from_json({"paper_ids": list(ids), **more}))


def assert_quoted(table: PaperTable) -> None:
    """Every cell is in the table's columns, and a quote from its row's own paper, numbered row by row."""
    numbers: list[int] = []
    for row in table.rows:
        assert tuple(row.cells) == table.columns
        for quote in filter(None, row.cells.values()):
            assert quote.paper == row.paper
            assert row.paper.abstract[quote.start : quote.end] == quote.quote != ""
            numbers.append(quote.number)
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))


def test_without_a_question_each_row_says_what_the_paper_did(answerer: LocalAnswerer) -> None:
    table = compared(answerer, GAMING, SLEEPER)
    assert_quoted(table)
    assert table.columns == ASPECTS and [row.paper.id for row in table.rows] == [GAMING, SLEEPER]
    assert (table.question, table.note, {row.status for row in table.rows}) == (None, None, {None})
    found = table.rows[1].cells["found"]
    assert found and found.quote.startswith("We find that such backdoor behavior can be made persistent")
    assert table.rows[1].cells["limits"] is None


def test_every_paper_of_the_collection_can_be_compared(answerer: LocalAnswerer) -> None:
    ids = [paper.id for paper in answerer.papers]
    said = 0
    for at in range(0, len(ids), MAX_COMPARED):
        if len(some := ids[at : at + MAX_COMPARED]) > 1:
            table = compared(answerer, *some)
            assert_quoted(table)
            said += sum(quote is not None for row in table.rows for quote in row.cells.values())
    assert said > 1.5 * len(ids)


def test_with_a_question_each_paper_is_asked_by_itself(reading: LocalAnswerer) -> None:
    table = compared(reading, "tracr", SLEEPER, question=f"  {PERSISTS}\n")
    assert_quoted(table)
    assert (table.columns, table.question) == (("answer",), PERSISTS)
    other, own = table.rows
    assert own.status == "answered" and own.cells["answer"]
    assert "can be made persistent" in own.cells["answer"].quote
    assert (other.status, other.cells["answer"]) == ("abstained", None)
    assert table.status == "partly"


def test_a_papers_answer_is_its_own_whoever_stands_beside_it(reading: LocalAnswerer) -> None:
    alone = compared(reading, SLEEPER, "tracr", question=PERSISTS).rows[0]
    many = [paper.id for paper in reading.papers if paper.id != SLEEPER][: MAX_COMPARED - 1]
    among = compared(reading, *many, SLEEPER, question=PERSISTS).rows[-1]
    one, other = alone.cells["answer"], among.cells["answer"]
    assert one and other and (one.start, one.end, one.score) == (other.start, other.end, other.score)


def test_without_a_reader_a_question_is_answered_too(answerer: LocalAnswerer) -> None:
    table = compared(answerer, SLEEPER, "tracr", question=PERSISTS)
    assert_quoted(table)
    assert table.rows[0].status == "answered" and table.rows[0].cells["answer"]
    far = compared(answerer, SLEEPER, "tracr", question="How long should I boil an egg?")
    assert (far.status, [row.cells["answer"] for row in far.rows]) == ("abstained", [None, None])


def test_aspects_choose_columns_and_stand_before_an_answer(reading: LocalAnswerer) -> None:
    assert compared(reading, SLEEPER, GAMING, aspects=["found", "did", "found"]).columns == ("did", "found")
    both = compared(reading, SLEEPER, GAMING, aspects=["found"], question=PERSISTS)
    assert_quoted(both)
    assert both.columns == ("found", "answer")
    assert compared(reading, SLEEPER, GAMING, aspects=[]).columns == ASPECTS
    assert compared(reading, SLEEPER, GAMING, aspects=[], question=PERSISTS).columns == ("answer",)


def test_the_same_words_have_the_same_number(reading: LocalAnswerer) -> None:
    row = compared(reading, SLEEPER, GAMING, aspects=["found"], question=PERSISTS).rows[0]
    found, answer = row.cells["found"], row.cells["answer"]
    assert found and answer and found.start == answer.start
    assert (found.number == answer.number) == (found.end == answer.end)


def test_a_chinese_abstract_is_quoted_as_it_is_with_its_english(reading: LocalAnswerer) -> None:
    asked = compared(reading, CHINESE, SLEEPER)
    did = asked.rows[0].cells["did"]
    assert did and did.quote.startswith("我们概述了") and did.gloss and did.gloss.startswith("We outline six")
    record: Any = asked.as_json()
    assert record["rows"][0]["cells"]["did"]["gloss"] == did.gloss
    assert all("gloss" not in cell for cell in record["rows"][1]["cells"].values() if cell)
    answered = compared(reading, CHINESE, SLEEPER, question="What six specific risk areas do they outline?").rows[0]
    assert answered.cells["answer"] and answered.cells["answer"].gloss


def test_a_question_in_chinese_is_read(built_full: Any) -> None:
    retriever = built_full.retriever.model_copy(update={"glossary": read_glossary(shipped_file("glossary.zh-en.tsv"))})
    reading = LocalAnswerer(retriever, LanguageModel, reader=WordReader())
    asked = compared(reading, SLEEPER, "tracr", question="对抗训练能去除后门行为吗？")
    assert asked.rows[0].cells["answer"] and asked.rows[0].status == "answered" and asked.note is None


def test_a_question_in_a_language_that_is_not_read_comes_near_at_most_and_that_is_said(reading: LocalAnswerer) -> None:
    table = compared(reading, SLEEPER, "tracr", question="Kann man eine Hintertür durch Sicherheitstraining entfernen?")
    assert "answered" not in {row.status for row in table.rows}
    assert [notice["code"] for notice in table.as_json()["notes"]] == ["question_by_terms"]


def test_a_paper_without_an_abstract_has_a_row_and_is_named(reading: LocalAnswerer) -> None:
    for more in ({}, {"question": PERSISTS}):
        table = compared(reading, SLEEPER, BLANK, **more)
        assert_quoted(table)
        assert set(table.rows[1].cells.values()) == {None}
        assert table.rows[1].status in (None, "abstained")
        assert table.note == Notice("paper_unquotable", name=table.rows[1].paper.name)
        assert [notice["code"] for notice in table.as_json()["notes"]] == ["paper_unquotable"]


FORTY = [f"paper-{number}" for number in range(40)]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"paper_ids": []}, "papers_few"),
        ({"paper_ids": [SLEEPER]}, "papers_few"),
        ({"paper_ids": FORTY}, "papers_many"),
        ({"paper_ids": [SLEEPER, "no-such-paper"]}, "paper_unknown"),
        ({"paper_ids": ["<b>\u202e\n" + "x" * 5000, SLEEPER]}, "paper_unknown"),
        ({"paper_ids": [SLEEPER, GAMING, SLEEPER]}, "paper_twice"),
        ({"paper_ids": [SLEEPER, SLEEPER]}, "paper_twice"),
        ({"paper_ids": [BLANK, OTHER_BLANK]}, "papers_unquotable"),
        ({"paper_ids": [SLEEPER, GAMING], "question": ""}, "question_empty"),
        ({"paper_ids": [SLEEPER, GAMING], "question": " \u200b?! "}, "question_empty"),
        ({"paper_ids": [SLEEPER, GAMING], "question": "a" * (MAX_QUESTION_CHARS + 1)}, "question_long"),
    ],
)
def test_what_cannot_be_compared_is_one_plain_sentence(
    answerer: LocalAnswerer, record: Mapping[str, Any], code: str
) -> None:
    with pytest.raises(InputError) as failure:
        answerer.compare(compare_request_from_json(record))
    told = failure.value.message
    assert isinstance(told, Notice) and told.code == code
    assert told.endswith(".") and "\n" not in told and "\u202e" not in told and len(told) < 200
    assert told.said("zh").endswith("。")


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (None, '"paper_ids"'),
        ([], '"paper_ids"'),
        ({}, '"paper_ids"'),
        ({"paper_ids": SLEEPER}, '"paper_ids"'),
        ({"paper_ids": [SLEEPER, 7]}, '"paper_ids"'),
        ({"paper_ids": [SLEEPER, GAMING], "question": 7}, '"question"'),
        ({"paper_ids": [SLEEPER, GAMING], "aspects": "found"}, '"aspects"'),
        ({"paper_ids": [SLEEPER, GAMING], "aspects": ["cost\n"]}, "'cost': choose from asked, did, found, limits"),
        ({"paper_ids": [SLEEPER, GAMING], "aspects": ["answer"]}, "There is no aspect 'answer'"),
    ],
)
def test_what_is_no_request_is_one_plain_sentence(answerer: LocalAnswerer, record: Any, sentence: str) -> None:
    with pytest.raises(InputError) as failure:
        answerer.compare(compare_request_from_json(record))
    assert sentence in failure.value.message and failure.value.message.endswith(".")


def test_as_many_as_may_be_are_compared_and_no_more(answerer: LocalAnswerer) -> None:
    ids = tuple(paper.id for paper in answerer.papers.select()[: MAX_COMPARED + 1])
    assert len(answerer.compare(CompareRequest(ids[:-1])).rows) == MAX_COMPARED
    with pytest.raises(InputError):
        answerer.compare(CompareRequest(ids))


def test_a_hostile_name_stays_a_name() -> None:
    odd, plain = Paper("odd", "Say “[1]”\nnow", "", "en"), Paper("plain", "Owls", "Owls fly.", "en")
    collection = InMemory()
    answerer = LocalAnswerer(collection.retriever(collection.add([odd, plain])), LanguageModel)
    table = answerer.compare(CompareRequest(("plain", "odd")))
    assert table.note and "\n" not in table.note and "[1]" not in table.note


class OneServerSilent(MemoryStore):
    """A store of which one server does not answer."""

    def nearest_of(self, segment: str, vector: np.ndarray, ids: Sequence[VectorId], count: int) -> Nearest:
        return replace(super().nearest_of(segment, vector, ids, count), silent=("http://vectors-2.example:8000",))


def test_that_a_server_did_not_answer_is_said_and_not_which() -> None:
    collection = InMemory(store=OneServerSilent())
    papers = collection.add([Paper(name, name, f"{name} fly at night.", "en") for name in ("Owls", "Bats")])
    reading = LocalAnswerer(collection.retriever(papers), LanguageModel, reader=WordReader())
    assert compared(reading, "Owls", "Bats").note is None
    table = compared(reading, "Owls", "Bats", question="Which fly at night?")
    assert [(notice["code"], notice["params"]) for notice in table.as_json()["notes"]] == [
        ("servers_gone", {"count": 1})
    ]
    assert table.rows[0].cells["answer"] and "vectors-2" not in str(table.as_json())
