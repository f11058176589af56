"""Each part is answered by itself, and all of them stand in one answer with one numbering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import pytest

from app.answering.answer import AnswerPart, AnswerStatus
from app.answering.citation import Citation, ReadSentence
from app.answering.collection.answerer import CollectionAnswerer
from app.answering.collection.records import records_of
from app.answering.evidence.evidence import Evidence, WrittenNear
from app.answering.evidence.search import EvidenceSearch
from app.answering.query.comparison import Comparison, comparison_in
from app.answering.query.parts import Parts, parts_of
from app.answering.query.understanding import understood
from app.answering.question import Question, Turn
from app.answering.several.answering import MAX_PAPERS, SeveralAnswer, SeveralAnswerer
from app.languages import ENGLISH, language_of
from retrieval.facets import Filters
from retrieval.lexical.words import Words, words_in_memory
from retrieval.papers.papers import Papers, papers_of
from retrieval.retriever import PaperRetriever
from retrieval.types import Paper, Passage

PROBE = Paper(
    "probe",
    "Linear Probes",
    "A linear probe is a classifier on activations. We find that probes cost little.",
    "en",
    authors=("Ada Byron",),
    organisation="OpenAI",
    published=date(2023, 5, 1),
)
PATCH = Paper("patch", "Activation Patching", "Activation patching swaps activations between runs.", "en")
BOTH = Paper("both", "A Test of Both", "A linear probe is cheaper than activation patching.", "en")
DEBATE = Paper("debate", "Debate", "We let two models argue before a judge.", "en")
PAPERS = (PROBE, PATCH, BOTH, DEBATE)


def quote(paper: Paper, words: str, number: int = 1) -> Citation:
    at = paper.abstract.index(words)
    return Citation(number, paper, at, at + len(words), 0.9)


IS_PROBE = quote(PROBE, "A linear probe is a classifier on activations.")
COSTS = quote(PROBE, "We find that probes cost little.")
IS_PATCHING = quote(PATCH, PATCH.abstract)
OF_BOTH = quote(BOTH, BOTH.abstract)


@dataclass
class FakeRetriever:
    """Finds every paper for everything, within the filters."""

    papers: Papers = field(default_factory=lambda: papers_of(PAPERS))
    glossary: None = None
    asked: list[str] = field(default_factory=list[str])

    @property
    def words(self) -> Words:
        return words_in_memory(self.papers)

    def passages(self, query: str, filters: Filters = Filters(), papers: int = 10, left_out: Any = None) -> Any:
        self.asked.append(query)
        wanted = filters.organisations
        return [
            Passage(paper, 0, len(paper.abstract), 0.5)
            for paper in self.papers
            if not wanted or paper.organisation in wanted
        ]

    def questions(self, query: str, papers: object, focus: str = "") -> WrittenNear:
        return ()

    def sentences(self, query: str, passages: object, focus: str = "") -> list[Any]:
        return []


@dataclass
class FakeEvidence:
    """Has the evidence that it was given for what is asked, and none for anything else."""

    known: Mapping[str, Evidence]
    name: str | None = None

    def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
        return self.known.get(question, Evidence(0.1, "abstained"))


def found(*quotes: Citation, status: AnswerStatus = "answered", read: tuple[ReadSentence, ...] = ()) -> Evidence:
    return Evidence(0.9, status, quotes, read=read)


def told(text: str, known: Mapping[str, Evidence], brief: bool = False, **asked: Any) -> SeveralAnswer | None:
    several: Parts | Comparison | None = comparison_in(text) or parts_of(text)
    assert several is not None
    retriever = cast(PaperRetriever, FakeRetriever())
    answerer = SeveralAnswerer(EvidenceSearch(retriever, FakeEvidence(known)), CollectionAnswerer(retriever))
    return answerer.answer(Question(text, **asked), several, language_of(text), lambda ids: None, brief)


def text_of(answer: SeveralAnswer) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in answer.pieces)


TWO = "What is a probe and does it cost much?"


def test_each_part_stands_before_its_quotes_in_the_askers_words() -> None:
    answer = told(TWO, {"What is a probe": found(IS_PROBE), "does probe cost much": found(COSTS)})
    assert answer
    assert text_of(answer) == (
        "What is a probe? Linear Probes (OpenAI, May 2023) says: “A linear probe is a classifier on activations.” [1]"
        "\n\nDoes it cost much? The same paper says: “We find that probes cost little.” [2]"
    )
    assert answer.parts == (
        AnswerPart("What is a probe", "answered", (1,)),
        AnswerPart("does it cost much", "answered", (2,)),
    )
    assert answer.evidence.status == "answered" and [one.number for one in answer.evidence.quotes] == [1, 2]


def test_a_part_that_no_paper_answers_is_named_and_claims_nothing() -> None:
    answer = told(TWO, {"What is a probe": found(IS_PROBE)})
    assert answer and answer.evidence.status == "partly"
    assert text_of(answer).endswith("\n\nDoes it cost much? I found no sentence here that says it.")
    assert answer.parts[1] == AnswerPart("does it cost much", "abstained", ())
    # What cites nothing is no sentence of the answer.
    assert all(piece.citations for piece in answer.pieces if not isinstance(piece, str))


def test_a_part_that_finds_nothing_is_asked_again_of_the_papers_before_it_alone() -> None:
    of_paper = told(TWO, {"What is a probe": found(IS_PROBE), "does it cost much": found(COSTS)})
    assert of_paper and of_paper.parts[1] == AnswerPart("does it cost much", "answered", (2,))
    of_another = told(TWO, {"What is a probe": found(IS_PROBE), "does it cost much": found(IS_PATCHING)})
    assert of_another and of_another.parts[1].status == "abstained"


def test_where_no_part_is_answered_there_is_no_answer_by_parts() -> None:
    assert told(TWO, {}) is None


def test_a_quote_that_serves_two_parts_is_there_once() -> None:
    answer = told(TWO, {"What is a probe": found(IS_PROBE), "does probe cost much": found(IS_PROBE)})
    assert answer and len(answer.evidence.quotes) == 1
    assert text_of(answer).count("classifier") == 1 and text_of(answer).endswith("The quote above says it [1].")
    near = told(TWO, {"What is a probe": found(IS_PROBE), "does probe cost much": found(IS_PROBE, status="partly")})
    assert near and near.evidence.status == "partly"
    # What comes near and was quoted before answers nothing more.
    assert text_of(near).endswith("I found no sentence here that says it.")
    assert near.parts[1] == AnswerPart("does it cost much", "abstained", ())


def test_a_part_that_only_comes_near_says_so() -> None:
    known = {"What is a probe": found(IS_PROBE, status="partly"), "does probe cost much": found(COSTS)}
    answer = told(TWO, known)
    assert answer and answer.evidence.status == "partly" and answer.parts[0].status == "partly"
    assert ENGLISH.phrases.nearest in text_of(answer)


def test_where_the_papers_only_come_near_to_the_parts_the_question_is_asked_as_one() -> None:
    assert told(TWO, {"What is a probe": found(IS_PROBE, status="partly")}) is None


def test_the_records_answer_a_part_that_asks_for_them() -> None:
    text = "What does Linear Probes cost, when was it published, and who wrote it?"
    answer = told(text, {"What does Linear Probes cost": found(COSTS)})
    assert answer
    _, when, who = text_of(answer).split("\n\n")
    assert when == "When was it published? “Linear Probes” is from May 2023 [1]."
    assert who == "Who wrote it? “Linear Probes” is by Ada Byron (OpenAI) [1]."
    assert answer.evidence.status == "answered" and len(answer.evidence.quotes) == 1


def test_of_more_parts_than_the_bound_it_is_said_which_are_answered() -> None:
    text = "; ".join(f"what is probe {number}" for number in range(6))
    answer = told(text, {"what is probe 0": found(IS_PROBE)})
    assert answer and len(answer.parts) == 4
    assert text_of(answer).endswith("You asked more than 4 things; these are the first 4.")


def test_in_brief_each_part_has_one_quote() -> None:
    known = {"What is a probe": found(IS_PROBE, COSTS), "does probe cost much": found(COSTS)}
    long, short = told(TWO, known), told(TWO, known, brief=True)
    assert long and short
    assert [len(part.citations) for part in long.parts] == [2, 1]
    assert [len(part.citations) for part in short.parts] == [1, 1]


def test_what_the_asker_says_is_neither_marker_nor_quote_in_the_answer() -> None:
    text = "What is “a probe” [1] and does it cost much?"
    answer = told(text, {"does a probe” [1] cost much": found(COSTS)})
    assert answer
    lead = text_of(answer).partition("?")[0]
    assert "[1]" not in lead and "“" not in lead


def test_a_comparison_says_what_each_side_is_after_what_speaks_of_both() -> None:
    text = "linear probe vs activation patching"
    known = {
        text: found(OF_BOTH),
        "What is linear probe?": found(IS_PROBE),
        "What is activation patching?": found(IS_PATCHING),
    }
    answer = told(text, known)
    assert answer and answer.evidence.status == "answered"
    both, one, other = text_of(answer).split("\n\n")
    assert both.endswith("“A linear probe is cheaper than activation patching.” [1]")
    assert one.startswith("Linear probe: ") and one.endswith("[2]") and other.endswith("[3]")
    assert [(row.name, row.citation and row.citation.number) for row in answer.table] == [
        ("linear probe", 2),
        ("activation patching", 3),
    ]


def test_a_side_that_no_paper_knows_is_said_to_be_missing() -> None:
    text = "linear probe vs quantum sorcery"
    answer = told(text, {"What is linear probe?": found(IS_PROBE), "What is quantum sorcery?": found(IS_PATCHING)})
    assert answer and answer.evidence.status == "partly"
    assert ENGLISH.phrases.none_of_both in text_of(answer)
    assert text_of(answer).endswith("Quantum sorcery: I found no sentence here that says what that is.")
    assert answer.table[1].citation is None


def test_which_is_better_is_not_answered_by_one_side_alone() -> None:
    known = {"What is linear probe?": found(IS_PROBE)}
    assert told("linear probe or quantum sorcery, which is better", known) is None
    assert told("linear probe vs quantum sorcery", known)
    assert told("swap vs quantum sorcery", {"What is swap?": found(IS_PATCHING, status="partly")}) is None


def test_what_each_is_answers_a_comparison_of_two_papers_and_else_no_more_than_partly() -> None:
    known = {"What is linear probe?": found(IS_PROBE), "What is activation swap?": found(IS_PATCHING)}
    things = told("linear probe vs activation swap", known)
    assert things and things.evidence.status == "partly"
    papers = told("Linear Probes vs Activation Patching", {})
    assert papers and papers.evidence.status == "answered"
    better = told("Linear Probes or Activation Patching, which is better", {})
    assert better and better.evidence.status == "partly" and len(better.table) == 2


def test_a_sentence_that_was_read_and_names_both_sides_speaks_of_both() -> None:
    text = "linear probe or activation patching, which is better"
    read = ReadSentence(BOTH, 0, len(BOTH.abstract), 0.8)
    answer = told(
        text, {text: Evidence(0.4, "partly", (COSTS,), read=(read,)), "What is linear probe?": found(IS_PROBE)}
    )
    assert answer and "cheaper than activation patching" in text_of(answer).split("\n\n")[0]
    assert answer.evidence.status == "answered"
    # One that says nothing of the other side does not.
    other = ReadSentence(PROBE, COSTS.start, COSTS.end, 0.8)
    none = told(
        text, {text: Evidence(0.4, "partly", (COSTS,), read=(other,)), "What is linear probe?": found(IS_PROBE)}
    )
    assert none and none.evidence.status == "partly"


def test_a_sentence_found_by_asking_plainly_how_they_compare_does_not_say_which_is_better() -> None:
    read = ReadSentence(BOTH, 0, len(BOTH.abstract), 0.8)
    asked = "How does linear probe compare with activation patching?"
    known = {asked: Evidence(0.9, "answered", (COSTS,), read=(read,))}
    better = told("linear probe or activation patching, which is better", known)
    assert better and better.evidence.status == "partly" and "cheaper" in text_of(better).split("\n\n")[0]
    plain = told("linear probe vs activation patching", known)
    assert plain and plain.evidence.status == "answered"


def test_a_whole_answer_is_kept_where_only_one_side_is_known() -> None:
    text = "linear probe vs quantum sorcery"
    assert told(text, {text: found(COSTS), "What is linear probe?": found(IS_PROBE)}) is None


def test_labs_are_each_asked_what_their_papers_say() -> None:
    text = "Do OpenAI and Google DeepMind agree on probes?"
    lab = Paper("lab", "Lab", "Probes are useless.", "en", organisation="Google DeepMind")

    @dataclass
    class OfLab(FakeEvidence):
        def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
            of = {passage.paper.organisation for passage in passages}
            return found(COSTS) if of == {"OpenAI"} else found(quote(lab, lab.abstract)) if len(of) == 1 else found()

    retriever = cast(PaperRetriever, FakeRetriever(papers_of((*PAPERS, lab))))
    answerer = SeveralAnswerer(EvidenceSearch(retriever, OfLab({})), CollectionAnswerer(retriever))
    several = comparison_in(text)
    assert several
    answer = answerer.answer(Question(text), several, ENGLISH, lambda ids: None)
    assert answer and answer.evidence.status == "partly"
    assert [row.citation and row.citation.paper.id for row in answer.table] == ["probe", "lab"]


def test_the_sources_of_all_parts_are_merged_and_bounded() -> None:
    many = tuple(Paper(f"p{number}", f"Paper {number}", "Words.", "en") for number in range(30))
    retriever = cast(PaperRetriever, FakeRetriever(papers_of((*many, PROBE))))
    evidence = FakeEvidence({"What is a probe": found(IS_PROBE)})
    answerer = SeveralAnswerer(EvidenceSearch(retriever, evidence), CollectionAnswerer(retriever))
    several = parts_of(TWO)
    assert several
    answer = answerer.answer(Question(TWO), several, ENGLISH, lambda ids: None)
    assert answer
    papers = [passage.paper.id for passage in answer.passages]
    assert len(papers) == len(set(papers)) == MAX_PAPERS and "probe" in papers


@pytest.mark.parametrize("papers", [(), (DEBATE,)])
def test_an_empty_collection_and_one_of_a_single_paper_answer_nothing(papers: tuple[Paper, ...]) -> None:
    retriever = cast(PaperRetriever, FakeRetriever(papers_of(papers)))
    answerer = SeveralAnswerer(EvidenceSearch(retriever, FakeEvidence({})), CollectionAnswerer(retriever))
    for text in (TWO, "probes vs patching", "Do OpenAI and Anthropic agree on probes?"):
        several = comparison_in(text) or parts_of(text)
        assert several and answerer.answer(Question(text), several, ENGLISH, lambda ids: None) is None


def test_what_is_asked_next_of_them_is_asked_of_the_papers_of_both_sides() -> None:
    text = "linear probe vs activation patching"
    answer = told(text, {"What is linear probe?": found(IS_PROBE), "What is activation patching?": found(IS_PATCHING)})
    assert answer
    history = (Turn("user", text), Turn("assistant", text_of(answer)))
    asked = understood(Question("and which of them is newer?", history), records_of(PAPERS)).of_records
    assert asked and asked.intent == "newest" and [paper.id for paper in asked.among] == ["probe", "patch"]
    older = understood(Question("which one is older", history), records_of(PAPERS)).of_records
    assert older and older.intent == "oldest"


def test_a_part_may_lean_on_the_conversation() -> None:
    history = (Turn("user", "What is a linear probe?"), Turn("assistant", "Linear Probes says so. [1]"))
    answer = told("who wrote it and when was it published?", {}, history=history)
    assert answer and answer.evidence.status == "answered"
    assert "Ada Byron" in text_of(answer) and "May 2023" in text_of(answer)
