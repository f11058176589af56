"""What of abstracts and full texts is read, in which pieces, and how sentences of both are quoted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.answering.evidence.calibration import FEATURES, Calibration, ReadCalibration
from app.answering.evidence.definition import defining_first
from app.answering.evidence.followups import follow_up_questions
from app.answering.evidence.read_evidence import ReadEvidence
from app.answering.evidence.selection import (
    PAPERS_READ,
    READ_TOGETHER_CHARS,
    READ_WHOLE_CHARS,
    TEXTS_READ,
    as_quotes,
    best_of_paper,
    joined,
    passages_to_read,
    quotable_by_paper,
    surest_first,
    with_written,
)
from app.answering.evidence.text_calibration import TEXT_FEATURES
from app.answering.logistic import Logistic
from app.answering.reading.reader import Excerpt, Reading
from app.answering.reading.sentences import read_sentences
from app.languages import ENGLISH
from retrieval.chunking import chunk_paper
from retrieval.types import ExpansionQuery, Paper, Part, Passage, Sentence, Span
from tests.support.full_texts import full_text, paper_with
from tests.support.in_memory import InMemory, lexical_of
from tests.support.word_reader import WordReader

SAID = "The whales of bay number {at} sing at night and sleep by day, as we have seen. "


def whales(name: str, abstract: str = "We study whales.", sections: int = 20) -> Paper:
    return paper_with(name, abstract, full_text(*((str(at), SAID.format(at=at) * 3, "body") for at in range(sections))))


def texts_of(paper: Paper, count: int) -> list[Passage]:
    chunks = [chunk for chunk in chunk_paper(paper) if chunk.part == "text"][:count]
    return [Passage(paper, chunk.start, chunk.end, 0.5, part="text") for chunk in chunks]


def abstract_of(paper: Paper) -> Passage:
    return Passage(paper, 0, len(paper.abstract), 0.5)


def counted(read: Sequence[Passage], part: Part) -> dict[str, int]:
    names = [passage.paper.id for passage in read if passage.part == part]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def test_abstracts_are_read_whole_and_of_texts_the_first_paper_s_most() -> None:
    papers = [whales(f"p{at}") for at in range(6)]
    found = [passage for one in papers for passage in (abstract_of(one), *texts_of(one, 12))]
    read = passages_to_read(found)
    assert counted(read, "abstract") == {f"p{at}": 1 for at in range(PAPERS_READ)}
    assert list(counted(read, "text").values()) == [6, 3, 2, 1]


def test_of_one_paper_alone_all_that_can_be_is_read() -> None:
    one = whales("one")
    assert counted(passages_to_read([abstract_of(one), *texts_of(one, 12)]), "text") == {"one": TEXTS_READ}


def test_what_one_paper_has_not_goes_to_the_others() -> None:
    papers = [paper_with("alone", "We study whales."), whales("first"), whales("second")]
    found = [passage for one in papers for passage in (abstract_of(one), *texts_of(one, 12) * bool(one.text))]
    read = passages_to_read(found)
    assert counted(read, "text") == {"first": 6, "second": 6} and len(counted(read, "abstract")) == 3


def test_an_abstract_is_read_whichever_passage_was_found_first() -> None:
    one = whales("one")
    first = passages_to_read([*texts_of(one, 3), abstract_of(one)])[0]
    assert (first.part, first.start, first.text) == ("abstract", 0, one.abstract)


def test_where_there_is_no_abstract_there_is_none_to_read() -> None:
    assert {passage.part for passage in passages_to_read(texts_of(whales("one", ""), 3))} == {"text"}


def test_of_a_long_abstract_what_was_found_is_read() -> None:
    one = whales("one", SAID * (READ_WHOLE_CHARS // len(SAID) + 1))
    some = Passage(one, 0, len(SAID) - 1, 0.5)
    assert passages_to_read([*texts_of(one, 1), some])[0] == some


def test_passages_that_follow_each_other_are_read_together_up_to_a_row() -> None:
    one = paper_with("one", "", full_text(("1", (SAID * 60).strip(), "body"), ("2", SAID.strip(), "body")))
    passages = texts_of(one, 30)
    together = joined(passages[::-1])
    assert sum(one.end - one.start for one in together) <= sum(one.end - one.start for one in passages) + len(passages)
    assert 1 < len(together) < len(passages)
    assert all(one.end - one.start <= READ_TOGETHER_CHARS for one in together)
    assert [one.start for one in together] == sorted(one.start for one in together)
    # Never across sections, between which the heading stands.
    assert together[-1].text == SAID.strip() and joined(together) == together


BOTH = paper_with(
    "both",
    "Whales sing at night in the bay.",
    full_text(("", "Whales sing at night in the bay. This is new to all of us. Song 1 2 3 4.", "body")),
)


def said(text: str, part: Part, score: float) -> Sentence:
    start = BOTH.part(part).index(text)
    return Sentence(BOTH, start, start + len(text), score, part=part)


def test_a_sentence_of_the_text_that_repeats_the_abstract_is_not_quoted_again() -> None:
    own = [
        said("Whales sing at night in the bay.", "abstract", 0.9),
        said("Whales sing at night in the bay.", "text", 0.8),
    ]
    assert [one.part for one in best_of_paper(own, 3, 4, (), 0.2)] == ["abstract"]


def test_what_leans_on_a_sentence_of_the_text_brings_that_along() -> None:
    own = [said("Whales sing at night in the bay.", "text", 0.3), said("This is new to all of us.", "text", 0.9)]
    (quote,) = as_quotes(best_of_paper(own, 1, 2, (), 0.2))
    assert quote.part == "text" and quote.quote == "Whales sing at night in the bay. This is new to all of us."


def test_neighbours_of_two_parts_are_never_joined() -> None:
    """By their offsets the one seems to follow the other."""
    after = Sentence(BOTH, 33, 58, 0.9, part="text")
    quotes = as_quotes([said("Whales sing at night in the bay.", "abstract", 0.9), after])
    assert [quote.quote for quote in quotes] == ["Whales sing at night in the bay.", "This is new to all of us."]


def test_what_is_no_prose_is_not_quotable() -> None:
    by_paper = quotable_by_paper([said("Song 1 2 3 4.", "text", 0.9), said("This is new to all of us.", "text", 0.1)])
    assert [one.text for one in by_paper["both"]] == ["This is new to all of us."]


def test_questions_written_about_the_abstract_say_nothing_of_the_text() -> None:
    written = [(ExpansionQuery("both", "When do they sing?", "", answers=(Span(0, 32),)), 0.9)]
    whole = [said("Whales sing at night in the bay.", part, 0.5) for part in ("abstract", "text")]
    assert [near for _, near in with_written(whole, written)] == [0.9, None]
    quoted = as_quotes([whole[1]])
    assert follow_up_questions(["?"], quoted, [abstract_of(BOTH)], [(written[0][0], 0.5)], ENGLISH.phrases)
    assert not follow_up_questions(
        ["?"], as_quotes([whole[0]]), [abstract_of(BOTH)], [(written[0][0], 0.5)], ENGLISH.phrases
    )


def test_a_term_is_looked_for_in_the_passages_found_too() -> None:
    other = abstract_of(paper_with("other", "We count bees."))
    text = paper_with("text", "", full_text(("1", "A gyre is a ring of currents in the ocean.", "body")))
    passage = Passage(text, 0, 42, 0.5, part="text")
    assert defining_first([other, passage], "gyre") == [passage, other]


@pytest.mark.parametrize(("text", "status"), [(False, "answered"), (True, "partly")])
def test_of_texts_it_is_judged_by_a_calibration_of_their_own(text: bool, status: str) -> None:
    flat = ReadCalibration("words", Logistic(dict.fromkeys(FEATURES, 0.0), 0.0), 0.5, 0.1, 1.0, 1.0)
    strict = Calibration("words", Logistic(dict.fromkeys(TEXT_FEATURES, 0.0), 0.0), 0.9, 0.1)
    memory = InMemory()
    papers = memory.add([BOTH])
    retriever = memory.retriever(papers, lexical=lexical_of(papers))
    passages = [abstract_of(BOTH), *texts_of(BOTH, 5)] if text else [abstract_of(BOTH)]
    question = "When do whales sing?"
    found = ReadEvidence(retriever, WordReader(), flat, texts=strict).find(question, question, passages, ())
    assert found.status == status
    eager = ReadEvidence(retriever, WordReader(), flat, answer_from=0.4, texts=strict)
    assert eager.find(question, question, passages, ()).status == "answered"


def test_only_prose_of_a_text_is_given_to_the_reader() -> None:
    seen: list[str] = []

    class Watched(WordReader):
        def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
            seen.extend(sentence for excerpt in excerpts for sentence in excerpt.sentences)
            return super().read(question, excerpts)

    read_sentences(Watched(), "When do whales sing?", texts_of(BOTH, 5))
    assert seen == ["Whales sing at night in the bay.", "This is new to all of us."]


def test_what_answers_best_in_a_text_is_told_first_and_neighbours_stay_together() -> None:
    paper = whales("p", sections=3)
    first, _, third = texts_of(paper, 3)
    said = SAID.strip()
    ends = len(said.format(at=0))
    faint = Sentence(paper, first.start, first.start + ends, 0.4, part="text")
    leads_in = Sentence(paper, third.start, third.start + ends, 0.3, part="text")
    best = Sentence(paper, leads_in.end + 1, leads_in.end + 1 + ends, 0.9, part="text")
    assert surest_first([faint, leads_in, best]) == [leads_in, best, faint]


def test_an_abstract_is_told_in_its_own_order() -> None:
    paper = whales("p", abstract="Whales sing. Nobody knows why. They sleep by day.")
    told = [Sentence(paper, 0, 12, 0.2), Sentence(paper, 31, 49, 0.9)]
    assert surest_first(told) == told
