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

from app.answering.answer import Answer
from app.answering.events import Done, Quotes, Sources
from app.answering.models.language_model import LanguageModel
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.cli.doctor import Finding, diagnose
from retrieval.chunking import chunk_paper
from retrieval.stores.base import VectorId
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Filters, Paper

if TYPE_CHECKING:
    from tests.conftest import Build, Built

    Exchange = Callable[[Built], None]
    Tampered = Callable[[Exchange], tuple[LocalAnswerer, Built]]

PAPER = "sleeper-agents"
QUESTION = "Do standard safety training techniques remove the backdoor of sleeper agents?"
ELSEWHERE = "What are sparse autoencoders?"
TRUE, FALSE = "is not removed", "is now removed"
LEFT_OUT = (
    r"(One passage of the index is not what its paper says and was"
    r"|\d+ passages of the index are not what their papers say and were) left out: `paperbacked doctor` says more\."
)


def in_the_file(built: Built) -> None:
    """Without Chroma, in its files: the first passage of the paper is another place of it, wherever it stands."""
    ids = ids_of(built)
    with sqlite3.connect(built.home / "chroma" / "chroma.sqlite3") as database:
        for table, column in (("embeddings", "embedding_id"), ("embeddings_queue", "id")):
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (moved(ids[0]), ids[0]))
    database.close()
    for file in (built.home / "chroma").glob("*/index_metadata.pickle"):
        held = file.read_bytes()
        assert len(moved(ids[0])) == len(ids[0])
        file.write_bytes(held.replace(ids[0].encode(), moved(ids[0]).encode()))


def in_another_place(built: Built) -> None:
    """As another client of the store, under ids that mean other places of the paper."""
    vectors = vectors_of(built)
    rows_of(built).delete(ids=list(vectors))
    rows_of(built).add(ids=list(map(moved, vectors)), embeddings=list(vectors.values()))


def in_a_new_passage(built: Built) -> None:
    """As one passage more of the paper, which lies where the question does."""
    number = VectorId.parse(ids_of(built)[0])
    assert number
    rows_of(built).add(ids=[f"{number.number}:0:40"], embeddings=built.embedder.embed([QUESTION]))


def in_a_paper_more(built: Built) -> None:
    """As a passage of a paper that the collection does not have."""
    rows_of(built).add(ids=["4000:0:40"], embeddings=built.embedder.embed([QUESTION]))


def in_a_row_of_words(built: Built) -> None:
    """As a row that says what the passage is, and has an id of no kind."""
    said = f"The backdoor of sleeper agents {FALSE} by standard safety training techniques."
    rows_of(built).add(
        ids=["f" * 32],
        documents=[said],
        embeddings=built.embedder.embed([QUESTION]),
        metadatas=[{"paper_id": PAPER, "abstract": said, "start": 0, "end": len(said)}],
    )


def in_many_passages(built: Built) -> None:
    """As more of them than the papers have, all where the question lies."""
    near = np.repeat(built.embedder.embed([QUESTION]), 400, axis=0)
    near += np.random.default_rng(7).normal(scale=0.001, size=near.shape).astype(np.float32)
    rows_of(built).add(ids=[f"1:{number}:{number + 9}" for number in range(1, 401)], embeddings=near)


EXCHANGED = [in_another_place, in_a_new_passage, in_a_paper_more, in_a_row_of_words, in_many_passages]


def in_words_beside(built: Built) -> None:
    """As words and a record beside the paper's own vectors, under their ids: nobody asks the store for these."""
    rows, words = vectors_of(built), f"The backdoor {FALSE} by safety training."
    said = {"documents": [words] * len(rows), "metadatas": [{"abstract": words}] * len(rows)}
    rows_of(built).update(ids=list(rows), embeddings=list(rows.values()), **said)


def ids_of(built: Built) -> list[str]:
    return list(map(str, built.retriever.collection.ids([PAPER])))


def vectors_of(built: Built) -> dict[str, Any]:
    found = rows_of(built).get(ids=ids_of(built), include=["embeddings"])
    return dict(zip(found["ids"], found["embeddings"], strict=True))


def moved(vector_id: str) -> str:
    """The id of a place next to it, as long as it."""
    number, start, end = vector_id.split(":")
    return f"{number}:{start}:{int(end) - 1}"


def rows_of(built: Built) -> Any:
    [segment] = built.collection.generation.segments
    return cast("Any", built.store._chroma()).get_collection(segment.name, embedding_function=None)


def opened(built: Built) -> LocalAnswerer:
    """An answerer that finds the index on disk, as a program does at its start."""
    built.store.reopen()
    fresh = replace(built, store=ChromaStore(built.home / "chroma"))
    return LocalAnswerer(fresh.retriever, LanguageModel)


