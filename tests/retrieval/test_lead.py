"""What opens a paper: its abstract, or the beginning of its text."""

from __future__ import annotations

from dataclasses import replace

from retrieval.errors import CorpusError
from retrieval.full_text import FullText
from retrieval.lead import LEAD_CHARS, lead_of, lead_sentences, lead_text
from retrieval.types import Paper
from tests.support.full_texts import full_text, paper_with

TEXT = full_text(
    ("References", "Nobody. 1999.", "references"),
    ("1 Introduction", "Whales sing. We ask why.", "body"),
    ("2 Results", "They sing to each other.", "body"),
)


def test_the_abstract_opens_a_paper_that_has_one() -> None:
    paper = paper_with("whales", "Whales are loud. They sing.", TEXT)
    assert (lead_of(paper).part, lead_of(paper).text) == ("abstract", "Whales are loud. They sing.")
    assert [one.text for one in lead_sentences(paper)] == ["Whales are loud.", "They sing."]


def test_of_a_paper_without_one_its_first_section_opens_it() -> None:
    paper = paper_with("whales", "", TEXT)
    assert (lead_of(paper).part, lead_of(paper).text) == ("text", "Whales sing. We ask why.")
    assert [(one.part, one.text) for one in lead_sentences(paper)] == [
        ("text", "Whales sing."),
        ("text", "We ask why."),
    ]
    assert all(paper.part("text")[one.start : one.end] == one.text for one in lead_sentences(paper))


def test_a_long_section_opens_it_with_whole_sentences() -> None:
    paper = paper_with("long", "", full_text(("1", "Whales sing at night. " * 400, "body")))
    lead = lead_of(paper)
    assert LEAD_CHARS - 30 < lead.end - lead.start <= LEAD_CHARS
    assert lead.text.endswith("night.")


def test_nothing_opens_a_paper_that_cannot_be_read() -> None:
    def gone() -> FullText:
        raise CorpusError("It is gone.")

    paper = paper_with("whales", "", TEXT)
    assert paper.text
    for one in (
        paper_with("none", ""),
        paper_with("cited", "", full_text(("References", "Nobody. 1999.", "references"))),
        replace(paper, text=replace(paper.text, load=gone)),
    ):
        assert (lead_of(one).part, lead_of(one).text, lead_sentences(one)) == ("abstract", "", [])


def test_a_translation_stands_for_an_abstract_in_another_language() -> None:
    paper = Paper("wale", "Wale", "Wale singen.", "de", translations={"en": "Whales sing."})
    assert lead_text(paper) == "Whales sing."
    assert lead_text(paper_with("whales", "", TEXT)) == "Whales sing. We ask why."
