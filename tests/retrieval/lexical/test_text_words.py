"""What the index of words has of a paper's full text."""

from __future__ import annotations

from dataclasses import replace

from retrieval.lexical.document import Document, stems, terms_of, text_terms
from retrieval.lexical.words import WordsWriter
from tests.support.full_texts import full_text, paper_with

TEXT = full_text(
    ("1 Methods", "Gyrfalcons swallow ptarmigans.", "body"),
    ("Figure 1", "Ospreys on pylons.", "caption"),
    ("References", "A history of quetzals.", "references"),
)
BIRDS = paper_with("birds", "We study birds.", TEXT)


def test_a_text_gives_its_words_and_not_those_of_what_it_cites() -> None:
    assert text_terms(BIRDS) == stems("Gyrfalcons swallow ptarmigans. Ospreys on pylons.")
    assert text_terms(replace(BIRDS, text=None)) == []


def test_words_of_texts_are_found_and_not_counted() -> None:
    counts = {}
    for paper in (BIRDS, replace(BIRDS, text=None)):
        writer = WordsWriter(None)
        counts[bool(paper.text)] = writer.add([Document(1, paper)])
        writer.commit()
        words = writer.words()
        assert words.frequency("words", "gyrfalcon") == bool(paper.text)
        assert words.frequency("words", "quetzal") == 0 and words.frequency("words", "bird") == 1
    assert counts[True] == counts[False]


def test_what_opens_a_paper_without_an_abstract_stands_for_one() -> None:
    assert "gyrfalcon" in terms_of(Document(1, replace(BIRDS, abstract="")))["abstract"]
    assert "gyrfalcon" not in terms_of(Document(1, BIRDS))["abstract"]
