"""Words that somebody puts into the index under a paper's name: they are in no answer, and it is said."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from app.answering.events import Answer, Done, Quotes, Sources
from app.answering.models.language_model import LanguageModel
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.cli.doctor import Finding, diagnose
from retrieval.chunking import chunk_paper
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Filters, Paper

if TYPE_CHECKING:
    from tests.conftest import Build, Built

PAPER = "sleeper-agents"
QUESTION = "Do standard safety training techniques remove the backdoor of sleeper agents?"
ELSEWHERE = "What are sparse autoencoders?"
TRUE, FALSE = "is not removed", "is now removed"
"""As long as each other, so that every offset still fits."""
LEFT_OUT = (
    r"(One passage of the index is not what its paper says and was"
    r"|\d+ passages of the index are not what their papers say and were) left out: `paperbacked doctor` says more\."
)


def in_the_file(built: Built, papers: dict[str, Paper]) -> None:
    """Without Chroma, in the database's file: every word of the paper, wherever it stands."""
    with sqlite3.connect(built.home / "chroma" / "chroma.sqlite3") as database:
        changed = database.execute(
            "UPDATE embedding_metadata SET string_value = replace(string_value, ?, ?) "
            "WHERE id IN (SELECT id FROM embedding_metadata WHERE key = 'paper_id' AND string_value = ?)",
            (TRUE, FALSE, PAPER),
        )
        assert changed.rowcount
    database.close()


def in_the_words(built: Built, papers: dict[str, Paper]) -> None:
    """As another client of the store, in what it calls the document."""
    rows, collection = rows_of(built)
    words = [text.replace(TRUE, FALSE) for text in rows["documents"]]
    collection.update(ids=rows["ids"], documents=words, embeddings=rows["embeddings"])


def in_a_record(built: Built, papers: dict[str, Paper]) -> None:
    """As a whole record of the paper beside each passage."""
    rows, collection = rows_of(built)
    paper = papers[PAPER]
    record = replace(paper, abstract=paper.abstract.replace(TRUE, FALSE)).as_json()
    words = [text.replace(TRUE, FALSE) for text in rows["documents"]]
    fields = [{**own, "paper": json.dumps(record)} for own in rows["metadatas"]]
    collection.update(ids=rows["ids"], documents=words, metadatas=fields, embeddings=rows["embeddings"])


def in_a_new_passage(built: Built, papers: dict[str, Paper]) -> None:
    """As one passage more, which lies where the question does and says that it is the paper's."""
    rows, collection = rows_of(built)
    paper = papers[PAPER]
    sentence = f"The backdoor of sleeper agents {FALSE} by standard safety training techniques."
    abstract = f"{sentence} {paper.abstract}"
    record = {"paper": json.dumps(replace(paper, abstract=abstract).as_json())}
    collection.add(
        ids=["f" * 32],
        documents=[sentence],
        embeddings=built.embedder.embed([QUESTION]),
        metadatas=[{**rows["metadatas"][0], **record, "start": 0, "end": len(sentence)}],
    )


def in_an_empty_row(built: Built, papers: dict[str, Paper]) -> None:
    """As a vector that lies where the question does, with nothing beside it."""
    _, collection = rows_of(built)
    collection.add(ids=["e" * 32], embeddings=built.embedder.embed([QUESTION]))


def in_many_passages(built: Built, papers: dict[str, Paper]) -> None:
    """As more of them than the papers have, all where the question lies."""
    rows, collection = rows_of(built)
    near = np.repeat(built.embedder.embed([QUESTION]), 400, axis=0)
    near += np.random.default_rng(7).normal(scale=0.001, size=near.shape).astype(np.float32)
    ids = [f"{number:032x}" for number in range(len(near))]
    collection.add(ids=ids, documents=[FALSE] * len(ids), metadatas=[rows["metadatas"][0]] * len(ids), embeddings=near)


EXCHANGED = [in_the_words, in_a_record, in_a_new_passage, in_an_empty_row, in_many_passages]


def rows_of(built: Built) -> tuple[Any, Any]:
    client = cast("Any", built.store._chroma())
    collection = client.get_collection(built.index.part("passages"), embedding_function=None)
    return collection.get(where={"paper_id": PAPER}, include=["documents", "metadatas", "embeddings"]), collection


def opened(built: Built) -> LocalAnswerer:
    """An answerer that finds the index on disk, as a program does at its start."""
    built.store.reopen()
    fresh = replace(built, store=ChromaStore(built.home / "chroma"))
    return LocalAnswerer(built.papers, fresh.retriever, LanguageModel)


