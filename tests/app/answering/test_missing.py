"""What is missing from an answer is told to its reader; which server is silent is told to the log alone."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pytest

from app.answering import missing
from app.answering.events import Done
from app.answering.missing import LOGGED_EACH_SECONDS, told_of_missing
from app.answering.models.language_model import LanguageModel
from app.answering.question import checked_question
from app.local_answerer import LocalAnswerer
from app.notices.notice import notices_as_json, said
from retrieval.stores.base import Nearest
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper, SilentServer
from tests.support.in_memory import InMemory

ONE, OTHER = SilentServer("http://vectors-1.example:8000"), SilentServer("http://vectors-2.example:8000")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that a test sets, and a log that has said nothing yet."""
    clock = Clock()
    monkeypatch.setattr(missing, "time", clock)
    monkeypatch.setattr(missing, "_logged", {})
    return clock


def test_where_nothing_is_missing_nothing_is_told() -> None:
    assert told_of_missing(set()) is None


def test_passages_and_servers_are_told_apart_and_counted() -> None:
    told = told_of_missing({"1:0:9", "2:0:9", ONE, OTHER})
    assert [(one["code"], one["params"]) for one in notices_as_json(told)] == [
        ("left_out", {"count": 2}),
        ("servers_gone", {"count": 2}),
    ]
    assert "(2 of its servers)" in (told or "") and "2 台服务器" in said(told or "", "zh")
    assert [one["code"] for one in notices_as_json(told_of_missing({"1:0:9"}))] == ["left_out"]


def test_where_a_server_is_nobody_reads_but_who_reads_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="paperbacked.answers"):
        told = told_of_missing([ONE, ONE])
    assert told == "Part of the collection did not answer (one of its servers): what it holds is not in this answer."
    assert "vectors-1" not in str(notices_as_json(told)) and "vectors-1" not in said(told, "zh")
    assert [record.getMessage() for record in caplog.records] == [
        "The server of vectors at http://vectors-1.example:8000 did not answer: answers lack what it holds."
    ]


def test_the_log_says_of_each_server_so_once_a_minute(caplog: pytest.LogCaptureFixture, clock: Clock) -> None:
    with caplog.at_level(logging.WARNING, logger="paperbacked.answers"):
        for later in (0.0, 1.0, LOGGED_EACH_SECONDS - 2.0, 1.0):
            clock.now += later
            assert told_of_missing({ONE})
        assert told_of_missing({OTHER})
    said_of = ["vectors-1" if "vectors-1" in record.getMessage() else "vectors-2" for record in caplog.records]
    assert said_of == ["vectors-1", "vectors-1", "vectors-2"]


class OneServerSilent(MemoryStore):
    """A store of which one server does not answer."""

    def nearest(self, segment: str, vector: np.ndarray, count: int) -> Nearest:
        return replace(super().nearest(segment, vector, count), silent=(OTHER.address,))


@pytest.mark.parametrize(
    "asked", ["Do owls fly at night?", "What do owls eat? And do owls fly at night?", "papers on owls"]
)
def test_every_answer_that_lacks_what_a_server_holds_says_so(asked: str) -> None:
    collection = InMemory(store=OneServerSilent())
    papers = collection.add([Paper(name, name, f"{name} fly at night.", "en") for name in ("Owls", "Bats")])
    answerer = LocalAnswerer(collection.retriever(papers), LanguageModel)
    *_, done = answerer.stream(checked_question(asked))
    assert isinstance(done, Done)
    assert [one["code"] for one in notices_as_json(done.answer.note)] == ["servers_gone"]
    assert "vectors-2" not in str(done.answer)
