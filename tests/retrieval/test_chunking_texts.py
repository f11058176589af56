"""Passages and sentences of full texts: by section, exact, and in places of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.chunking import (
    MAX_HEADING_CHARS,
    MAX_NAME_CHARS,
    MAX_PASSAGE_CHARS,
    MAX_TEXT_PASSAGES,
    TEXT_BASE,
    chunk_paper,
    chunk_sentences,
    chunk_text_sentences,
    part_at,
    passage_spans,
    place_of,
    place_of_chunk,
    sentences_in,
    split_sentences,
)
from retrieval.full_text import MOST_CHARS, FullText, Section, plain_text, text_at_hand
from retrieval.readers.jsonl import MAX_TEXT_CHARS
from retrieval.types import Paper, Part, Span
from tests.support.owl_texts import full_texts, owl_paper, owl_text
from tests.support.own_time import own_seconds


def of(full: FullText, abstract: str = "", title: str = "T") -> Paper:
    return Paper("p", title, abstract, "en", text=text_at_hand(full))


PARTS: dict[Part, int] = {"abstract": MAX_TEXT_CHARS, "text": MOST_CHARS}


@given(st.sampled_from(list(PARTS)), st.floats(0, 1))
def test_each_offset_of_each_part_has_a_place(part: Part, how_far: float) -> None:
    start = int(how_far * PARTS[part])
    assert part_at(place_of(part, start)) == (part, start)


def test_no_two_parts_share_a_place() -> None:
    assert place_of("abstract", MAX_TEXT_CHARS) < place_of("text", 0) == TEXT_BASE


def test_the_abstract_then_each_section_by_itself() -> None:
    paper = owl_paper()
    chunks = chunk_paper(paper)
    assert [(chunk.part, chunk.text.split()[0]) for chunk in chunks] == [
        ("abstract", "We"),
        ("text", "Owls"),
        ("text", "We"),
        ("text", "Figure"),
    ]
    assert all(chunk.text == paper.part(chunk.part)[chunk.start : chunk.end] for chunk in chunks)
    assert chunks[1].embedded == (
        "Listening to owls\n1 Introduction\nOwls hunt at night. They hear mice under snow. Nobody had counted them."
    )
    assert chunks[:1] == chunk_paper(replace(paper, text=None)), "what is there of an abstract stays as it is"
    assert passage_spans(paper) == [place_of_chunk(chunk) for chunk in chunks]
    assert [part_at(span.start)[0] for span in passage_spans(paper)] == ["abstract", "text", "text", "text"]


def test_without_an_abstract_of_its_own_that_of_the_text_is_cut() -> None:
    chunks = chunk_paper(owl_paper(abstract=""))
    assert [(chunk.part, chunk.text.split()[0]) for chunk in chunks][:2] == [("text", "We"), ("text", "Owls")]
    assert all(chunk.text for chunk in chunks) and len(chunks) == 4


@pytest.mark.parametrize(
    "full", [plain_text(""), plain_text(" \n\n "), FullText("[1] Cited.", (Section("", 0, 10, "references"),))]
)
def test_a_text_that_says_nothing_of_its_own(full: FullText) -> None:
    [chunk] = chunk_paper(of(full))
    assert (chunk.start, chunk.end, chunk.part, chunk.embedded) == (0, 0, "abstract", "T")
    [chunk] = chunk_paper(of(full, abstract="One."))
    assert chunk.embedded == "T\nOne."


def test_names_and_headings_leave_room_for_the_passage() -> None:
    [chunk] = chunk_paper(of(FullText("Owls.", (Section("h" * 500, 0, 5),)), title="n" * 900))
    assert chunk.embedded == f"{'n' * MAX_NAME_CHARS}\n{'h' * MAX_HEADING_CHARS}\nOwls."


@given(full_texts())
def test_passages_of_any_text(full: FullText) -> None:
    paper = of(full, "An abstract.")
    chunks = [chunk for chunk in chunk_paper(paper) if chunk.part == "text"]
    covered = set[int]()
    for chunk in chunks:
        assert chunk.text == full.text[chunk.start : chunk.end] != ""
        assert chunk.end - chunk.start <= MAX_PASSAGE_CHARS
        section = full.section_of(chunk.start)
        assert section and section.kind in ("body", "caption") and chunk.end <= section.end
        covered |= set(range(chunk.start, chunk.end))
        inside = chunk_text_sentences(paper, chunk.start, chunk.end)
        assert inside[0].start == chunk.start and inside[-1].end == chunk.end
        assert all(one.part == "text" and one.text == full.text[one.start : one.end] for one in inside)
    for section in full.sections:
        quoted = section.kind in ("body", "caption")
        for place in range(section.start, section.end):
            assert full.text[place].isspace() or (place in covered) == quoted
    spans = passage_spans(paper)
    assert sorted(spans, key=lambda span: span.start) == spans


def test_an_empty_line_ends_a_sentence() -> None:
    text = "We say\n\nthat 1.\nIt is\n  \nso. And\nso"
    assert [text[one.start : one.end] for one in sentences_in(text, 0, len(text))] == [
        "We say",
        "that 1.",
        "It is",
        "so.",
        "And\nso",
    ]


@given(st.text(st.sampled_from("a. \nA?$1é。"), max_size=60), st.integers(0, 20), st.integers(0, 20))
def test_sentences_within_are_those_of_the_paragraphs(text: str, start: int, end: int) -> None:
    found = sentences_in(text, start, end)
    piece = text[start:end]
    assert [Span(one.start - start, one.end - start) for one in found] == sentences_in(piece, 0, len(piece))
    if "\n" not in piece:
        assert sentences_in(piece, 0, len(piece)) == split_sentences(piece)


def test_sentences_of_the_abstract_are_as_before() -> None:
    assert [one.text for one in chunk_sentences(owl_paper())] == ["We listen to owls."]


def test_there_are_never_too_many_passages() -> None:
    one = "a b. "
    sections = tuple(Section(str(n), 5 * n, 5 * n + 5) for n in range(MAX_TEXT_PASSAGES + 100))
    assert len(chunk_paper(of(FullText(one * len(sections), sections)))) == MAX_TEXT_PASSAGES


@pytest.mark.parametrize(
    "piece",
    ["Owls hunt at night. ", "a", " ", ". ", "a" * 300 + " " * 300, "$. A ", "A. b? ", "a\n\n", "Owls. " + "\n" * 94],
    ids=lambda piece: f"{piece[:6]!r}…",
)
def test_the_longest_text_is_cut_in_time_that_grows_with_it(piece: str) -> None:
    """One hundredth of it takes a hundredth of the time, or else a file could hang the program."""
    small, large = (plain_text(piece * (count // len(piece))) for count in (50_000, 500_000))
    seconds = own_seconds()
    chunk_paper(of(small))
    short = seconds()
    chunk_paper(of(large))
    assert seconds() - short < 25 * max(short, 0.02)


@pytest.mark.parametrize("behind", ["", "b"])
def test_a_long_word_and_a_long_gap(behind: str) -> None:
    seconds = own_seconds()
    chunk_paper(of(plain_text("a" * 500_000 + " " * 500_000 + behind)))
    assert seconds() < 3


def test_the_text_counts_in_the_digest() -> None:
    from retrieval.corpus import corpus_hash, paper_digest
    from retrieval.readers.jsonl import as_line

    one, other = owl_paper(), owl_paper("And more of them.")
    assert len({paper_digest(paper) for paper in (one, other, replace(one, text=None), owl_paper(file=None))}) == 4
    assert paper_digest(one) == paper_digest(owl_paper())
    assert corpus_hash([one]) != corpus_hash([replace(one, text=None)])
    assert as_line(replace(one, text=None)) == as_line(Paper(**{**_fields(one), "text": None}))
    assert owl_text().digest == owl_text().digest


def _fields(paper: Paper) -> dict[str, object]:
    return {name: getattr(paper, name) for name in Paper.__slots__}