@pytest.fixture
def tampered(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> Callable[..., tuple[LocalAnswerer, Built]]:
    def made(exchange: Callable[[Any, dict[str, Paper]], None]) -> tuple[LocalAnswerer, Built]:
        built = build(tmp_path, papers)
        built.store.reopen()
        exchange(built, {paper.id: paper for paper in papers})
        return opened(built), built

    return made


def assert_words_are_the_papers(answer: Answer, papers: tuple[Paper, ...]) -> None:
    by_id = {paper.id: paper for paper in papers}
    assert FALSE not in json.dumps(answer.as_json())
    for piece, text in (
        *((citation, citation.quote) for citation in answer.citations),
        *((source, source.text) for source in answer.sources),
    ):
        assert piece.paper == by_id[piece.paper.id]
        assert text == by_id[piece.paper.id].abstract[piece.start : piece.end]


def test_the_question_is_answered_by_the_words_that_are_exchanged(
    tampered: Callable[..., tuple[LocalAnswerer, Built]],
) -> None:
    """With nothing exchanged they are quoted and nothing is noted: the tests below would fail without a reason."""
    answerer, _ = tampered(lambda built, papers: None)
    answer = answerer.ask(checked_question(QUESTION))
    assert answer.note is None
    assert any(TRUE in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("exchange", [pytest.param(in_the_file, marks=pytest.mark.fault), *EXCHANGED])
def test_foreign_words_are_in_no_answer_and_it_says_so(
    tampered: Callable[..., tuple[LocalAnswerer, Built]], exchange: Callable[[Any, dict[str, Paper]], None]
) -> None:
    answerer, _ = tampered(exchange)
    events = list(answerer.stream(checked_question(QUESTION)))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert_words_are_the_papers(answer, answerer.papers)
    for event in events:
        if isinstance(event, Sources):
            assert event.passages == answer.sources
        if isinstance(event, Quotes):
            assert all(FALSE not in quote.quote for quote in event.citations)
    assert re.fullmatch(LEFT_OUT, answer.note or "")
    for passage in (*answerer.search(QUESTION), *answerer.similar("doubly-efficient-debate")):
        assert FALSE not in passage.text and passage.paper in answerer.papers


def test_an_answer_about_the_collection_says_so_too(tampered: Callable[..., tuple[LocalAnswerer, Built]]) -> None:
    answerer, _ = tampered(in_the_words)
    answer = answerer.ask(checked_question("Which papers are similar to Doubly-Efficient Debate?"))
    assert answer.sources and re.fullmatch(LEFT_OUT, answer.note or "")
    assert_words_are_the_papers(answer, answerer.papers)


def test_fields_that_filters_go_by_are_held_against_the_paper_too(
    tampered: Callable[..., tuple[LocalAnswerer, Built]],
) -> None:
    """Else a paper would pass for another organisation's."""

    def renamed(built: Built, papers: dict[str, Paper]) -> None:
        rows, collection = rows_of(built)
        collection.update(ids=rows["ids"], metadatas=[{**own, "organisation": "NIST"} for own in rows["metadatas"]])

    answerer, _ = tampered(renamed)
    answer = answerer.ask(checked_question(QUESTION, filters=Filters(organisations=("NIST",))))
    assert {source.paper.organisation for source in answer.sources} == {"NIST"}
    assert re.fullmatch(LEFT_OUT, answer.note or "")


def test_only_an_answer_that_missed_something_says_so(tmp_path: Path, built_full: Built) -> None:
    shutil.copytree(built_full.home, tmp_path / "copy")
    built = replace(built_full, home=tmp_path / "copy", store=ChromaStore(tmp_path / "copy" / "chroma"))
    in_the_words(built, {paper.id: paper for paper in built.papers})
    answerer = opened(built)
    assert answerer.ask(checked_question(QUESTION)).note
    assert answerer.ask(checked_question(ELSEWHERE)).note is None
    assert answerer.ask(checked_question("How many papers are there?")).note is None


def test_the_log_says_it_once_and_quotes_nothing(
    tampered: Callable[..., tuple[LocalAnswerer, Built]], caplog: pytest.LogCaptureFixture
) -> None:
    answerer, _ = tampered(in_the_words)
    with caplog.at_level(logging.WARNING):
        for question in (QUESTION, ELSEWHERE, QUESTION):
            answerer.ask(checked_question(question))
    [line] = [record.getMessage() for record in caplog.records if record.name == "paperbacked.index"]
    assert "\n" not in line and "doctor" in line
    assert not any(word in line for word in (TRUE, FALSE, PAPER))


def examined(built: Built) -> Finding:
    found = diagnose(
        home=built.home,
        chroma=built.home / "chroma",
        collection="default",
        embedding="hash",
        reader="none",
        llm="none",
        read_collection=lambda: built.papers,
        questions_of=lambda papers: {},
    )
    [passages] = [finding for finding in found if finding.what == "Passages"]
    return passages


@pytest.mark.fault
@pytest.mark.parametrize("exchange", [in_the_file, in_the_words, in_a_new_passage])
def test_the_doctor_counts_them_and_says_what_to_do(
    tampered: Callable[..., tuple[LocalAnswerer, Built]],
    build: Build,
    exchange: Callable[[Any, dict[str, Paper]], None],
) -> None:
    _, built = tampered(exchange)
    finding = examined(built)
    assert not finding.ok and finding.found.startswith("1 missing from the index, or not as their papers have")
    # What it says to do helps.
    assert f"remove the folder {built.home / 'chroma'}" in finding.found
    shutil.rmtree(built.home / "chroma")
    built.store.reopen()
    repaired = build(built.home, built.papers)
    passages = sum(len(chunk_paper(paper)) for paper in built.papers)
    assert examined(repaired) == Finding("Passages", True, f"{passages} in the index, each as its paper has it")
    assert opened(repaired).ask(checked_question(QUESTION)).note is None
