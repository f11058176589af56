"""Where quotes stand in a full text, as it is told beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.answer import OutsideFilter
from app.answering.citation import Citation, ReadSentence
from app.answering.events import Sources, as_json
from app.answering.places import LOOKED_AT_CHARS, place_in_text
from app.surfaces.api import schema
from retrieval.errors import CorpusError
from retrieval.full_text import Box, FullText
from retrieval.types import Paper, Passage
from tests.support.full_texts import full_text, paper_with

ABSTRACT = "Whales sing. They do so at night."
TEXT = full_text(
    ("Abstract", ABSTRACT, "abstract"),
    ("3.2 Results", "The songs are long. They last for hours.", "body"),
    pages=True,
)
PAPER = paper_with("whales", ABSTRACT, TEXT)
LONG = TEXT.text.index("The songs")


def gone() -> FullText:
    raise CorpusError("It is gone.")


def unread(paper: Paper) -> Paper:
    assert paper.text
    return replace(paper, text=replace(paper.text, load=gone))


def test_a_quote_of_the_text_has_page_section_and_boxes() -> None:
    quote = Citation(1, PAPER, LONG, LONG + len("The songs are long."), 0.9, part="text")
    record = quote.as_json()
    assert record["quote"] == "The songs are long." == PAPER.part("text")[record["start"] : record["end"]]
    assert (record.get("part"), record.get("page"), record.get("section")) == ("text", 2, "3.2 Results")
    assert record.get("boxes") == [{"page": 2, "x0": 0.0, "y0": 100.0, "x1": 95.0, "y1": 112.0}]
    schema.Citation.model_validate({**record, "paper": {**record["paper"]}})


def test_a_quote_of_the_abstract_has_those_of_its_words_in_the_text() -> None:
    quote = Citation(1, PAPER, ABSTRACT.index("They"), len(ABSTRACT), 0.9)
    place = quote.place
    assert place and (place.page, place.section) == (1, "Abstract")
    assert place.boxes == (Box(1, 65.0, 100.0, 165.0, 112.0),)
    assert quote.as_json()["start"] == ABSTRACT.index("They") and quote.as_json().get("part") == "abstract"


@pytest.mark.parametrize(
    "abstract", ["Whales sing, and loudly.", "Whales  sing.", f"{'a' * LOOKED_AT_CHARS} Whales sing."]
)
def test_words_that_stand_otherwise_in_the_text_have_no_place(abstract: str) -> None:
    other = replace(PAPER, abstract=abstract)
    record = Citation(1, other, 0, len(abstract), 0.9).as_json()
    assert record.get("part") == "abstract" and not record.keys() & {"page", "section", "boxes"}


def test_it_is_looked_for_at_the_beginning_alone() -> None:
    far = full_text(("1", "x" * LOOKED_AT_CHARS, "body"), ("2", ABSTRACT, "body"))
    assert place_in_text(paper_with("far", ABSTRACT, far), "abstract", 0, 12) is None


def test_a_text_without_pages_has_sections_alone() -> None:
    plain = paper_with("notes", "", full_text(("Notes", "Whales sing.", "body")))
    record = Citation(1, plain, 7, 19, 0.9, part="text").as_json()
    assert record["quote"] == "Whales sing."
    assert record.get("section") == "Notes" and not record.keys() & {"page", "boxes"}


def test_of_a_paper_without_a_text_nothing_is_told_of_it() -> None:
    alone = replace(PAPER, text=None)
    told: list[Any] = [
        Citation(1, alone, 0, 12, 0.9).as_json(),
        ReadSentence(alone, 0, 12, 0.9).as_json(),
        OutsideFilter("Else.", Citation(1, alone, 0, 12, 0.9)).as_json(),
        as_json(Sources((Passage(alone, 0, 12, 0.9),)))["sources"][0],
    ]
    assert not any(record.keys() & {"part", "page", "section", "boxes"} for record in told)


def test_a_text_that_cannot_be_read_leaves_the_place_out() -> None:
    record = Citation(1, unread(PAPER), 0, 12, 0.9).as_json()
    assert record["quote"] == "Whales sing." and not record.keys() & {"page", "section", "boxes"}


def test_an_answer_keeps_its_words_where_the_text_has_gone_since() -> None:
    left = [True]

    def load() -> FullText:
        return TEXT if left else gone()

    assert PAPER.text
    paper = replace(PAPER, text=replace(PAPER.text, load=load))
    end = LONG + len("The songs are long.")
    quote, read = Citation(1, paper, LONG, end, 0.9, part="text"), ReadSentence(paper, LONG, end, 0.9, "text")
    left.clear()
    assert quote.quote == quote.as_json()["quote"] == read.as_json()["sentence"] == "The songs are long."
    assert quote.place is None and quote.as_json().get("part") == "text"


def test_a_source_whose_text_has_gone_is_told_by_its_abstract() -> None:
    source = as_json(Sources((Passage(unread(PAPER), LONG, LONG + 5, 0.7, part="text"),)))["sources"][0]
    assert (source["passage"], source["start"], source["end"]) == (ABSTRACT, 0, len(ABSTRACT))
    assert (source["part"], source["score"]) == ("abstract", 0.7)


def test_sources_say_page_and_section_and_no_boxes() -> None:
    sources = as_json(Sources((Passage(PAPER, LONG, LONG + 19, 0.9, part="text"),)))["sources"]
    assert sources[0]["passage"] == "The songs are long."
    assert (sources[0]["part"], sources[0]["page"], sources[0]["section"]) == ("text", 2, "3.2 Results")
    assert "boxes" not in sources[0]


def test_no_text_is_read_to_tell_sources_of_abstracts() -> None:
    assert as_json(Sources((Passage(unread(PAPER), 0, 12, 0.9),)))["sources"][0]["part"] == "abstract"


@given(st.integers(0, len(TEXT.text)), st.integers(0, len(TEXT.text)))
def test_every_span_of_a_text_has_a_place(one: int, other: int) -> None:
    place = place_in_text(PAPER, "text", min(one, other), max(one, other))
    assert place is not None
    assert all(box.page in (1, 2) for box in place.boxes)
