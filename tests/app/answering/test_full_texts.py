"""Questions that full texts answer: what is quoted stands there letter for letter, and is prose."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from app.answering.answer import Answer
from app.answering.models.language_model import LanguageModel
from app.answering.question import checked_question
from app.answering.side_by_side.request import CompareRequest
from app.local_answerer import LocalAnswerer
from app.surfaces.exports.kept_answer import answer_from_kept, kept
from app.surfaces.exports.paper_table import table_csv
from retrieval.errors import InputError
from retrieval.types import Filters, Paper
from tests.support.full_texts import full_text, paper_with
from tests.support.in_memory import InMemory, lexical_of
from tests.support.word_reader import WordReader

WHALES = paper_with(
    "whales",
    "We study how humpback whales sing in the warm bays of the south.",
    full_text(
        ("1 Introduction", "Humpback whales are known for their songs, which have been studied for years.", "body"),
        (
            "2 Results",
            "The longest song of the season lasted for twenty-two hours without a break. "
            "This surprised all of the observers who had been on the boat. "
            "Song length hours 22 19 17 14 12 longest 22. "
            "We saw no other animals on any of the days.",
            "body",
        ),
        ("References", "Payne, R. and McVay, S. The longest song of the season, 1971.", "references"),
        pages=True,
    ),
    title="Songs of the humpback whale",
)
OWLS = paper_with(
    "owls",
    "",
    full_text(
        ("1 Introduction", "In this paper, we ask where tawny owls sleep in the winter months. "
         "We followed eleven of the owls with small transmitters for a year. "
         "We find that most of the owls sleep in old barns rather than in trees.", "body"),
    ),
    title="Winter roosts of the tawny owl",
)  # fmt: skip
BEES = paper_with("bees", "We count the bees of one garden over a summer.", title="Bees of a garden")
PAPERS = (WHALES, OWLS, BEES)


@pytest.fixture(scope="module")
def answerer() -> LocalAnswerer:
    memory = InMemory()
    papers = memory.add(PAPERS)
    return LocalAnswerer(memory.retriever(papers, lexical=lexical_of(papers)), LanguageModel, reader=WordReader())


def asked(answerer: LocalAnswerer, text: str, *papers: str) -> Answer:
    return answerer.ask(checked_question(text, (), Filters(papers=papers), answerer.facets))


def test_what_only_the_text_says_is_quoted_from_it(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "How many hours lasted the longest song of the season?")
    quote = answer.citations[0]
    assert (answer.status, quote.paper.id, quote.part) == ("answered", "whales", "text")
    assert quote.quote.startswith("The longest song of the season lasted for twenty-two hours")
    assert WHALES.part("text")[quote.start : quote.end] == quote.quote and quote.quote in answer.answer
    assert quote.place and (quote.place.page, quote.place.section) == (2, "2 Results")
    json.dumps(answer.as_json())


def test_neither_tables_nor_what_is_cited_is_quoted_or_read(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "How many hours lasted the longest song of the season?")
    said = [*(quote.quote for quote in answer.citations), *(one.text for one in answer.read)]
    assert not any("22 19 17" in text or "Payne" in text for text in said)


def test_quotes_of_abstract_and_text_are_never_one(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "How do humpback whales sing their songs in the warm bays?")
    assert [(quote.part, quote.quote) for quote in answer.citations] == [
        ("abstract", WHALES.abstract),
        ("text", "Humpback whales are known for their songs, which have been studied for years."),
    ]


@pytest.mark.parametrize("text", ["What does it find?", "Summarise this paper"])
def test_a_paper_with_a_text_alone_is_told_by_its_introduction(answerer: LocalAnswerer, text: str) -> None:
    answer = asked(answerer, text, "owls")
    assert answer.status == "answered"
    assert {quote.part for quote in answer.citations} == {"text"}
    assert any("old barns" in quote.quote for quote in answer.citations)


def test_papers_with_texts_alone_are_listed_with_words_of_these(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "Which papers are there on winter roosts?")
    assert [(quote.paper.id, quote.part) for quote in answer.citations] == [("owls", "text")]
    assert "no abstract" not in answer.answer


def test_what_is_read_is_told(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "Are abstracts or whole papers read?")
    assert "Abstracts are read here, and of papers with a full text that too" in answer.answer
    assert "Only abstracts" in asked(answerer, "Are abstracts or whole papers read?", "bees").answer


def test_a_section_of_a_paper_with_a_text_is_not_said_to_be_missing(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "What is in the conclusion of Songs of the humpback whale?")
    assert "Only the abstract" not in answer.answer


def test_a_refusal_says_only_of_abstracts_that_they_alone_were_read(answerer: LocalAnswerer) -> None:
    whale = asked(answerer, "Which volcano erupted on Iceland?", "whales")
    bees = asked(answerer, "Which volcano erupted on Iceland?", "bees")
    assert whale.status == bees.status == "abstained"
    assert "full text" in whale.answer and "The abstract of" not in whale.answer
    assert "The abstract of" in bees.answer and "full text" not in bees.answer


def test_papers_are_compared_by_what_their_texts_say(answerer: LocalAnswerer) -> None:
    asking = CompareRequest(("whales", "owls"), "How many hours lasted the longest song of the season?", ("found",))
    table = answerer.compare(asking)
    quote = table.rows[0].cells["answer"]
    assert quote and quote.part == "text" and "twenty-two hours" in quote.quote
    assert table.rows[1].cells["found"] and "old barns" in table.rows[1].cells["found"].quote
    cell = table.as_json()["rows"][0]["cells"]["answer"]
    assert cell and (cell.get("part"), cell.get("page")) == ("text", 2)
    row = next(csv.DictReader(io.StringIO(table_csv(table))))
    assert (row["answer_part"], row["answer_page"]) == ("text", "2")
    assert table.note is None


def test_a_table_of_abstracts_has_the_columns_it_had(answerer: LocalAnswerer) -> None:
    table = answerer.compare(CompareRequest(("whales", "owls")))
    plain = replace(table, rows=tuple(replace(row, paper=BEES, cells=dict.fromkeys(row.cells)) for row in table.rows))
    assert "_part" not in table_csv(plain) and "_part" in table_csv(table)


# ---- kept answers


def of(*papers: Paper) -> dict[str, Paper]:
    return {paper.id: paper for paper in papers}


def test_a_kept_answer_opens_with_its_quotes_of_texts(answerer: LocalAnswerer) -> None:
    answer = asked(answerer, "How many hours lasted the longest song of the season?")
    record = json.loads(json.dumps(kept(answer)))
    assert "twenty-two" not in json.dumps(record["citations"])
    again = answer_from_kept(record, of(*PAPERS).get)
    assert [quote.quote for quote in again.citations] == [quote.quote for quote in answer.citations]
    assert again.citations[0].part == "text" and again.note is None
    assert {one.part for one in again.sources} == {one.part for one in answer.sources}


def test_a_quote_of_a_text_that_is_gone_or_another_is_left_out(answerer: LocalAnswerer) -> None:
    record = json.loads(json.dumps(kept(asked(answerer, "How many hours lasted the longest song of the season?"))))
    other = paper_with("whales", WHALES.abstract, full_text(("1", "Whales are large. " * 40, "body")))
    for paper in (replace(WHALES, text=None), other):
        again = answer_from_kept(record, of(paper, OWLS, BEES).get)
        assert not any(quote.part == "text" and quote.paper.id == "whales" for quote in again.citations)
        assert again.note and "no longer in the collection" in again.note
        for source in again.sources:
            assert source.end <= len(source.paper.part(source.part))


@pytest.mark.parametrize("part", ["Text", "", 3, ["text"], "references"])
def test_a_forged_part_is_refused(answerer: LocalAnswerer, part: object) -> None:
    record = json.loads(json.dumps(kept(asked(answerer, "How many hours lasted the longest song of the season?"))))
    record["citations"][0]["part"] = part
    with pytest.raises(InputError):
        answer_from_kept(record, of(*PAPERS).get)


def test_a_quote_past_the_end_of_a_text_is_refused(answerer: LocalAnswerer) -> None:
    record = json.loads(json.dumps(kept(asked(answerer, "How many hours lasted the longest song of the season?"))))
    del record["citations"][0]["check"]
    record["citations"][0]["end"] = record["citations"][0]["start"] + 10_000
    with pytest.raises(InputError, match="lies outside the text"):
        answer_from_kept(record, of(*PAPERS).get)