@pytest.fixture
def tampered(tmp_path: Path, build: Build, papers: tuple[Paper, ...]) -> Tampered:
    def made(exchange: Exchange) -> tuple[LocalAnswerer, Built]:
        built = build(tmp_path, papers)
        built.store.reopen()
        exchange(built)
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


def test_the_question_is_answered_by_the_paper_that_is_tampered_with(tampered: Tampered) -> None:
    """With nothing exchanged it is quoted and nothing is noted: the tests below would fail without a reason."""
    answerer, _ = tampered(lambda built: None)
    answer = answerer.ask(checked_question(QUESTION))
    assert answer.note is None
    assert any(TRUE in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("exchange", [pytest.param(in_the_file, marks=pytest.mark.fault), *EXCHANGED])
def test_foreign_words_are_in_no_answer_and_it_says_so(tampered: Tampered, exchange: Exchange) -> None:
    answerer, _ = tampered(exchange)
    events = list(answerer.stream(checked_question(QUESTION)))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert_words_are_the_papers(answer, tuple(answerer.papers))
    for event in events:
        if isinstance(event, Sources):
            assert event.passages == answer.sources
        if isinstance(event, Quotes):
            assert all(FALSE not in quote.quote for quote in event.citations)
    assert re.fullmatch(LEFT_OUT, answer.note or "")
    for passage in (*answerer.search(QUESTION), *answerer.similar("doubly-efficient-debate")):
        assert FALSE not in passage.text and answerer.papers.get(passage.paper.id) == passage.paper


def test_an_answer_about_the_collection_says_so_too(tampered: Tampered) -> None:
    answerer, _ = tampered(in_another_place)
    answer = answerer.ask(checked_question("Which papers are similar to Doubly-Efficient Debate?"))
    assert answer.sources and re.fullmatch(LEFT_OUT, answer.note or "")
    assert_words_are_the_papers(answer, tuple(answerer.papers))


def test_what_is_written_beside_vectors_is_not_read(tampered: Tampered) -> None:
    answerer, built = tampered(in_words_beside)
    answer = answerer.ask(checked_question(QUESTION))
    assert answer.note is None and any(TRUE in citation.quote for citation in answer.citations)
    assert_words_are_the_papers(answer, built.papers)


def test_no_passage_of_the_index_passes_a_filter_for_another_paper(tampered: Tampered) -> None:
    """A vector under the id of another organisation's passage is found as that passage, if at all."""

    def renamed(built: Built) -> None:
        [other] = built.retriever.collection.ids(["rule-based-rewards"])[:1]
        rows_of(built).update(ids=[str(other)], embeddings=built.embedder.embed([QUESTION]))

    answerer, built = tampered(renamed)
    answer = answerer.ask(checked_question(QUESTION, filters=Filters(organisations=("NIST",))))
    assert {source.paper.organisation for source in answer.sources} == {"NIST"}
    assert_words_are_the_papers(answer, built.papers)


def test_only_an_answer_that_missed_something_says_so(tmp_path: Path, built_full: Built) -> None:
    shutil.copytree(built_full.home, tmp_path / "copy")
    built = replace(built_full, home=tmp_path / "copy", store=ChromaStore(tmp_path / "copy" / "chroma"))
    in_another_place(built)
    answerer = opened(built)
    assert answerer.ask(checked_question(QUESTION)).note
    assert answerer.ask(checked_question(ELSEWHERE)).note is None
    assert answerer.ask(checked_question("How many papers are there?")).note is None


def test_the_log_says_it_once_and_quotes_nothing(tampered: Tampered, caplog: pytest.LogCaptureFixture) -> None:
    answerer, _ = tampered(in_another_place)
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
        read_collection=lambda: built.collection,
        is_current=lambda papers, embedder: True,
    )
    [passages] = [finding for finding in found if finding.what == "Passages"]
    return passages


@pytest.mark.fault
@pytest.mark.parametrize("exchange", [in_the_file, in_another_place, in_a_new_passage, in_a_row_of_words])
def test_the_doctor_counts_them_and_says_what_to_do(
    tampered: Tampered,
    build: Build,
    exchange: Exchange,
) -> None:
    _, built = tampered(exchange)
    finding = examined(built)
    assert not finding.ok and re.match(r"[1-9] missing from the index, or not as their papers have", finding.found)
    # What it says to do helps.
    assert f"remove the folder {built.home / 'chroma'}" in finding.found
    shutil.rmtree(built.home / "chroma")
    built.store.reopen()
    repaired = build(built.home, built.papers)
    passages = sum(len(chunk_paper(paper)) for paper in built.papers)
    assert examined(repaired) == Finding("Passages", True, f"{passages} in the index, each as its paper has it")
    assert opened(repaired).ask(checked_question(QUESTION)).note is None
